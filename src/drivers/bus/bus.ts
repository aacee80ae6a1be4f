/** The bus master: one owner of a line. `contract.ts` says what it promises. */
import type { Clock, Log, Random } from '../../core/ports.ts';
import type { LineConfig } from '../../model/config/station.ts';
import type { ByteLink } from './byteLink.ts';
import type { Bus } from './contract.ts';
import { LineMaster } from './lineMaster.ts';
import { mbapFraming } from './mbapFraming.ts';
import { rtuFraming } from './rtuFraming.ts';
import { openSerialLink } from './serialLink.ts';
import { openTcpLink } from './tcpLink.ts';

export type {
  Bus,
  BusDevice,
  DeviceSpec,
  DeviceStats,
  HealthEvent,
  LineStats,
  PollJob,
  PollRequest,
  PollResult,
  RegisterRange,
  TraceEvent,
  WriteRequest,
} from './contract.ts';

export interface BusDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Tests only: false takes replies as they come, so that a test can show what the quarantine is for. */
  readonly quarantine?: boolean;
  /** An open line on which nothing answers for so long is opened anew; default 30 s, doubled each time up to 10 min. */
  readonly silentLineMs?: number;
}

/** A bus on one line; nothing is opened before `start()`. */
export function createBus(line: LineConfig, deps: BusDeps): Bus {
  const { clock, random, log, quarantine = true, silentLineMs = 30_000 } = deps;
  const framing = line.kind === 'modbus-tcp' ? mbapFraming(Math.floor(random() * 65_536)) : rtuFraming();
  const openLink = (signal: AbortSignal): Promise<ByteLink> =>
    line.kind === 'serial' ? openSerialLink(line) : openTcpLink(line, signal);
  return new LineMaster(line, { clock, random, log, quarantine, silentLineMs, framing, openLink });
}
