/** The station's tank gauges, of whatever kind: each to its driver, its facts to the tanks, behind a boundary of its own. */
import { createTlsGauge } from '../../drivers/gauges/tlsGauge.ts';
import { createModbusGauge } from '../../drivers/modbus/gauge.ts';
import type { OpcuaClient, OpcuaStats } from '../../drivers/opcua/client.ts';
import type { GaugeConfig, TlsGaugeConfig } from '../../model/config/tanks.ts';
import { ForecourtError } from '../../model/errors.ts';
import type { GaugeFact } from '../../model/tank.ts';
import { type Instant, instant } from '../../model/units.ts';
import type { DeviceBus } from '../boundedBus.ts';
import { rfc3339 } from '../businessDay.ts';
import type { LoadedStation } from '../configuration/load.ts';
import { readSecret } from '../configuration/secrets.ts';
import type { StationContext } from '../context.ts';
import type { StationDeps } from '../deps.ts';
import type { Boundaries } from '../deviceFaults.ts';
import type { TraceView } from '../view.ts';
import type { TankLayout } from './layout.ts';
import type { LocalTime } from './localTime.ts';
import type { GaugeView } from './view.ts';

export interface GaugeDevices {
  /** A fact of a gauge that is read elsewhere. Never throws. */
  take(gauge: string, fact: GaugeFact): void;
  start(): void;
  stop(): Promise<void>;
  views(): GaugeView[];
  /** Throws NOT_FOUND, or what the driver rejects with. */
  setClock(gauge: string): Promise<void>;
  /** null: there is no such gauge, or it stands on a line that is traced itself. */
  trace(gauge: string, listener: (frame: TraceView) => void): (() => void) | null;
}

const sessionNotes = ({ subscribed, missing }: OpcuaStats): string[] => [
  subscribed ? 'subscribed' : 'polled',
  ...(missing > 0 ? [`${missing} of the profile's nodes not there, the log names them`] : []),
];

export interface GaugeSink {
  readonly layout: TankLayout;
  readonly local: LocalTime;
  /** Never throws. */
  fact(gauge: string, fact: GaugeFact): void;
  /** The newest level that the books have of a tank; null: none. */
  newest(tank: string): Instant | null;
}

export interface GaugeParts {
  readonly boundaries: Boundaries;
  /** Throws for a device that has no line. */
  busOf(device: LoadedStation['config']['devices'][number]): DeviceBus;
  /** null: it is not connected yet. */
  clientOf(server: string): OpcuaClient | null;
}

/** What every kind of driver offers. */
interface Part {
  stop(): void | Promise<void>;
  view(): Omit<GaugeView, 'id' | 'kind' | 'tanks' | 'online' | 'reason' | 'since'>;
  setClock?(): Promise<void>;
  trace?(listener: (frame: TraceView) => void): () => void;
}

