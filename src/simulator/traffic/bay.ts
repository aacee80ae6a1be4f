/** One fuelling point's place on the forecourt: a car at a time comes, fuels and drives away. */
import type { Clock } from '../../core/ports.ts';
import type { Instant } from '../../model/units.ts';
import type { DispensedSale, DriverCard, ScanMoment } from '../options.ts';
import type { Dispenser } from '../physics/dispenser.ts';
import type { DispenserPoint, EndedFuelling } from '../physics/point.ts';
import { between } from '../physics/random.ts';
import type { Cancel, Scheduler } from '../scheduler.ts';
import { type Place, planVisit, type Visit } from './visit.ts';

export interface BayOptions extends Place {
  readonly dispenser: Dispenser;
  readonly scheduler: Scheduler;
  readonly clock: Clock;
  readonly reboot: { readonly rate: number; readonly ms: number };
  /** Books one of the sales still to be made; false: enough were made. */
  book(): boolean;
  /** Gives a booking back: the car leaves without a sale. */
  unbook(): void;
  sold(sale: Omit<DispensedSale, 'n'>): void;
  rebooted(): void;
  /** The point stands empty for good. */
  closed(): void;
}

const lookAgainMs = 500;
const hangUpMs = [1_000, 3_000] as const;
const leaveMs = [1_000, 4_000] as const;

export class Bay {
  readonly #options: BayOptions;
  readonly #point: DispenserPoint;
  readonly #timers = new Set<Cancel>();
  #visit: Visit | null = null;
  #scannedAt: Instant | null = null;
  #sold = false;
  #startedAt: Instant | null = null;

  constructor(options: BayOptions, point: DispenserPoint) {
    this.#options = options;
    this.#point = point;
    options.dispenser.onCut(options.fuellingPoint.point, (ended) => this.#cut(ended));
  }

  open(): void {
    this.#after(this.#draw(this.#options.behaviour.emptyMs), () => this.#arrive());
  }

  stop(): void {
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
  }

  #arrive(): void {
    const booked = this.#options.book();
    const visit = booked ? planVisit(this.#options) : null;
    if (booked && (visit === null || visit.changesMind)) this.#options.unbook();
    if (visit === null) {
      this.#options.closed();
      return;
    }
    this.#visit = visit;
    this.#scannedAt = null;
    this.#sold = false;
    if (visit.when === 'before') {
      this.#scan(visit);
      this.#after(this.#draw(this.#options.behaviour.scanToLiftMs), () => this.#lift(visit));
    } else {
      this.#lift(visit);
    }
  }

  #lift(visit: Visit): void {
    const { dispenser, behaviour } = this.#options;
    if (dispenser.downMs > 0 || !this.#point.free) {
      this.#after(lookAgainMs, () => this.#lift(visit));
      return;
    }
    this.#point.lift(visit.hose.number);
    const wait = this.#draw(behaviour.authoriseMs);
    if (visit.changesMind) {
      this.#after(wait, () => this.#hangUp(visit));
      return;
    }
    this.#after(wait / 2, () => {
      this.#point.authorise();
      this.#after(wait / 2, () => this.#start(visit));
    });
  }

  #start(visit: Visit): void {
    const { scheduler, clock, random, reboot, dispenser } = this.#options;
    this.#point.start(visit.plan, scheduler.now());
    this.#startedAt = clock.now();
    const { totalMs } = visit.plan;
    if (visit.when === 'during') this.#after(totalMs * between(random, [0.1, 0.9]), () => this.#scan(visit));
    if (random() < reboot.rate) {
      this.#after(totalMs * between(random, [0.3, 0.8]), () => {
        this.#options.rebooted();
        dispenser.reboot(reboot.ms);
      });
    }
    this.#after(totalMs + this.#draw(hangUpMs), () => this.#hangUp(visit));
  }

  #hangUp(visit: Visit): void {
    const ended = this.#point.hangUp(this.#options.scheduler.now());
    if (ended === null) {
      this.#leave(visit);
      return;
    }
    this.#record(visit, ended, 'hang-up', visit.when);
    if (visit.when === 'after') this.#scanLater(visit);
    else this.#leave(visit);
  }

  /** The dispenser lost power under the driver's hands; who got nothing tries again. */
  #cut(ended: EndedFuelling | null): void {
    const visit = this.#visit;
    if (visit === null || this.#sold) return;
    this.stop();
    if (ended === null) {
      this.#after(this.#draw(hangUpMs), () => {
        this.#point.hangUp(this.#options.scheduler.now());
        this.#after(lookAgainMs, () => (visit.changesMind ? this.#leave(visit) : this.#lift(visit)));
      });
      return;
    }
    const late = visit.when === 'after' || (visit.when === 'during' && this.#scannedAt === null);
    this.#record(visit, ended, 'reboot', late ? 'after' : visit.when);
    this.#after(this.#draw(hangUpMs), () => {
      this.#point.hangUp(this.#options.scheduler.now());
      if (late) this.#scanLater(visit);
      else this.#leave(visit);
    });
  }

  #scanLater(visit: Visit): void {
    this.#after(this.#draw(this.#options.behaviour.hangUpToScanMs), () => {
      this.#scan(visit);
      this.#leave(visit);
    });
  }

  #scan(visit: Visit): void {
    this.#scannedAt = this.#options.clock.now();
    if (visit.card !== null) visit.reader?.present(visit.card);
  }

  #leave(visit: Visit): void {
    this.#after(this.#draw(leaveMs), () => {
      if (visit.card !== null) this.#options.cards.release(visit.card);
      this.#visit = null;
      this.#waitUntilFree();
    });
  }

  /** The next car waits until the dispenser has power and has let go of the last sale. */
  #waitUntilFree(): void {
    if (this.#point.free && this.#options.dispenser.downMs === 0) this.open();
    else this.#after(lookAgainMs, () => this.#waitUntilFree());
  }

  #record(visit: Visit, ended: EndedFuelling, endedBy: DispensedSale['endedBy'], when: ScanMoment): void {
    const { fuellingPoint, clock } = this.#options;
    const { card, reader, nozzle } = visit;
    const shown: DriverCard | null =
      card === null || reader === null
        ? null
        : {
            member: card.member,
            number: card.number,
            format: card.format,
            reader: reader.id,
            when,
            scannedAt: this.#scannedAt,
          };
    const endedAt = clock.now();
    this.#sold = true;
    this.#options.sold({
      fuellingPoint: fuellingPoint.id,
      nozzle: nozzle.id,
      grade: nozzle.grade,
      volume: ended.sale.volume,
      amount: ended.sale.amount,
      price: ended.sale.price,
      saleNumber: ended.sale.number,
      startedAt: this.#startedAt ?? endedAt,
      endedAt,
      totalizerStart: ended.totalizerStart,
      totalizerEnd: ended.totalizerEnd,
      endedBy,
      card: shown,
    });
  }

  #draw(range: readonly [number, number]): number {
    return between(this.#options.random, range);
  }

  #after(ms: number, run: () => void): void {
    const cancel = this.#options.scheduler.after(ms, () => {
      this.#timers.delete(cancel);
      run();
    });
    this.#timers.add(cancel);
  }
}
