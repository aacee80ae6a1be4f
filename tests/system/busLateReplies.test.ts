/**
 * The regression test for late replies: several units, reads of equal length, replies late by anything from just past the
 * time-out on, whole or colliding with the next, in order and out of order. Every register holds a value of its own.
 */
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/simulator/physics/random.ts';
import { type BusRig, busRig, quickDevice, type RigKind, until } from '../support/busRig.ts';
import {
  asMbap,
  rightAnswer,
  type Script,
  type Sending,
  scriptedRegister,
} from '../support/scriptedSlave.ts';

const units = [1, 2, 3, 4, 5, 6];
const answerMs = 2;
const addresses = [0, 100, 200, 300];
const count = 4;
const lateShare = 0.08;
/** From just past the time-out to the end of the hold. */
const latenessMs = { from: 32, to: 148 };
const timing = { timeoutMs: 30, lateReplyMs: 120 };

/** Every lot of late replies is drawn from the seed, in the order of the requests. */
function lateScript(seed: number, kind: RigKind, late: { count: number }): Script {
  const random = seededRandom(seed);
  let waiting: Buffer | null = null;
  return (request): Sending[] => {
    const right = rightAnswer(request);
    const bytes = kind === 'modbus-tcp' ? asMbap(request, right) : right;
    const [chance, lateness, style] = [random(), random(), random()];
    if (chance < lateShare) {
      late.count++;
      // Colliding: it goes out among the bytes of whatever is answered next.
      if (style < 0.3 && kind !== 'modbus-tcp') {
        waiting = bytes;
        return [];
      }
      const afterMs = latenessMs.from + lateness * (latenessMs.to - latenessMs.from);
      const copies = style > 0.9 ? 2 : 1;
      return Array.from({ length: copies }, () => ({ afterMs, bytes }));
    }
    if (waiting === null) return [{ afterMs: answerMs, bytes }];
    const collided = Buffer.concat([
      waiting.subarray(0, 5),
      bytes.subarray(0, 6),
      waiting.subarray(5),
      bytes.subarray(6),
    ]);
    const torn = style < 0.5 ? collided : Buffer.concat([waiting, bytes]);
    waiting = null;
    return [{ afterMs: answerMs, bytes: torn }];
  };
}

const punctual =
  (kind: RigKind): Script =>
  (request) => {
    const right = rightAnswer(request);
    return [{ afterMs: answerMs, bytes: kind === 'modbus-tcp' ? asMbap(request, right) : right }];
  };

interface Outcome {
  good: number;
  wrong: number;
  readonly goodOf: Map<number, number>;
}

function pollAll({ bus }: BusRig, polled = units): Outcome {
  const outcome: Outcome = { good: 0, wrong: 0, goodOf: new Map(units.map((unit) => [unit, 0])) };
  for (const unit of polled) {
    const device = bus.device(quickDevice(unit, timing));
    for (const address of addresses) {
      device.poll(
        { name: `${address}`, ranges: [{ table: 'holding', address, count }], intervalMs: 1 },
        (result) => {
          if (!result.ok) return;
          outcome.good++;
          outcome.goodOf.set(unit, (outcome.goodOf.get(unit) ?? 0) + 1);
          const values = result.image.registers('holding', address, count);
          if (values.some((value, index) => value !== scriptedRegister(unit, address + index)))
            outcome.wrong++;
        },
      );
    }
  }
  return outcome;
}

const lateWanted = 20;
/** A few seconds on a quiet machine; time-outs of 30 ms are many on a busy one, and back-off follows. */
const patienceS = 50;
const seed = 20_261_122;

describe('late replies of equal length', { timeout: 2 * patienceS * 1_000 }, () => {
  for (const kind of ['pty', 'rtu-over-tcp', 'modbus-tcp'] satisfies RigKind[]) {
    for (const inOrder of [true, false]) {
      it(`are never taken for another's over ${kind}, ${inOrder ? 'in order' : 'out of order'}`, async () => {
        const late = { count: 0 };
        const rig = await busRig(kind, lateScript(seed, kind, late), { inOrder });
        const outcome = pollAll(rig);
        rig.bus.start();
        await until('enough late replies', () => late.count >= lateWanted, patienceS);
        // The faults end; what is still under way must do no harm, and every unit must come back.
        rig.slave.script = punctual(kind);
        const before = new Map(outcome.goodOf);
        const isBack = (unit: number) => (outcome.goodOf.get(unit) ?? 0) >= (before.get(unit) ?? 0) + 8;
        await until('every unit to answer again', () => units.every(isBack), patienceS);
        expect(outcome.wrong).toBe(0);
        expect(outcome.good).toBeGreaterThan(100);
        // On a busy machine a time-out of 30 ms comes without any fault, and passes.
        const devices = () => rig.bus.stats().devices;
        await until(
          'every unit to be online',
          () => devices().every(({ state }) => state === 'online'),
          patienceS,
        );
        expect(devices().reduce((sum, device) => sum + device.lateReplies, 0)).toBeGreaterThan(0);
      });
    }
  }

  for (const kind of ['pty', 'rtu-over-tcp'] satisfies RigKind[]) {
    it(`are taken for another's over ${kind} without the quarantine`, async () => {
      const rig = await busRig(kind, lateScript(seed, kind, { count: 0 }), {
        inOrder: false,
        quarantine: false,
      });
      // Two units: the next request to the late one comes sooner.
      const outcome = pollAll(rig, units.slice(0, 2));
      rig.bus.start();
      await until('a wrong value', () => outcome.wrong > 0, patienceS);
      expect(outcome.wrong).toBeGreaterThan(0);
    });
  }
});
