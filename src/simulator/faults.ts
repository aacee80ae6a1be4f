/** Faults of the wire and of devices, and how often they come. All rates are probabilities in [0, 1]. */

/** Faults of single replies are drawn for each request; `reboot` for each fuelling; `link-drop` for each request. */
export const faultKinds = [
  'late',
  'bad-crc',
  'echo',
  'silence',
  'noise',
  'illegal-address',
  'duplicate',
  'truncated',
  'reboot',
  'link-drop',
] as const;
export type FaultKind = (typeof faultKinds)[number];

export interface FaultPlan {
  /** Probability of each kind; a kind left out never happens. */
  readonly rates: Readonly<Partial<Record<FaultKind, number>>>;
  /** How late a late reply is, real milliseconds after the request: uniform between the two. */
  readonly lateMs: readonly [number, number];
  /** true: replies behind a late one wait for it; false: they overtake it, so that it lands among them. */
  readonly lateInOrder: boolean;
  /** Most random bytes of one burst of noise. */
  readonly noiseBytes: number;
  /** Simulated milliseconds a rebooting device is silent. */
  readonly rebootMs: number;
  /** Devices (ids of the station's file) that never answer. */
  readonly deadDevices: readonly string[];
}

const base: Omit<FaultPlan, 'rates'> = {
  lateMs: [260, 600],
  lateInOrder: false,
  noiseBytes: 12,
  rebootMs: 8_000,
  deadDevices: [],
};

/** `off`: a clean station. `mild`: an ordinary one with a tired cable. `harsh`: everything at once. */
export const faultPresets = {
  off: { ...base, rates: {} },
  mild: {
    ...base,
    rates: {
      late: 0.002,
      'bad-crc': 0.002,
      silence: 0.002,
      noise: 0.002,
      'illegal-address': 0.001,
      reboot: 0.005,
    },
  },
  harsh: {
    ...base,
    rates: {
      late: 0.015,
      'bad-crc': 0.01,
      echo: 0.005,
      silence: 0.01,
      noise: 0.01,
      'illegal-address': 0.005,
      duplicate: 0.005,
      truncated: 0.005,
      reboot: 0.02,
      'link-drop': 0.0005,
    },
  },
} as const satisfies Record<string, FaultPlan>;
