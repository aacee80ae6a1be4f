/** A simulated TLS gauge on a loopback socket or a pseudo-terminal, with the faults of its cable. */
import type { Clock, Random } from '../../core/ports.ts';
import type { TlsGaugeConfig } from '../../model/config/tanks.ts';
import { whole } from '../physics/random.ts';
import type { Scheduler } from '../scheduler.ts';
import type { GaugeShows } from '../tanks/shows.ts';
import { type Endpoint, listenTcp, openSerial } from '../wire/endpoint.ts';
import type { GaugeFaultKind, TankOptions } from './options.ts';
import { TlsIntake } from './tlsIntake.ts';
import { answerTls, type TlsAnswers, type TlsTank } from './tlsReplies.ts';

/** A command without an end is complete after this silence. */
const silenceMs = 60;
const historyEveryMs = 60_000;
const historyKept = 500;
const turnaroundMs = 20;

export interface TlsServerOptions {
  readonly config: TlsGaugeConfig;
  readonly serialPath: string | undefined;
  readonly zone: string;
  readonly options: TankOptions;
  readonly tanks: readonly TlsTank[];
  readonly clock: Clock;
  readonly random: Random;
  /** Real and simulated time. */
  readonly realTime: Scheduler;
  readonly simulated: Scheduler;
  readonly speed: number;
}

/** Errors: SIMULATOR_REFUSED, LINE_OPEN. */
export async function serveTlsGauge(server: TlsServerOptions): Promise<Endpoint> {
  const { config, options, random, realTime } = server;
  const gauge = createGauge(server);
  const code = options.securityCodes[config.id] ?? null;

  function converse(write: (bytes: Uint8Array) => void, drop: () => void) {
    const intake = new TlsIntake(code);
    let cancel = (): void => undefined;
    const take = (events: ReturnType<TlsIntake['push']>): void => {
      for (const event of events) {
        if (event.kind !== 'command') continue;
        send(answerTls(gauge, event.command), write, drop);
      }
    };
    return (bytes: Uint8Array): void => {
      cancel();
      take(intake.push(bytes));
      if (intake.waiting) cancel = realTime.after(silenceMs, () => take(intake.silence()));
    };
  }

  function send(reply: Uint8Array, write: (bytes: Uint8Array) => void, drop: () => void): void {
    const fault = drawFault();
    const after = (ms: number, bytes: Uint8Array) => realTime.after(ms, () => write(bytes));
    switch (fault) {
      case 'silence':
        return;
      case 'link-drop':
        realTime.after(turnaroundMs, drop);
        return;
      case 'late':
        after(options.lateMs, reply);
        return;
      case 'truncated':
        after(turnaroundMs, reply.subarray(0, whole(random, 1, reply.length - 1)));
        return;
      case 'bit-flip': {
        const flipped = reply.slice();
        const at = whole(random, 0, flipped.length - 1);
        flipped[at] = (flipped[at] ?? 0) ^ (1 << whole(random, 0, 7));
        after(turnaroundMs, flipped);
        return;
      }
      case 'noise':
        after(
          1,
          Uint8Array.from({ length: whole(random, 1, 12) }, () => whole(random, 0, 255)),
        );
        after(turnaroundMs, reply);
        return;
      default:
        after(turnaroundMs, reply);
    }
  }

  function drawFault(): GaugeFaultKind | null {
    for (const [kind, rate] of Object.entries(options.faults))
      if (rate > 0 && random() < rate) return kind as GaugeFaultKind;
    return null;
  }

  const endpoint = await open(server, converse);
  return {
    close() {
      gauge.stop();
      return endpoint.close();
    },
  };
}

type Converse = (write: (bytes: Uint8Array) => void, drop: () => void) => (bytes: Uint8Array) => void;

async function open({ config, serialPath }: TlsServerOptions, converse: Converse): Promise<Endpoint> {
  const { connection, id } = config;
  if (connection.kind === 'tcp')
    return listenTcp(connection, id, (socket) => {
      const take = converse(
        (bytes) => socket.writable && socket.write(bytes),
        () => socket.destroy(),
      );
      socket.on('data', take);
    });
  const { baud, dataBits, parity, stopBits } = connection;
  const { port, endpoint } = await openSerial(serialPath, { baud, dataBits, parity, stopBits }, id);
  port.on(
    'data',
    converse(
      (bytes) => port.isOpen && port.write(bytes),
      () => undefined,
    ),
  );
  return endpoint;
}

/** The gauge itself: its clock, and the inventories that it keeps. */
function createGauge(server: TlsServerOptions): TlsAnswers & { stop(): void } {
  const { config, zone, options, tanks, clock, realTime, simulated, speed } = server;
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone: config.clock === 'utc' ? 'UTC' : zone,
    ...{ year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' },
    hourCycle: 'h23',
  });
  let errorMs = options.clockErrorMs[config.id] ?? 0;
  const print = (at: number): string => format.format(at + errorMs).replace(/\D/g, '');
  const kept = new Map<number, { time: string; shows: GaugeShows }[]>();
  let stopped = false;
  const remember = (): void => {
    if (stopped) return;
    for (const tank of tanks) {
      const list = kept.get(tank.number) ?? [];
      list.push({ time: print(clock.now()), shows: tank.shows() });
      kept.set(tank.number, list.slice(-historyKept));
    }
    realTime.after(historyEveryMs, remember);
  };
  realTime.after(historyEveryMs, remember);
  return {
    tanks,
    time: () => print(clock.now()),
    timeOf: (simulatedMs) => print(clock.now() - (simulated.now() - simulatedMs) / speed),
    setClock(digits) {
      if (/^\d{10}$/.test(digits)) errorMs = 0;
    },
    history: (tank) => kept.get(tank) ?? [],
    stop() {
      stopped = true;
    },
  };
}
