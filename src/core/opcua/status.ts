/** OPC UA status codes as qualities. Layout: OPC 10000-4, 7.39: the two highest bits are the severity. */
import type { TankQuality } from '../../model/tank.ts';

export function qualityOf(status: number): TankQuality {
  const severity = status >>> 30;
  if (severity === 0) return 'good';
  return severity === 1 ? 'uncertain' : 'bad';
}

/** Those that a gauge or a PLC is likely to give; by their upper half, the rest are flags. OPC 10000-6, A.2. */
const names: Readonly<Record<number, string>> = {
  1083179008: 'UncertainLastUsableValue',
  1083244544: 'UncertainSubstituteValue',
  1083310080: 'UncertainInitialValue',
  1083375616: 'UncertainSensorNotAccurate',
  1083441152: 'UncertainEngineeringUnitsExceeded',
  1083506688: 'UncertainSubNormal',
  2150694912: 'BadNoCommunication',
  2150760448: 'BadWaitingForInitialData',
  2150825984: 'BadNodeIdInvalid',
  2150891520: 'BadNodeIdUnknown',
  2150957056: 'BadAttributeIdInvalid',
  2151284736: 'BadNotReadable',
  2149515264: 'BadUserAccessDenied',
  2154758144: 'BadNoMatch',
  2156462080: 'BadConfigurationError',
  2156527616: 'BadNotConnected',
  2156593152: 'BadDeviceFailure',
  2156658688: 'BadSensorFailure',
  2156724224: 'BadOutOfService',
  2159083520: 'BadNoData',
};

/** `BadSensorFailure`, or the number in hex. */
export function statusName(status: number): string {
  return names[(status & 0xffff0000) >>> 0] ?? `0x${(status >>> 0).toString(16).padStart(8, '0')}`;
}
