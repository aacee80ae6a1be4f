/** What a display shows the moment a card is scanned: tier, balance, usual grade, benefits due. */
import { benefitsDue } from '../core/loyalty/benefits.ts';
import { usualGrade } from '../core/members/directory.ts';
import type { StationContext } from './context.ts';
import type { MemberBrief } from './view.ts';

/** null: there is no such member. */
export function memberBrief(context: StationContext, id: string): MemberBrief | null {
  const member = context.members.member(id);
  if (!member) return null;
  const today = context.businessDate(context.clock.now());
  return {
    member: member.id,
    tier: member.tier,
    balance: context.store.ledger.balance(`member:${member.id}`),
    usualGrade: usualGrade(context.store.sales.gradeCounts(member.id)),
    vehicles: member.vehicles.map((vehicle) => ({
      plate: vehicle.plate,
      grade: vehicle.grade ?? null,
      tankLitres: vehicle.tankLitres ?? null,
    })),
    benefitsDue: benefitsDue(context.program, member.tier, today),
    refusal: null,
  };
}
