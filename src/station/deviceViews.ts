import type { DeviceStats, LineStats } from '../drivers/bus/bus.ts';
import type { DeviceConfig, LineConfig, ReaderConfig } from '../model/config/station.ts';
import type { Instant } from '../model/units.ts';
import { rfc3339 } from './businessDay.ts';
import type { DeviceFaults } from './deviceFaults.ts';
import type { DeviceView, LineView, ReaderView } from './view.ts';

export function deviceView(
  device: DeviceConfig,
  assumptions: readonly string[],
  stats: DeviceStats,
  faults: DeviceFaults,
): DeviceView {
  return {
    id: device.id,
    line: device.line,
    unit: device.unit,
    profile: device.profile,
    assumptions,
    state: stats.state,
    lastGoodAt: stats.lastGoodAt === null ? null : rfc3339(stats.lastGoodAt),
    requests: stats.requests,
    timeouts: stats.timeouts,
    badFrames: stats.badFrames,
    exceptions: stats.exceptions,
    strays: stats.strays,
    lateReplies: stats.lateReplies,
    rttP50Ms: stats.rttP50Ms,
    rttP99Ms: stats.rttP99Ms,
    faults: faults.count,
    lastFault: faults.last,
  };
}

export function lineView(line: LineConfig, stats: LineStats): LineView {
  return {
    id: line.id,
    kind: line.kind,
    address: line.kind === 'serial' ? `${line.path} @${line.baud}` : `${line.host}:${line.port}`,
    open: stats.open,
    utilisation: stats.utilisation,
    requests: stats.requests,
    errors: stats.devices.reduce(
      (sum, device) => sum + device.timeouts + device.badFrames + device.exceptions,
      0,
    ),
    reconnects: stats.reconnects,
    lastError: stats.lastError && `${stats.lastError.code}: ${stats.lastError.message}`,
  };
}

interface ReaderCounts {
  readonly online: boolean;
  readonly reads: number;
  readonly badFrames: number;
  readonly noReads: number;
  readonly lastReadAt: Instant | null;
}

export function readerView(reader: ReaderConfig, counts: ReaderCounts, faults: DeviceFaults): ReaderView {
  const { online, reads, badFrames, noReads, lastReadAt } = counts;
  return {
    id: reader.id,
    kind: reader.kind,
    online,
    reads,
    badFrames,
    noReads,
    lastReadAt: lastReadAt === null ? null : rfc3339(lastReadAt),
    faults: faults.count,
    lastFault: faults.last,
  };
}
