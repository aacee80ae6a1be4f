/** What every use case works with: the books, the time, the rules in force. */
import type { Clock, Log } from '../core/ports.ts';
import type { ChecksPolicy, CorrectionsPolicy } from '../model/config/checks.ts';
import type { Program } from '../model/config/program.ts';
import type { MatchingPolicy } from '../model/config/station.ts';
import type { Store } from '../store/store.ts';
import type { Board } from './board.ts';
import type { BusinessDate } from './businessDay.ts';
import type { ClockGuard } from './clock/clockGuard.ts';
import type { MemberBook } from './memberBook.ts';
import type { Tally } from './tally.ts';

export interface StationContext {
  readonly site: string;
  readonly currency: string;
  readonly currencyDecimals: number;
  readonly store: Store;
  readonly clock: Clock;
  readonly clockGuard: ClockGuard;
  readonly log: Log;
  readonly businessDate: BusinessDate;
  readonly policy: MatchingPolicy;
  readonly corrections: CorrectionsPolicy;
  readonly checks: ChecksPolicy;
  readonly program: Program;
  readonly members: MemberBook;
  readonly board: Board;
  readonly tally: Tally;
}
