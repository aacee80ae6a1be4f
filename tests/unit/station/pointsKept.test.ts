/** What a fuelling point keeps from one start of the daemon to the next, and what it makes of a state that is not its own. */
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { pointsByHand } from '../../support/pointsByHand.ts';

const one = { id: 'FP1', device: 'd1' };
const two = { id: 'FP2', device: 'd2' };

describe('the dispenser of a fuelling point', () => {
  it('M203: the same after a restart: what was sold meanwhile is recovered', async () => {
    const hand = pointsByHand();
    const first = hand.start([one]);
    first.rest('FP1', 1_000_000);
    await first.kill();
    hand.wait(600_000);
    const again = hand.start([one]);
    again.rest('FP1', 1_005_000, 8, 5_000);
    expect(again.sales().map(({ key, quality }) => [key, quality])).toEqual([
      ['FP1:FP1-1:g0:1000000-1005000#8', 'recovered'],
    ]);
    expect(again.alarms()).toEqual([]);
  });

  it('another one in the file: counted anew, above every generation, one alarm, nothing sold between', async () => {
    const hand = pointsByHand();
    const first = hand.start([one]);
    first.rest('FP1', 1_000_000);
    first.sell('FP1', 1_000_000, 20_000, 8);
    await first.kill();
    const moved = hand.start([{ id: 'FP1', device: 'd9' }]);
    expect(moved.alarms()).toEqual(['FP1 device-changed']);
    expect(moved.journalled('fuelling-point.alarm-raised')).toMatchObject([
      { alarm: 'device-changed', text: expect.stringMatching(/was d1 point 1.*is d9 point 1.*1020000 ml/) },
    ]);
    // The very span of the sale before, on the other dispenser.
    moved.rest('FP1', 1_000_000);
    moved.sell('FP1', 1_000_000, 20_000, 8);
    expect(moved.sales().map(({ key }) => key)).toEqual([
      'FP1:FP1-1:g0:1000000-1020000#8',
      'FP1:FP1-1:g1:1000000-1020000#8',
    ]);
    await moved.kill();
    const again = hand.start([{ id: 'FP1', device: 'd9' }]);
    expect(again.alarms()).toEqual([]);
  });

  it('two that change places in the file: each counted anew, nothing sold between', async () => {
    const hand = pointsByHand();
    const first = hand.start([one, two]);
    first.rest('FP1', 1_000_000);
    first.rest('FP2', 7_000_000);
    await first.kill();
    const crossed = hand.start([
      { id: 'FP1', device: 'd2' },
      { id: 'FP2', device: 'd1' },
    ]);
    crossed.rest('FP1', 7_000_000);
    crossed.rest('FP2', 1_000_000);
    expect(crossed.alarms().sort()).toEqual(['FP1 device-changed', 'FP2 device-changed']);
    expect(crossed.sales()).toEqual([]);
  });

  it('a point that was renamed: its old state is kept, told in the log, and never sells again', async () => {
    const hand = pointsByHand();
    const first = hand.start([one]);
    first.rest('FP1', 1_000_000);
    await first.kill();
    const renamed = hand.start([{ id: 'P1', device: 'd1' }]);
    expect(hand.log.lines).toContainEqual(
      expect.objectContaining({
        level: 'warn',
        fields: expect.objectContaining({ fuellingPoint: 'FP1', books: 'hose 1 at 1000000 ml' }),
      }),
    );
    renamed.rest('P1', 1_000_000);
    renamed.sell('P1', 1_000_000, 20_000, 8);
    await renamed.kill();
    const back = hand.start([one]);
    back.rest('FP1', 1_020_000, 8, 20_000);
    expect(back.sales().map(({ key }) => key)).toEqual(['P1:P1-1:g0:1000000-1020000#8']);
    expect(back.store.machines.names()).toContainEqual(expect.stringMatching(/^FP1@/));
  });
});

