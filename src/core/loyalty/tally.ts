/** The running sum of one credit, with the word on every rule that was considered. */
import type { RuleExplanation } from '../../model/sale.ts';
import { add, type Fraction, toText, zero } from './fraction.ts';

export class Tally {
  total: Fraction = zero;
  readonly explanation: RuleExplanation[] = [];

  /** The rule changes the points by `change` (exact; may be zero or negative). */
  apply(rule: string, change: Fraction, text: string): void {
    this.total = add(this.total, change);
    this.explanation.push({ rule, applied: true, text, points: toText(change) });
  }

  /** The rule holds but is about something else than points. */
  note(rule: string, text: string): void {
    this.explanation.push({ rule, applied: true, text, points: null });
  }

  skip(rule: string, text: string): void {
    this.explanation.push({ rule, applied: false, text, points: null });
  }
}
