/** Lift, start, end: what the running state of a fuelling point tells. */
import type { DispenserState, LiveReading, LostReading } from '../../model/readings.ts';
import { millilitres } from '../../model/units.ts';
import { conclude, concludeNow } from './conclude.ts';
import { bare } from './record.ts';
import { endingOf, type Open, openAt, type Told } from './state.ts';
import { toleranceOf } from './totalizer.ts';
import { hoseOf, nozzleOf, type Work } from './work.ts';

type Phase = 'waiting' | 'starting' | 'flowing' | 'rest' | 'halted';
const phases: Record<DispenserState, Phase> = {
  inoperative: 'halted',
  closed: 'halted',
  idle: 'rest',
  calling: 'waiting',
  authorised: 'waiting',
  started: 'starting',
  'suspended-started': 'starting',
  fuelling: 'flowing',
  'suspended-fuelling': 'flowing',
  completed: 'rest',
};

export function onLive(work: Work, reading: LiveReading): void {
  const { spec, state } = work;
  const gap = isBlind(work, reading);
  const hose = hoseOf(spec, reading.hose)?.hose ?? null;
  const phase = phases[reading.state];
  const before = state.shown;
  if (gap && state.ending) state.ending.after = true;
  if (phase === 'rest') rest(work, reading, gap);
  else if (phase === 'halted') halted(work, reading, gap);
  else active(work, reading, hose, phase, gap);
  announce(work, reading.state, nozzleOf(spec, state.current?.hose ?? hose));
  state.met ||= phase !== 'halted' && reading.state !== 'completed';
  // A sale between two readings: the totalizers know.
  const newDisplay = state.display.volume !== reading.volume && (reading.volume ?? 0) > 0;
  const completed = before === 'idle' && reading.state === 'completed';
  const hint =
    phase === 'rest' && (completed || (newDisplay && (before === 'idle' || before === 'completed')));
  // Nothing was looked at since this process began.
  const restarted = state.session.sighted === null;
  const pause = gap || restarted || reading.mono - (state.session.live ?? 0) > silence.busy;
  if (pause || hint) Object.assign(state.session, { checkedTotals: false, sighted: reading.mono });
  if (gap) {
    state.session.checkedRecord = false;
    for (const each of state.earlier) each.gap = true;
  }
  state.session.live = reading.mono;
  const sold = state.display.sold && state.display.volume === reading.volume;
  const { volume, amount, rounded = false, price } = reading;
  state.display = { volume, amount, rounded, price, sold };
  if (state.current) flow(reading, phase, state.current);
  conclude(work);
}

/** A whole fuelling fits into a silence of these, ms; nobody need have noticed that the link was lost. */
const silence = { busy: 3_000, idle: 30_000 };

function isBlind({ state }: Work, reading: LiveReading): boolean {
  const { live } = state.session;
  if (live === null || state.shown === 'lost') return true;
  return reading.mono - live > (state.current || state.ending ? silence.busy : silence.idle);
}

export function onLost(work: Work, reading: LostReading): void {
  const { state } = work;
  if (state.shown === 'lost') return;
  if (state.current) Object.assign(state.current, { gap: true, lost: true });
  if (state.ending)
    Object.assign(state.ending, { after: true, mono: null, totals: null, record: null, stable: false });
  Object.assign(state.session, { checkedTotals: false, checkedRecord: false, released: false });
  announce(work, 'lost', state.nozzle, reading.at);
}

function announce(
  work: Work,
  shown: DispenserState | 'lost',
  nozzle: string | null,
  at = work.reading.at,
): void {
  const { state, facts } = work;
  if (state.shown === shown && state.nozzle === nozzle) return;
  if (shown !== 'completed') state.session.released = false;
  if (state.shown !== shown) state.since = at;
  state.shown = shown;
  state.nozzle = nozzle;
  facts.push({ kind: 'state-changed', state: shown, nozzle, at });
}

/** Idle or completed: whatever ran is over. */
function rest(work: Work, reading: LiveReading, gap: boolean): void {
  const { state } = work;
  const { current, ending } = state;
  if (current) {
    if (gap) doubt(current);
    const another = !gap && showsAnother(work, current, reading);
    end(work, current, gap || another, gap ? null : finalOf(current, reading));
    if (state.ending) state.ending.another = another;
  } else if (ending && !ending.after && !ending.unseen && !ending.endUnseen) {
    ending.final = finalOf(ending, reading) ?? ending.final;
  }
}

