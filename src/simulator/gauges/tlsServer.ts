/** A simulated TLS gauge on a loopback socket or a pseudo-terminal, with the faults of its cable. */
import type { Clock, Random } from '../../core/ports.ts';
import { readTime, timeFields } from '../../core/tls/times.ts';
import type { TlsGaugeConfig } from '../../model/config/tanks.ts';
import { whole } from '../physics/random.ts';
import type { Cancel, Scheduler } from '../scheduler.ts';
import { type Endpoint, listenTcp, openSerial } from '../wire/endpoint.ts';
import { type GaugeFaultKind, plainHabits, type TankOptions } from './options.ts';
import { TlsIntake } from './tlsIntake.ts';
import { answerTls, type TlsAnswers, type TlsTank } from './tlsReplies.ts';

/** A command without an end is complete after this silence. */
const silenceMs = 60;
const historyEveryMs = 60_000;
const historyKept = 500;
const minuteMs = 60_000;

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
    let cancelSilence: Cancel = () => undefined;
    const pending = new Set<Cancel>();
    const after = (ms: number, run: () => void): void => {
      const cancel = realTime.after(ms, () => {
        pending.delete(cancel);
        run();
      });
      pending.add(cancel);
    };
    const abort = (): void => {
      for (const cancel of pending) cancel();
      pending.clear();
    };
    const take = (events: ReturnType<TlsIntake['push']>): void => {
      for (const event of events) {
        if (event.kind === 'abort') abort();
        if (event.kind !== 'command') continue;
        const fault = drawFault();
        const absent = fault === 'unknown-fields' ? whole(random, 1, gauge.tanks.length) : null;
        const reply = answerTls(gauge, event.command, absent === null ? null : numberAt(absent));
        for (const { ms, bytes } of disturbed(fault, reply))
          after(ms, bytes === null ? drop : () => write(bytes));
      }
    };
    return (bytes: Uint8Array): void => {
      cancelSilence();
      take(intake.push(bytes));
      if (intake.waiting) cancelSilence = realTime.after(silenceMs, () => take(intake.silence()));
    };
  }
  const numberAt = (nth: number): number | null => gauge.tanks[nth - 1]?.number ?? null;

  /** What goes out, and when; without bytes the connection ends. */
  function disturbed(
    fault: GaugeFaultKind | null,
    reply: Uint8Array,
  ): { ms: number; bytes: Uint8Array | null }[] {
    const ms = gauge.habits.slowMs;
    switch (fault) {
      case 'silence':
        return [];
      case 'link-drop':
        return [{ ms, bytes: null }];
      case 'late':
        return [{ ms: options.lateMs, bytes: reply }];
      case 'truncated':
        return [{ ms, bytes: reply.subarray(0, whole(random, 1, reply.length - 1)) }];
      case 'bit-flip': {
        const flipped = reply.slice();
        const at = whole(random, 0, flipped.length - 1);
        flipped[at] = (flipped[at] ?? 0) ^ (1 << whole(random, 0, 7));
        return [{ ms, bytes: flipped }];
      }
      case 'noise': {
        const noise = Uint8Array.from({ length: whole(random, 1, 12) }, () => whole(random, 0, 255));
        return [
          { ms: 1, bytes: noise },
          { ms, bytes: reply },
        ];
      }
      default:
        return [{ ms, bytes: reply }];
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

/** Calendar fields as if they were UTC. */
function naive(time: string): number {
  const { year, month, day, hour, minute } = timeFields(time);
  return Date.UTC(year, month - 1, day, hour, minute);
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
  const started = clock.now();
  const kept = new Map(
    tanks.map(({ number, past }) => [
      number,
      past.slice(-historyKept).map(({ at, shows }) => ({ time: print(started + at), shows })),
    ]),
  );
  let stopped = false;
  const remember = (): void => {
    if (stopped) return;
    for (const tank of tanks) {
      const shows = tank.shows();
      const list = kept.get(tank.number) ?? [];
      if (shows !== null) list.push({ time: print(clock.now()), shows });
      kept.set(tank.number, list.slice(-historyKept));
    }
    realTime.after(historyEveryMs, remember);
  };
  realTime.after(historyEveryMs, remember);
  return {
    habits: { ...plainHabits, ...options.habits[config.id] },
    tanks,
    time: () => print(clock.now()),
    timeOf: (simulatedMs) => print(clock.now() - (simulated.now() - simulatedMs) / speed),
    setClock(digits) {
      const wanted = readTime(digits);
      if (wanted === null) return false;
      // The new minute begins now.
      const now = clock.now() + errorMs;
      errorMs += naive(wanted) - naive(print(clock.now())) - (now % minuteMs);
      return true;
    },
    history: (tank) => kept.get(tank) ?? [],
    stop() {
      stopped = true;
    },
  };
}
