/** Alarms that stand at the gauge, and those that came and went while nobody asked. */
import { tankCategory } from '../../core/tls/alarms.ts';
import type { TlsAlarm, TlsAlarmEvent } from '../../core/tls/records.ts';
import type { GaugeAlarm } from '../../model/tank.ts';
import type { Instant } from '../../model/units.ts';
import type { Received } from './options.ts';
import { alarmOf } from './tlsFacts.ts';
import type { TlsWork } from './tlsWork.ts';

/** Tells what stands, then that it was all. Rejects as exchanges do. */
export async function tellAlarms(work: TlsWork): Promise<void> {
  const { inquiry, options } = work;
  const standing = await inquiry.ask('101');
  const byTank = standing ? null : await inquiry.ask('205');
  const received: Received | null = standing ?? byTank;
  if (!received) {
    work.quirk('tells no alarms');
    return;
  }
  const alarms: readonly TlsAlarm[] =
    standing?.records ??
    byTank?.records.flatMap(({ tank, types }) =>
      types.map((type) => ({ category: tankCategory, type, device: tank })),
    ) ??
    [];
  for (const alarm of alarms)
    if (concerns(alarm, options.tanks)) work.emit(alarmOf(alarm, 'live', true, received));
  work.emit({ kind: 'alarms-complete', at: received.at, mono: received.mono });
}

/** Not of a tank that the station does not use. */
const concerns = ({ category, device }: TlsAlarm, tanks: readonly number[]): boolean =>
  category !== tankCategory || device === 0 || tanks.includes(device);

/** Times are whole minutes and brought to the station's clock. What is read twice is told apart from what is new later. */
const minutesMs = 120_000;

/** What the gauge remembers since then, by time. Rejects as exchanges do. */
export async function alarmHistory(work: TlsWork, since: Instant): Promise<GaugeAlarm[]> {
  const { inquiry, options, gaugeClock } = work;
  const facts: GaugeAlarm[] = [];
  const take = (event: Omit<TlsAlarmEvent, 'sensor'>, { mono }: Received): void => {
    const at = gaugeClock.toStation(event.time);
    if (at === null || at < since - minutesMs || at > options.clock.now()) return;
    if (event.state === 'unknown' || !concerns(event, options.tanks)) return;
    facts.push(alarmOf(event, 'history', event.state !== 'cleared', { at, mono }));
  };
  const priority = await inquiry.ask('111');
  const other = await inquiry.ask('112');
  for (const answer of [priority, other]) if (answer) for (const event of answer.records) take(event, answer);
  const byTank = priority || other ? null : await inquiry.ask('206');
  if (byTank)
    for (const { tank, events } of byTank.records)
      for (const { time, type } of events)
        take({ category: tankCategory, type: type % 100, device: tank, state: 'occurred', time }, byTank);
  // Within one minute it rose before it was over; the list of what stands mends the other case.
  return facts.sort((one, two) => one.at - two.at || Number(two.active) - Number(one.active));
}