/** Throws SECRET_MISSING where a security code cannot be had. */
export function createGaugeDevices(
  context: StationContext,
  loaded: LoadedStation,
  deps: StationDeps,
  to: GaugeSink,
  { boundaries, busOf, clientOf }: GaugeParts,
): GaugeDevices {
  const { config, profiles } = loaded;
  const health = new Map<string, { online: boolean; reason: string; since: Instant }>();
  const parts = new Map<string, Part>();
  const codes = new Map(
    config.gauges.flatMap((gauge) =>
      gauge.kind === 'tls' && gauge.securityCode !== undefined
        ? [[gauge.id, readSecret(gauge.securityCode, loaded.file, deps.env)] as const]
        : [],
    ),
  );

  const take = (gauge: string, fact: GaugeFact): void => {
    if (fact.kind === 'health')
      health.set(gauge, { online: fact.online, reason: fact.reason, since: fact.at });
    boundaries.run(gauge, () => to.fact(gauge, fact));
  };

  function openTls(gauge: TlsGaugeConfig): Part {
    const tanks = to.layout.byGauge.get(gauge.id) ?? new Map();
    const driver = createTlsGauge({
      config: gauge,
      securityCode: codes.get(gauge.id) ?? null,
      tanks: [...tanks.keys()],
      local: to.local,
      since(number) {
        const tank = tanks.get(number);
        return tank === undefined ? null : to.newest(tank.id);
      },
      ...{
        clock: context.clock,
        random: deps.random,
        log: context.log,
        onFact: (fact) => take(gauge.id, fact),
      },
    });
    const { connection } = gauge;
    return {
      stop: driver.stop,
      setClock: driver.setClock,
      trace: (listener) =>
        driver.trace((event) => {
          const { direction, text } = event;
          listener({ at: rfc3339(event.at), line: gauge.id, direction, bytes: spaced(event.bytes), text });
        }),
      view() {
        const { lastGoodAt, clockOffsetMs, format, inventory, quirks, ...stats } = driver.stats();
        const { units } = driver.info();
        return {
          at:
            connection.kind === 'tcp'
              ? `${connection.host}:${connection.port}`
              : `${connection.path} @${connection.baud}`,
          lastGoodAt: lastGoodAt === null ? null : rfc3339(lastGoodAt),
          requests: stats.requests,
          timeouts: stats.timeouts,
          badFrames: stats.badFrames,
          rttP50Ms: stats.rttP50Ms,
          rttP99Ms: stats.rttP99Ms,
          clockOffsetS: clockOffsetMs === null ? null : Math.round(clockOffsetMs / 1000),
          notes: inventory === null ? quirks : [`${format} format, ${inventory}, ${units}`, ...quirks],
        };
      },
    };
  }

  function openModbus(gauge: Extract<GaugeConfig, { kind: 'modbus' }>): Part {
    const device = config.devices.find(({ id }) => id === gauge.device);
    const profile = device && profiles.get(device.profile);
    if (!device || profile?.kind !== 'gauge')
      throw new ForecourtError('INTERNAL', `gauge ${gauge.id} has no device with a gauge's profile`);
    const driver = createModbusGauge({
      ...{ bus: busOf(device), config: device, gauge: gauge.id, profile, log: context.log },
      tanks: [...(to.layout.byGauge.get(gauge.id)?.keys() ?? [])],
      onFact: (fact) => take(gauge.id, fact),
    });
    return {
      stop: driver.stop,
      view() {
        const stats = driver.stats();
        return {
          at: `${device.line} unit ${device.unit}`,
          lastGoodAt: stats.lastGoodAt === null ? null : rfc3339(stats.lastGoodAt),
          requests: stats.requests,
          timeouts: stats.timeouts,
          badFrames: stats.badFrames,
          rttP50Ms: stats.rttP50Ms,
          rttP99Ms: stats.rttP99Ms,
          clockOffsetS: null,
          notes: profile.assumptions.map((each) => `assumes: ${each}`),
        };
      },
    };
  }

  const openOpcua = ({ server }: Extract<GaugeConfig, { kind: 'opcua' }>): Part => ({
    // the session is the server's, which may have dispensers too
    stop() {},
    view() {
      const stats = clientOf(server)?.stats();
      const endpoint = config.opcua.find(({ id }) => id === server)?.endpoint ?? server;
      const ago = stats?.lastGoodMono == null ? null : context.clock.mono() - stats.lastGoodMono;
      return {
        at: endpoint,
        lastGoodAt: ago === null ? null : rfc3339(instant(Math.round(context.clock.now() - ago))),
        requests: stats?.reads ?? 0,
        timeouts: stats?.failures ?? 0,
        badFrames: stats?.undecodable ?? 0,
        ...{ rttP50Ms: null, rttP99Ms: null, clockOffsetS: null },
        notes: stats?.online ? sessionNotes(stats) : [],
      };
    },
  });

  const open = (gauge: GaugeConfig): Part => {
    switch (gauge.kind) {
      case 'tls':
        return openTls(gauge);
      case 'modbus':
        return openModbus(gauge);
      case 'opcua':
        return openOpcua(gauge);
    }
  };

  return {
    take,
    start() {
      for (const gauge of config.gauges) parts.set(gauge.id, open(gauge));
    },
    async stop() {
      await Promise.all([...parts.values()].map((part) => part.stop()));
    },
    views: () =>
      config.gauges.flatMap(({ id, kind }) => {
        const part = parts.get(id);
        if (!part) return [];
        const state = health.get(id);
        return [
          {
            ...{ id, kind },
            ...part.view(),
            tanks: [...(to.layout.byGauge.get(id)?.values() ?? [])].map((tank) => tank.id),
            online: state?.online ?? false,
            reason: state ? state.reason : 'it has not answered yet',
            since: state ? rfc3339(state.since) : null,
          },
        ];
      }),
    async setClock(gauge) {
      const part = parts.get(gauge);
      if (!part) throw new ForecourtError('NOT_FOUND', `there is no gauge "${gauge}"`);
      if (!part.setClock)
        throw new ForecourtError('GAUGE_REFUSED', `${gauge} has no clock that can be set from here`);
      await part.setClock();
    },
    trace: (gauge, listener) => parts.get(gauge)?.trace?.(listener) ?? null,
  };
}

const spaced = (bytes: Uint8Array): string =>
  Buffer.from(bytes)
    .toString('hex')
    .replace(/(..)(?=.)/g, '$1 ');
