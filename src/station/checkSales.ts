/**
 * Looks at every sale after it is in the books, and again when it gets its member: what is odd is raised once, with its
 * evidence. It follows the journal with a cursor of its own, so that a crash between sale and check loses nothing.
 */
import { selfClaim } from '../core/checks/selfClaim.ts';
import { largestTank } from '../core/checks/vehicles.ts';
import { abnormalVolume, aboveUsual, overfill } from '../core/checks/volume.ts';
import type { Finding } from '../model/alert.ts';
import type { JournalRow } from '../model/events.ts';
import { type SaleKey, saleKey } from '../model/ids.ts';
import { instant } from '../model/units.ts';
import type { Alert } from '../store/alerts.ts';
import type { SaleRecord } from '../store/sales.ts';
import { rfc3339 } from './businessDay.ts';
import type { StationContext } from './context.ts';

/** Events that say that a sale is new or has a member now. */
const telling: ReadonlySet<string> = new Set([
  'sale.completed',
  'sale.attributed',
  'sale.assigned',
  'sale.reassigned',
]);
const rowsAtOnce = 200;

export interface Checked {
  readonly alerts: readonly Alert[];
  /** There is more to look at. */
  readonly more: boolean;
}

/** `evidence` is made once for each sale with a finding. Throws what the store throws; what was not done is done the next time. */
export function checkSales(context: StationContext, evidence: (sale: SaleRecord) => object): Checked {
  const { store } = context;
  const rows = store.feed.read('business', store.feed.cursor('business', 'checked'), rowsAtOnce);
  const last = rows.at(-1);
  if (!last) return { alerts: [], more: false };
  const found = salesOf(rows).flatMap((key) => {
    const sale = store.sales.get(key);
    const news = sale ? findings(context, sale).filter((each) => isNew(context, sale, each)) : [];
    return sale && news.length > 0 ? [{ sale, news, json: JSON.stringify(evidence(sale)) }] : [];
  });
  const done = () => store.feed.moveCursor('business', 'checked', last.seq);
  const more = rows.length === rowsAtOnce;
  if (found.length === 0) {
    done();
    return { alerts: [], more };
  }
  const alerts = store.transaction(() => {
    const raised = found.flatMap(({ sale, news, json }) =>
      news.map((each) => raise(context, sale, each, json)),
    );
    done();
    return raised;
  });
  return { alerts, more };
}

function salesOf(rows: readonly JournalRow[]): SaleKey[] {
  const keys = rows
    .filter((row) => telling.has(row.type))
    .map((row) => saleKey((JSON.parse(row.data) as { sale: string }).sale));
  return [...new Set(keys)];
}

interface Found extends Finding {
  /** Whose it is about; null: about the sale whoever's it is. */
  readonly member: string | null;
}

const isNew = ({ store }: StationContext, sale: SaleRecord, { kind, member }: Found): boolean =>
  !store.alerts.raised(sale.key, kind, member);

/** Of the volume only the strongest thing is said. */
function findings(context: StationContext, sale: SaleRecord): Found[] {
  const { checks, members, store } = context;
  const { attribution, grade, volume } = sale;
  const owner = attribution.kind === 'attributed' ? attribution : null;
  const member = owner && members.member(owner.member);
  const vehicles = (owner && members.card(owner.card)?.vehicles) ?? member?.vehicles ?? [];
  const tank = largestTank(vehicles, grade);
  const own = (finding: Finding | null) => finding && owner && { ...finding, member: owner.member };
  const anyones = (finding: Finding | null) => finding && { ...finding, member: null };
  const ofVolume =
    own(overfill(volume, tank, checks)) ??
    anyones(abnormalVolume(volume, tank, checks)) ??
    (owner && own(aboveUsual(volume, store.history.fills(owner.member, sale.id), checks)));
  const isStaff = member?.employee === true || member?.cards.some((card) => card.role === 'attendant');
  const ofStaff =
    owner && isStaff
      ? selfClaim(
          {
            member: owner.member,
            attendant: sale.attendant,
            creditsOfDay: store.history.creditsOfDay(owner.member, sale.businessDate, sale.id),
          },
          checks,
        )
      : null;
  return [ofVolume, own(ofStaff)].filter((each) => each !== null);
}

function raise(context: StationContext, sale: SaleRecord, found: Found, json: string): Alert {
  const { store, clock, checks } = context;
  const at = clock.now();
  const alert = { ...found, sale: sale.key, at, dueAt: instant(at + checks.answerWithinHours * 3_600_000) };
  const number = store.alerts.raise(alert, json);
  store.journal.append('sale.alert-raised', sale.fuellingPoint, at, context.businessDate(at), {
    sale: sale.key,
    fuellingPoint: sale.fuellingPoint,
    nozzle: sale.nozzle,
    alert: number,
    kind: found.kind,
    level: found.level,
    member: found.member,
    text: found.text,
    dueAt: rfc3339(alert.dueAt),
  });
  return { ...alert, number };
}
