/** Everything with a wire: lines with their dispensers and Modbus readers, and the readers with ports of their own. */
import { type Bus, createBus } from '../drivers/bus/bus.ts';
import { createDispenser, type Dispenser } from '../drivers/modbus/dispenser.ts';
import { createModbusReader } from '../drivers/modbus/reader.ts';
import { openReader } from '../drivers/readers/reader.ts';
import type { DeviceConfig } from '../model/config/station.ts';
import { ForecourtError } from '../model/errors.ts';
import type { DispenserReading, Wants } from '../model/readings.ts';
import type { DeviceState } from '../model/states.ts';
import { boundedBus, type DeviceBus } from './boundedBus.ts';
import { rfc3339 } from './businessDay.ts';
import type { LoadedStation } from './configuration/load.ts';
import type { StationContext } from './context.ts';
import type { StationDeps } from './deps.ts';
import { createBoundaries } from './deviceFaults.ts';
import { deviceView, lineView, readerView } from './deviceViews.ts';
import type { Feed } from './feed.ts';
import type { FuellingPoints } from './fuellingPoints.ts';
import { createOpcuaDevices, type ReadDispenser } from './opcuaDevices.ts';
import type { Scans } from './scans.ts';
import { createGaugeDevices, type GaugeDevices, type GaugeSink } from './tanks/gaugeDevices.ts';
import type { DeviceView, LineView, ReaderView, TraceView } from './view.ts';

export interface FieldDevices {
  start(): void;
  stop(): Promise<void>;
  lines(): LineView[];
  devices(): DeviceView[];
  readers(): ReaderView[];
  readonly gauges: Pick<GaugeDevices, 'views' | 'setClock'>;
  trace(line: string, listener: (frame: TraceView) => void): () => void;
}

interface Part {
  stop(): void | Promise<void>;
}

const stateEveryMs = 60_000;
const repeatReleaseMs = 5_000;
/** The first readings set the baseline, or tell what was sold while we were away. */
const atStart: Wants = { live: 'fast', totals: 'now', 'last-sale': 'now', price: 'slow' };

