/** i101, i111, i112, i205 and i206. */
import { badReply, type FieldReader, firstThatFits } from './fields.ts';
import type { TlsAlarm, TlsAlarmEvent, TlsTankAlarmHistory, TlsTankAlarms } from './records.ts';

/** Category 00: all functions normal. */
export function parseAlarms(fields: FieldReader): TlsAlarm[] {
  const alarms: TlsAlarm[] = [];
  while (!fields.done) {
    const category = fields.device();
    // Some gauges say `00` alone.
    if (category === 0 && fields.done) break;
    const type = fields.device();
    const device = fields.device();
    if (category !== 0) alarms.push({ category, type, device });
  }
  return alarms;
}

export function parseAlarmEvents(fields: FieldReader): TlsAlarmEvent[] {
  const events: TlsAlarmEvent[] = [];
  while (!fields.done) {
    const category = fields.device();
    if (category === 0 && fields.rest < 18) {
      // No history.
      fields.text(fields.rest);
      break;
    }
    const sensor = fields.text(2);
    const type = fields.device();
    const device = fields.device();
    const state = fields.device();
    const time = fields.time();
    events.push({
      category,
      sensor,
      type,
      device,
      state: state === 1 ? 'cleared' : state === 2 ? 'occurred' : 'unknown',
      time,
    });
  }
  return events;
}

export function parseTankAlarms(fields: FieldReader): TlsTankAlarms[] {
  const tanks: TlsTankAlarms[] = [];
  while (!fields.done) {
    const tank = fields.device();
    const count = fields.hex(2);
    if (count === null) fields.skipAbsent();
    tanks.push({ tank, types: Array.from({ length: count ?? 0 }, () => fields.device()) });
  }
  return tanks;
}

export function parseTankAlarmHistory(text: string): TlsTankAlarmHistory[] {
  const event = (fields: FieldReader): { time: string; type: number } => {
    const time = fields.time();
    const type = fields.decimal(4);
    if (type === null) throw badReply('has ? for the type of an alarm');
    return { time, type };
  };
  const read = (repeated: boolean) => (fields: FieldReader) => {
    const tanks: { tank: number; events: { time: string; type: number }[] }[] = [];
    while (!fields.done) {
      const tank = fields.device();
      const count = fields.decimal(2);
      if (count === null) fields.skipAbsent();
      const wanted = repeated ? Math.min(1, count ?? 0) : (count ?? 0);
      const events = Array.from({ length: wanted }, () => event(fields));
      const last = tanks.at(-1);
      if (repeated && last?.tank === tank) last.events.push(...events);
      else tanks.push({ tank, events });
    }
    return tanks;
  };
  return firstThatFits(text, [read(false), read(true)]);
}
