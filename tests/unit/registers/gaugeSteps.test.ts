/** What a Modbus gauge tells, look by look. */
import { describe, expect, it } from 'vitest';
import {
  afterOutage,
  type GaugeInput,
  type GaugeState,
  newGauge,
  stepGauge,
} from '../../../src/core/registers/gaugeSteps.ts';
import { imageOf } from '../../../src/core/registers/image.ts';
import { lookAtTank } from '../../../src/core/registers/tankDecoder.ts';
import { gaugeEncoder } from '../../../src/core/registers/tankEncoder.ts';
import { instant, monoMs } from '../../../src/model/units.ts';
import { gaugeProfile } from '../../support/profiles.ts';
import { madeGauge, quietTank } from '../../support/quietGauge.ts';

const generic = gaugeProfile('generic-gauge');

describe('look by look', () => {
  const spec = { profile: generic, tanks: [1, 2] };
  const encoder = gaugeEncoder(generic);
  const look = (
    tank: number,
    s: number,
    more: { standing?: string[]; gauge?: string[]; beat?: number } = {},
  ): GaugeInput => {
    const map = encoder.tank(tank, { ...quietTank, standing: more.standing ?? [] });
    encoder.gauge({ standing: more.gauge ?? [], beat: more.beat ?? s }, map);
    return {
      kind: 'look',
      tank,
      look: lookAtTank(generic, tank, imageOf(map)),
      at: instant(s * 1000),
      mono: monoMs(s * 1000),
    };
  };
  const missing = (kind: 'absent' | 'refused' | 'failed', tank: number, s: number): GaugeInput => ({
    ...{ kind, tank, reason: kind, at: instant(s * 1000), mono: monoMs(s * 1000) },
  });
  /** Facts in a few letters: `tank:quality`, `+tank code`, `-tank code`, `complete`. */
  function run(inputs: readonly GaugeInput[], from: GaugeState = newGauge, its = spec) {
    let state = from;
    const told: string[][] = [];
    for (const input of inputs) {
      const next = stepGauge(its, state, input);
      state = next.state;
      told.push(
        next.facts.map((fact) => {
          if (fact.kind === 'tank') return `${fact.tank}:${fact.quality}`;
          if (fact.kind === 'alarm') return `${fact.active ? '+' : '-'}${fact.tank ?? 'gauge'} ${fact.code}`;
          return 'complete';
        }),
      );
    }
    return { told, state };
  }

  it('every alarm that stands is told in every sweep, and after all tanks that this was all', () => {
    const { told } = run([
      look(1, 0, { standing: ['alarms.4'], gauge: ['gauge.2'] }),
      look(2, 0, { gauge: ['gauge.2'] }),
      look(1, 5, { standing: ['alarms.4', 'alarms.5'], gauge: ['gauge.2'] }),
      look(2, 5),
      look(1, 10, { standing: ['alarms.5'] }),
      look(2, 10),
    ]);
    expect(told).toEqual([
      ['1:good', '+gauge gauge.2', '+1 alarms.4'],
      ['2:good', 'complete'],
      ['1:good', '+gauge gauge.2', '+1 alarms.4', '+1 alarms.5'],
      ['2:good', '-gauge gauge.2', 'complete'],
      ['1:good', '+1 alarms.5', '-1 alarms.4'],
      ['2:good', 'complete'],
    ]);
  });

  it.each<[string, GaugeInput, string[]]>([
    ['was not answered', missing('failed', 2, 0), []],
    ['was refused for now', missing('refused', 2, 0), ['2:bad']],
    ['showed full scale', look(2, 0, { gauge: ['gauge.0'] }), ['2:bad', '+gauge gauge.0']],
  ])('a sweep in which a tank %s is not complete', (_, input, facts) => {
    expect(run([look(1, 0), input]).told).toEqual([['1:good'], facts]);
  });

  it('a tank that the gauge has not has no alarms either', () => {
    expect(run([look(1, 0), missing('absent', 2, 0)]).told).toEqual([['1:good'], ['2:bad', 'complete']]);
  });

  it('an alarm does not end because nobody can see it', () => {
    const { told } = run([
      look(1, 0, { standing: ['alarms.5'] }),
      look(2, 0),
      look(1, 5, { gauge: ['gauge.0'] }),
      look(2, 5, { gauge: ['gauge.0'] }),
      look(1, 10, { standing: ['alarms.5'] }),
      look(2, 10),
    ]);
    expect(told.slice(2)).toEqual([
      ['1:bad', '+gauge gauge.0'],
      ['2:bad'],
      ['1:good', '-gauge gauge.0', '+1 alarms.5'],
      ['2:good', 'complete'],
    ]);
  });

  it('a heartbeat that stands makes all bad, until it moves; an outage is no standing still', () => {
    const beat = { beat: 7 };
    const before = run([
      look(1, 0, beat),
      look(2, 0, beat),
      look(1, 59, beat),
      look(2, 60, beat),
      look(1, 61, { beat: 8 }),
    ]);
    expect(before.told).toEqual([['1:good'], ['2:good', 'complete'], ['1:good'], ['2:bad'], ['1:good']]);
    const stale = stepGauge(spec, run([look(2, 0, beat)]).state, look(2, 75, beat)).facts[0];
    expect(stale).toMatchObject({ volume: null, reason: 'stale: the heartbeat stands for 75 s' });
    const again = { beat: 8 };
    expect(run([look(1, 4000, again), look(1, 4059, again)], afterOutage(before.state)).told).toEqual([
      ['1:good'],
      ['1:good'],
    ]);
  });

  it('without a heartbeat: no value of any tank moved for so long, and all are uncertain', () => {
    const profile = madeGauge({ device: { unchangedS: 600 } });
    const seen = (tank: number, s: number, tenths: number): GaugeInput => {
      const map = new Map([
        [`holding:${90 + 10 * tank}`, 0],
        [`holding:${91 + 10 * tank}`, tenths],
      ]);
      return {
        kind: 'look',
        tank,
        look: lookAtTank(profile, tank, imageOf(map)),
        at: instant(0),
        mono: monoMs(s * 1000),
      };
    };
    const { told } = run(
      [
        seen(1, 0, 500),
        seen(2, 0, 900),
        seen(1, 599, 500),
        seen(1, 600, 500),
        seen(2, 600, 901),
        seen(1, 601, 500),
      ],
      newGauge,
      { profile, tanks: [1, 2] },
    );
    expect(told.flat().filter((each) => each !== 'complete')).toEqual([
      '1:good',
      '2:good',
      '1:good',
      '1:uncertain',
      '2:good',
      '1:good',
    ]);
  });
});