describe('a stored state that makes no sense', () => {
  it.each([
    ['no JSON', '{"of":'],
    ['another shape', '{"version":1}'],
    [
      'a state of nonsense',
      '{"of":{"device":"d1","profile":"generic-be32","point":1},"at":1,"boot":null,"state":{"version":99}}',
    ],
  ])('%s: set aside, its point counts anew, all others go on', async (_, text) => {
    const hand = pointsByHand();
    const first = hand.start([one, two]);
    first.rest('FP1', 1_000_000);
    first.sell('FP1', 1_000_000, 20_000, 8);
    first.rest('FP2', 7_000_000);
    await first.kill();
    const db = new Database(hand.database);
    db.prepare("UPDATE machines SET state = ? WHERE fuelling_point = 'FP1'").run(text);
    db.close();
    hand.wait(60_000);

    const again = hand.start([one, two]);
    expect(again.alarms()).toEqual(['FP1 state-unreadable']);
    expect(again.journalled('fuelling-point.alarm-raised')).toMatchObject([{ alarm: 'state-unreadable' }]);
    const aside = again.store.machines.names().find((name) => name.startsWith('FP1@')) ?? '';
    // The span of the sale that is in the books already, as a dispenser that was set back would tell it.
    again.rest('FP1', 1_000_000);
    again.sell('FP1', 1_000_000, 20_000, 8);
    again.rest('FP2', 7_005_000, 8, 5_000);
    expect(again.sales().map(({ key }) => key)).toEqual([
      'FP1:FP1-1:g0:1000000-1020000#8',
      'FP1:FP1-1:g1:1000000-1020000#8',
      'FP2:FP2-1:g0:7000000-7005000#8',
    ]);
    await again.kill();
    const kept = new Database(hand.database, { readonly: true });
    expect(kept.prepare('SELECT state FROM machines WHERE fuelling_point = ?').pluck().get(aside)).toBe(text);
    kept.close();
    expect(hand.start([one, two]).alarms()).toEqual([]);
  });
});

describe('the daemon is killed', () => {
  const killedAtStart = async (away: number, reboot: boolean) => {
    const hand = pointsByHand();
    const first = hand.start([one]);
    first.rest('FP1', 1_000_000);
    first.live('FP1', 'calling', 12_340);
    first.live('FP1', 'fuelling', 0);
    await first.kill();
    if (reboot) hand.reboot(away);
    else hand.wait(away);
    const again = hand.start([one]);
    again.live('FP1', 'fuelling', 3_000);
    again.live('FP1', 'fuelling', 9_000);
    again.live('FP1', 'completed', 9_000);
    again.totals('FP1', 1_009_000);
    again.record('FP1', 8, 9_000);
    return again.sales();
  };

  it('M203: in the first poll after the start of a fuelling, and soon back: the lift is still its lift', async () => {
    expect(await killedAtStart(2_000, false)).toMatchObject([
      { volume: 9_000, quality: 'seen', liftedAt: expect.any(Number), startedAt: expect.any(Number) },
    ]);
  });

  it.each([
    ['so long that another may have lifted', 20_000, false],
    ['with the machine: nobody knows for how long', 2_000, true],
  ])('%s: the lift is not given to what flows then', async (_, away, reboot) => {
    expect(await killedAtStart(away, reboot)).toMatchObject([
      { volume: 9_000, liftedAt: null, startedAt: null },
    ]);
  });

  it('after the commit and before the release: the same record is released, not sold', async () => {
    const hand = pointsByHand();
    const first = hand.start([one]);
    first.rest('FP1', 1_000_000);
    first.live('FP1', 'calling', 12_340);
    first.live('FP1', 'fuelling', 5_000);
    first.live('FP1', 'completed', 20_000);
    first.totals('FP1', 1_020_000);
    expect(first.record('FP1', 8, 20_000).release).toEqual({ saleNumber: 8 });
    await first.kill();
    hand.wait(3_000);
    const again = hand.start([one]);
    again.live('FP1', 'completed', 20_000);
    again.totals('FP1', 1_020_000);
    again.record('FP1', 8, 20_000);
    hand.wait(3_000);
    expect(again.totals('FP1', 1_020_000).release).toEqual({ saleNumber: 8 });
    expect(again.sales()).toHaveLength(1);
  });
});

