import type { MatchingPolicy } from '../../model/config/station.ts';
import type { Claim } from '../../model/sale.ts';
import type { Fuelling } from './fuelling.ts';

/** Whether a scan can belong to a fuelling: a reader that serves the point, and the policy's windows around it. */
export function fits(claim: Claim, fuelling: Fuelling, policy: MatchingPolicy): boolean {
  if (!claim.fuellingPoints.includes(fuelling.fuellingPoint)) return false;
  const start = fuelling.liftedAt ?? fuelling.startedAt ?? fuelling.endedAt;
  if (start === null || claim.at < start - policy.beforeS * 1000) return false;
  return fuelling.endedAt === null || claim.at <= fuelling.endedAt + policy.afterS * 1000;
}