/** Out of order in mid-fill: over, unless it goes on within the settling time. */
function halted(work: Work, reading: LiveReading, gap: boolean): void {
  const { spec, state } = work;
  const { current } = state;
  if (current === null) return;
  if (gap) doubt(current);
  current.haltedMono ??= reading.mono;
  if (reading.mono - current.haltedMono >= spec.settleMs)
    end(work, current, false, finalOf(current, reading));
}

function active(work: Work, reading: LiveReading, hose: number | null, phase: Phase, gap: boolean): void {
  const { spec, state, facts } = work;
  const { volume } = reading;
  const before = state.current;
  if (before) goOn(work, reading, hose, phase, gap, before);
  const current = state.current ?? openAt(hose);
  if (state.current === null) {
    const shown = gap || before ? null : state.display.volume;
    current.shown = phase === 'waiting' && shown === null ? volume : shown;
    // A totalizer may still be late with what was sold while we were blind.
    const { checkedTotals, sighted } = state.session;
    const fresh = reading.mono - (sighted ?? -Infinity) <= spec.settleMs;
    current.hidden = gap || !checkedTotals || fresh;
    current.unchecked = current.hidden || (state.ending !== null && !before);
    state.current = current;
    state.session.released = false;
    if (!gap) {
      current.liftedAt = reading.at;
      facts.push({ kind: 'lifted', nozzle: nozzleOf(spec, hose), at: reading.at });
    }
  }
  current.hose ??= hose;
  // Met (again) in mid-fill: when it started is not known.
  const startUnseen = current.fuelled || (gap && phase === 'flowing');
  if (phase !== 'waiting' && current.startedAt === null && !startUnseen) {
    current.startedAt = reading.at;
    facts.push({ kind: 'started', nozzle: nozzleOf(spec, current.hose), at: reading.at });
  }
}

/** We were blind for a while. Where nothing had flowed before, the lift may have been another customer's. */
function doubt(current: Open): void {
  current.gap = true;
  if (current.volume === 0) Object.assign(current, { liftedAt: null, startedAt: null, hidden: true });
}

/** The running fuelling goes on, or it ended unseen and the next one runs: another hose, a new lift, a volume that fell back. */
function goOn(
  work: Work,
  reading: LiveReading,
  hose: number | null,
  phase: Phase,
  gap: boolean,
  current: Open,
): void {
  const { volume } = reading;
  if (gap) doubt(current);
  current.haltedMono = null;
  const other = hose !== null && current.hose !== null && hose !== current.hose;
  const rising = volume !== null && current.volume > 0 && volume > current.volume;
  const relifted = phase === 'waiting' && current.fuelled && (gap || !rising);
  const fellBack = volume !== null && volume + toleranceOf(work.spec) < current.volume;
  if (!other && !relifted && !fellBack) return;
  // Before it is reset the display still shows the sale that just ended.
  end(work, current, gap, relifted && !gap ? finalOf(current, reading) : null);
}

/** Volume, amount and price of the running fuelling, once the display no longer shows the sale before. */
function flow(reading: LiveReading, phase: Phase, current: Open): void {
  const { volume, amount, rounded = false, price } = reading;
  if (phase === 'flowing') current.fuelled = true;
  if (volume !== null && (current.fresh || volume !== current.shown)) {
    current.fresh = true;
    if (volume >= current.volume) Object.assign(current, { volume, amount, rounded });
  }
  if ((phase === 'starting' || phase === 'flowing') && price !== null) {
    current.priceChanged ||= current.price !== null && current.price !== price;
    current.price = price;
  }
}

/**
 * What the display shows after the end, when it is surely of this fuelling: it was seen counting before, or shows zero
 * now and did not before the lift. Some show the sale before again after a lift without fuel.
 */
function finalOf(open: Open, { volume, amount, rounded = false, price }: LiveReading): Told | null {
  if (volume === null || volume < open.volume) return null;
  if (open.volume === 0 && (volume > 0 || open.shown === 0)) return null;
  return { ...bare(millilitres(volume), amount, rounded), price };
}

/** The display at rest shows neither what was watched nor the sale before it: a further one began and ended unseen. */
function showsAnother({ spec }: Work, open: Open, { volume }: LiveReading): boolean {
  if (volume === null || volume === 0 || !open.fresh || open.shown === volume) return false;
  return volume + toleranceOf(spec) < open.volume;
}

function end(work: Work, current: Open, endUnseen: boolean, final: Told | null): void {
  const { spec, state, facts, reading } = work;
  concludeNow(work);
  facts.push({ kind: 'ended', nozzle: nozzleOf(spec, current.hose), at: reading.at });
  const ending = endingOf(current, { at: reading.at, mono: reading.mono });
  state.ending = { ...ending, gap: current.gap || endUnseen, endUnseen, final };
  state.current = null;
}
