/** Warns when the nozzle lifted is not for the vehicle of the card that waits: told at once, before fuel flows; nothing is blocked. */

import { type WaitingCard, wrongFuel } from '../core/checks/wrongFuel.ts';
import type { PointSpec } from '../core/fuelling/machine.ts';
import type { FuellingFact } from '../core/fuelling/types.ts';
import { type Instant, instant } from '../model/units.ts';
import { rfc3339 } from './businessDay.ts';
import type { StationContext } from './context.ts';
import type { Feed } from './feed.ts';
import type { Push, WarningView } from './view.ts';

export interface WrongFuelWatch {
  /** What a reading of the point told. */
  facts(spec: PointSpec, facts: readonly FuellingFact[]): void;
  /** A card was read at a reader that serves these. */
  scanned(fuellingPoints: readonly string[]): void;
}

export function createWrongFuelWatch(
  context: StationContext,
  out: { push: (event: Push) => void; feed: Feed },
): WrongFuelWatch {
  /** Lifted nozzles of which no fuel flows yet. */
  const lifted = new Map<string, { nozzle: string; grade: string; said: boolean }>();

  const look = (fuellingPoint: string): void => {
    const nozzle = lifted.get(fuellingPoint);
    if (!context.checks.wrongFuel || !nozzle || nozzle.said) return;
    const found = wrongFuel(nozzle.grade, waitingAt(context, fuellingPoint));
    if (!found) return;
    nozzle.said = true;
    const at = context.clock.now();
    const warning: WarningView = {
      ...{ fuellingPoint, nozzle: nozzle.nozzle, grade: nozzle.grade, warning: 'wrong-fuel' },
      ...{ ...found, at: rfc3339(at) },
    };
    context.log.warn({ fuellingPoint, grade: nozzle.grade, expected: found.expected }, 'wrong fuel');
    try {
      record(context, warning, at);
    } catch (error) {
      context.log.error({ err: error, fuellingPoint }, 'a warning could not be recorded');
    }
    out.push({ type: 'warning', data: warning });
    out.feed.wake();
  };

  return {
    facts(spec, facts) {
      for (const fact of facts) {
        const { fuellingPoint } = spec;
        if (fact.kind === 'ended') lifted.delete(fuellingPoint);
        if (fact.kind !== 'lifted' && fact.kind !== 'started') continue;
        const hose = spec.hoses.find((each) => each.nozzle === fact.nozzle);
        const isNew = fact.kind === 'lifted' || lifted.get(fuellingPoint)?.nozzle !== fact.nozzle;
        if (hose && isNew) lifted.set(fuellingPoint, { nozzle: hose.nozzle, grade: hose.grade, said: false });
        look(fuellingPoint);
        // From here on fuel flows: a scan is too late for a warning.
        if (fact.kind === 'started') lifted.delete(fuellingPoint);
      }
    },
    scanned(fuellingPoints) {
      for (const point of fuellingPoints) look(point);
    },
  };
}

function record({ store, businessDate }: StationContext, warning: WarningView, at: Instant): void {
  const { fuellingPoint, expected } = warning;
  store.transaction(() =>
    store.journal.append('fuelling-point.warning-raised', fuellingPoint, at, businessDate(at), {
      ...warning,
      expected: [...expected],
    }),
  );
}

/** Cards that may be of a fuelling that begins here now. */
function waitingAt(context: StationContext, fuellingPoint: string): WaitingCard[] {
  const { store, clock, policy, members } = context;
  return store.claims.open(instant(clock.now() - policy.beforeS * 1000)).flatMap((claim) => {
    const serves = claim.fuellingPoints.includes(fuellingPoint) && claim.refusal === null;
    if (!serves || claim.member === null) return [];
    const vehicles = members.card(claim.card)?.vehicles ?? members.member(claim.member)?.vehicles ?? [];
    return [{ member: claim.member, vehicles }];
  });
}
