/** Data of a reply in computer format to records. Liberal where the manual leaves room, strict where it does not. */
import { FieldReader } from './fields.ts';
import { parseAlarmEvents, parseAlarms, parseTankAlarmHistory, parseTankAlarms } from './parserAlarms.ts';
import { parseAdjusted, parseDeliveries } from './parserDeliveries.ts';
import { parseHistory, parseInventory } from './parserInventory.ts';
import {
  parseClock,
  parseDelays,
  parseLabels,
  parseModules,
  parseSettings,
  parseUnits,
} from './parserSetup.ts';
import { settingFunctions, type TlsFunction, type TlsReplies } from './records.ts';

const parsers: { readonly [F in TlsFunction]: (fields: FieldReader, text: string) => TlsReplies[F] } = {
  '101': parseAlarms,
  '102': parseModules,
  '111': parseAlarmEvents,
  '112': parseAlarmEvents,
  '201': (fields) => parseInventory(fields, '201'),
  '214': (fields) => parseInventory(fields, '214'),
  '21A': (fields) => parseInventory(fields, '21A'),
  '202': (_, text) => parseDeliveries(text),
  '20C': (_, text) => parseDeliveries(text),
  '205': parseTankAlarms,
  '206': (_, text) => parseTankAlarmHistory(text),
  '21B': (_, text) => parseAdjusted(text),
  '21E': (_, text) => parseHistory(text),
  '501': parseClock,
  '505': parseUnits,
  '517': parseUnits,
  '602': parseLabels,
  '610': parseDelays,
  ...(Object.fromEntries(settingFunctions.map((name) => [name, parseSettings])) as Record<
    (typeof settingFunctions)[number],
    typeof parseSettings
  >),
};

/**
 * @param name function, `201`
 * @param data what stands between the reply's time and `&&`
 * @throws ForecourtError GAUGE_BAD_REPLY
 */
export function parseReply<F extends TlsFunction>(name: F, data: string): TlsReplies[F] {
  return parsers[name](new FieldReader(data), data);
}