describe('a sale whose key is in the books already', () => {
  it('is not booked again, and is an alarm', async () => {
    const hand = pointsByHand();
    const first = hand.start([one]);
    first.rest('FP1', 1_000_000);
    await first.kill();
    const db = new Database(hand.database);
    const state = db.prepare("SELECT state FROM machines WHERE fuelling_point = 'FP1'").pluck().get();
    db.close();
    const second = hand.start([one]);
    second.rest('FP1', 1_005_000, 8, 5_000);
    expect(second.sales()).toHaveLength(1);
    await second.kill();
    // As if an old copy of the state had come back.
    const old = new Database(hand.database);
    old.prepare("UPDATE machines SET state = ? WHERE fuelling_point = 'FP1'").run(state);
    old.close();
    const third = hand.start([one]);
    third.rest('FP1', 1_005_000, 8, 5_000);
    expect(third.sales()).toHaveLength(1);
    expect(third.alarms()).toEqual(['FP1 sale-doubled']);
    expect(third.journalled('fuelling-point.alarm-raised')).toMatchObject([
      { alarm: 'sale-doubled', text: expect.stringContaining('FP1:FP1-1:g0:1000000-1005000#8') },
    ]);
    expect(third.journalled('sale.completed')).toHaveLength(1);
  });
});

describe('two dispensers swapped by a wiring mistake', () => {
  const swapped = async (sold: number) => {
    const hand = pointsByHand();
    const first = hand.start([one, two]);
    first.rest('FP1', 1_000_000);
    first.rest('FP2', 1_040_000);
    await first.kill();
    hand.wait(3_600_000);
    const again = hand.start([one, two]);
    for (let n = 0; n < 5; n++) {
      again.live('FP1', 'idle', 12_340);
      again.totals('FP1', 1_040_000);
      again.live('FP2', 'idle', 12_340);
      again.totals('FP2', 1_000_000 + sold);
      hand.wait(1_000);
    }
    return { hand, again };
  };

  it.each([0, 15_000])(
    'both raise one alarm and neither sells, though one would fit (%i ml sold meanwhile)',
    async (sold) => {
      const { again } = await swapped(sold);
      expect(again.sales()).toEqual([]);
      const alarms = again
        .journalled('fuelling-point.alarm-raised')
        .filter(({ text }) => text.includes('each other'));
      expect(alarms.map(({ fuellingPoint, alarm }) => `${fuellingPoint} ${alarm}`).sort()).toEqual([
        'FP1 dispensers-swapped',
        'FP2 dispensers-swapped',
      ]);
      for (const { text } of alarms) expect(text).toMatch(/FP1.*FP2|FP2.*FP1/);
      expect(again.points.views().map(({ state }) => state)).toEqual(['lost', 'lost']);
    },
  );

  it('put right: what either sold meanwhile is recovered at its own point', async () => {
    const { hand, again } = await swapped(0);
    again.lost('FP1');
    again.lost('FP2');
    hand.wait(600_000);
    again.rest('FP1', 1_005_000, 8, 5_000);
    again.rest('FP2', 1_040_000);
    expect(again.sales().map(({ key, quality }) => [key, quality])).toEqual([
      ['FP1:FP1-1:g0:1000000-1005000#8', 'recovered'],
    ]);
  });

  it('one that reads what the other read last waits for that one', async () => {
    const hand = pointsByHand();
    const first = hand.start([one, two]);
    first.rest('FP1', 1_000_000);
    first.rest('FP2', 1_040_000);
    await first.kill();
    hand.wait(3_600_000);
    const again = hand.start([one, two]);
    again.rest('FP1', 1_040_000);
    expect(again.alarms()).toEqual(['FP1 dispensers-swapped']);
    expect(again.sales()).toEqual([]);
    // It was a sale after all: FP2 is where it was.
    again.rest('FP2', 1_040_000);
    again.rest('FP1', 1_040_000, 8, 40_000);
    expect(again.sales().map(({ key }) => key)).toEqual(['FP1:FP1-1:g0:1000000-1040000#8']);
  });
});