export function createFieldDevices(
  context: StationContext,
  loaded: LoadedStation,
  deps: StationDeps,
  to: { points: FuellingPoints; scans: Scans; feed: Feed; tanks: GaugeSink },
): FieldDevices {
  const { config, profiles } = loaded;
  const buses = new Map<string, Bus>(config.lines.map((line) => [line.id, createBus(line, deps)]));
  const parts: Part[] = [];
  const readers = new Map<string, () => ReaderView>();
  const devices = new Map<string, () => DeviceView>();

  const boundaries = createBoundaries(context.clock, context.log);
  const busOf = (device: DeviceConfig): DeviceBus => {
    const bus = buses.get(device.line);
    if (!bus) throw new ForecourtError('INTERNAL', `device ${device.id} has no line`);
    return boundedBus(bus, boundaries);
  };

  for (const device of config.devices) {
    const profile = profiles.get(device.profile);
    if (!profile) throw new ForecourtError('INTERNAL', `device ${device.id} has no profile`);
    if (profile.kind === 'dispenser') {
      const points = config.fuellingPoints.filter((each) => each.device === device.id);
      if (points.length === 0) continue;
      const names = new Map(points.map((each) => [each.point, each.id]));
      const dispenser: Dispenser = createDispenser({
        bus: busOf(device),
        config: device,
        profile,
        points: [...names.keys()],
        currencyDecimals: context.currencyDecimals,
        log: context.log,
        onReading: (point, reading) => onReading(dispenser, point, names.get(point) ?? '', reading),
      });
      parts.push(dispenser);
      for (const point of names.keys()) dispenser.want(point, atStart);
      devices.set(device.id, () =>
        deviceView(device, profile.assumptions, dispenser.stats(), boundaries.of(device.id)),
      );
    } else if (profile.kind === 'reader') {
      const reader = config.readers.find((each) => each.kind === 'modbus' && each.device === device.id);
      if (!reader) continue;
      const part = createModbusReader({
        bus: busOf(device),
        config: device,
        reader: reader.id,
        profile,
        log: context.log,
        onRead: to.scans.read,
      });
      parts.push(part);
      devices.set(device.id, () =>
        deviceView(device, profile.assumptions, part.stats(), boundaries.of(device.id)),
      );
      readers.set(reader.id, () => readerView(reader, part.readerStats(), boundaries.of(device.id)));
    }
  }

  const gauges = createGaugeDevices(context, loaded, deps, to.tanks, {
    ...{ boundaries, busOf },
    clientOf: (server) => opcua.clients.get(server) ?? null,
  });

  const onReading = (
    dispenser: ReadDispenser,
    point: number,
    id: string,
    reading: DispenserReading,
  ): void => {
    const { wants, release } = to.points.reading(id, reading);
    if (wants) dispenser.want(point, wants);
    if (!release) return;
    dispenser.release(point, release.saleNumber).catch((error: unknown) => {
      context.log.warn(
        { err: error, fuellingPoint: id },
        'the dispenser did not take the acknowledge; it is repeated',
      );
      setTimeout(() => to.points.releaseFailed(id), repeatReleaseMs).unref();
    });
  };

  const opcua = createOpcuaDevices(context, loaded, deps, {
    layout: to.tanks.layout,
    ...{ boundaries, atStart, fact: gauges.take, reading: onReading },
  });

  const tellState = (id: string): void => {
    const view = devices.get(id)?.();
    if (!view) return;
    const online = view.state !== 'offline';
    to.feed.state(`devices/${id}`, {
      device: id,
      line: view.line,
      profile: view.profile,
      online,
      reason: online ? '' : view.state,
      lastGoodAt: view.lastGoodAt,
      requests: view.requests,
      timeouts: view.timeouts,
      badFrames: view.badFrames,
      exceptions: view.exceptions,
      rttP50Ms: view.rttP50Ms,
      rttP99Ms: view.rttP99Ms,
      at: rfc3339(context.clock.now()),
    } satisfies DeviceState);
  };

  for (const [line, bus] of buses) {
    boundedBus(bus, boundaries).onHealth((health) => {
      context.log[health.online ? 'info' : 'warn'](
        { device: health.device, line, reason: health.reason },
        health.online ? 'device answers' : 'device does not answer',
      );
      context.store.transaction(() =>
        context.store.journal.append(
          'device.health-changed',
          health.device,
          health.at,
          context.businessDate(health.at),
          {
            device: health.device,
            line,
            online: health.online,
            reason: health.reason,
            at: rfc3339(health.at),
          },
        ),
      );
      to.feed.wake();
      tellState(health.device);
    });
  }
  let ticker: NodeJS.Timeout | null = null;

  const openReaders = (): void => {
    for (const reader of config.readers) {
      if (reader.kind === 'modbus') continue;
      const part = openReader(reader, {
        ...deps,
        onRead: to.scans.read,
        guard: (work) => boundaries.run(reader.id, work),
        onHealth: (health) =>
          context.log[health.online ? 'info' : 'warn'](
            { reader: health.reader, reason: health.reason },
            health.online ? 'reader is there' : 'reader is away',
          ),
      });
      parts.push(part);
      readers.set(reader.id, () => readerView(reader, part.stats(), boundaries.of(reader.id)));
    }
  };

  return {
    start() {
      for (const bus of buses.values()) bus.start();
      openReaders();
      gauges.start();
      opcua.start();
      ticker = setInterval(() => {
        for (const id of devices.keys()) boundaries.always(id, () => tellState(id));
      }, stateEveryMs);
    },
    async stop() {
      if (ticker) clearInterval(ticker);
      await Promise.all([...parts.map((part) => part.stop()), gauges.stop(), opcua.stop()]);
      await Promise.all([...buses.values()].map((bus) => bus.stop()));
    },
    lines: () =>
      config.lines.flatMap((line) => {
        const bus = buses.get(line.id);
        return bus ? [lineView(line, bus.stats())] : [];
      }),
    devices: () => [...devices.values()].map((view) => view()),
    readers: () => [...readers.values()].map((view) => view()),
    gauges,
    trace(line, listener) {
      const bus = buses.get(line);
      const ofGauge = bus ? null : gauges.trace(line, listener);
      if (ofGauge) return ofGauge;
      if (!bus)
        throw new ForecourtError(
          'NOT_FOUND',
          `there is no line or TLS gauge "${line}"; lines: ${[...buses.keys()].join(', ')}`,
        );
      return bus.trace((event) =>
        listener({
          at: rfc3339(event.at),
          line,
          direction: event.direction,
          bytes: Buffer.from(event.bytes)
            .toString('hex')
            .replace(/(..)(?=.)/g, '$1 '),
          text: event.text,
        }),
      );
    },
  };
}
