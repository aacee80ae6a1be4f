/** Employees who credit themselves with customers' sales. */

import type { Finding } from '../../model/alert.ts';
import type { ChecksPolicy } from '../../model/config/checks.ts';

export interface EmployeesSale {
  readonly member: string;
  /** Who attended the sale; null: not known. */
  readonly attendant: string | null;
  /** Credits of the member in the sale's business date, this one included. */
  readonly creditsOfDay: number;
}

export function selfClaim(sale: EmployeesSale, policy: ChecksPolicy): Finding | null {
  const attended = sale.attendant === sale.member;
  if (!attended && sale.creditsOfDay <= policy.selfClaimsPerDay) return null;
  const text = attended
    ? `employee ${sale.member} is credited with a sale that ${sale.member} attended`
    : `credit ${sale.creditsOfDay} of employee ${sale.member} in one business day, above ${policy.selfClaimsPerDay}`;
  return { kind: 'self-claim', level: attended ? 'verify' : 'explain', text };
}
