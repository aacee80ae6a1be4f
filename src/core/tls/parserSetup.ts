/** i102, i501, i505, i517, i602, i604 and its kin, i610. */
import { badReply, type FieldReader } from './fields.ts';
import type { TlsDelay, TlsLabel, TlsModule, TlsSetting, TlsUnits } from './records.ts';

export const labelLength = 20;
const moduleTextLength = 8;

export function parseModules(fields: FieldReader): TlsModule[] {
  const count = fields.hex(2) ?? 0;
  return Array.from({ length: count }, () => {
    const slot = fields.device();
    const type = fields.text(2);
    const texts = [fields.text(moduleTextLength).trim(), fields.text(moduleTextLength).trim()] as const;
    return { slot, type, texts };
  });
}

/** The time again, or nothing: then the reply's head has it. */
export function parseClock(fields: FieldReader): string | null {
  if (fields.done) return null;
  return fields.time();
}

const unitsByNumber: readonly (TlsUnits | undefined)[] = [undefined, 'us', 'metric', 'imperial'];

/** One digit; the language follows, of one digit in i505 and two in i517. A zero before the units is passed over. */
export function parseUnits(fields: FieldReader): TlsUnits {
  const first = fields.decimal(1);
  const units = unitsByNumber[(first === 0 && fields.rest === 1 ? fields.decimal(1) : first) ?? 0];
  if (units === undefined) throw badReply('names no system of units');
  return units;
}

export function parseLabels(fields: FieldReader): TlsLabel[] {
  const labels: TlsLabel[] = [];
  while (!fields.done) {
    const tank = fields.device();
    // The last one may come without its blanks.
    labels.push({ tank, label: fields.text(Math.min(labelLength, fields.rest)).trim() });
  }
  return labels;
}

export function parseSettings(fields: FieldReader): TlsSetting[] {
  const settings: TlsSetting[] = [];
  while (!fields.done) {
    const tank = fields.device();
    const { value, rejected } = fields.float();
    settings.push({ tank, value, rejected });
  }
  return settings;
}

export function parseDelays(fields: FieldReader): TlsDelay[] {
  const delays: TlsDelay[] = [];
  while (!fields.done) delays.push({ tank: fields.device(), minutes: fields.decimal(2) });
  return delays;
}
