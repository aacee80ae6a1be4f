/** What a check of a sale has to say. */
export const alertKinds = ['overfill', 'abnormal-volume', 'above-usual', 'self-claim'] as const;
export type AlertKind = (typeof alertKinds)[number];
/** `explain`: a plausible reason is enough; `verify`: the evidence is to be looked at. */
export const alertLevels = ['explain', 'verify'] as const;

export interface Finding {
  readonly kind: AlertKind;
  readonly level: (typeof alertLevels)[number];
  readonly text: string;
}
