/**
 * The master of one line: keeps it open, chooses the next request, and is the only one who sends.
 * What a request did to a device is told to `DeviceKeeper`; this file is the loop around it.
 */
import type { Clock, Log, Random } from '../../core/ports.ts';
import type { LineConfig } from '../../model/config/station.ts';
import { asForecourtError, ForecourtError } from '../../model/errors.ts';
import { backoffMs } from './backoff.ts';
import { type ByteLink, type OpenLink, Waiter } from './byteLink.ts';
import type { Bus, BusDevice, DeviceSpec, HealthEvent, LineStats, TraceEvent } from './contract.ts';
import { DeviceKeeper, type Exchanger } from './deviceKeeper.ts';
import type { Exchanged } from './exchange.ts';
import { expectationOf, type Framing, type StrayFrame } from './framing.ts';
import { ModbusClient } from './modbusClient.ts';
import { PolledDevice } from './polledDevice.ts';
import { phaseOf } from './quarantine.ts';
import { chooseStep } from './schedule.ts';
import { Utilisation } from './stats.ts';
import { Tap } from './trace.ts';
import { Transactor } from './transactor.ts';
import { characterMs, guardGapMs } from './wireTime.ts';

export interface LineDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly openLink: OpenLink;
  readonly framing: Framing;
  readonly quarantine: boolean;
  /** An open line on which nothing answers for so long is opened anew. */
  readonly silentLineMs: number;
}

const firstReopenMs = 250;
const longestReopenMs = 30_000;
const longestSilenceMs = 600_000;
/** Time-outs that must have come since the last answer before silence counts against the line. */
const timeoutsToReopen = 3;
/** Part of the line's time that probes of silent devices may take from the others. */
const probeShare = 0.015;
const longestWaitMs = 60_000;
/** Time of a request on Modbus TCP before anything was measured. */
const tcpRequestMs = 1;
const tcpByteMs = 0.001;

export class LineMaster implements Bus {
  readonly id: string;
  readonly #line: LineConfig;
  readonly #deps: LineDeps;
  readonly #tap: Tap;
  readonly #keeper: DeviceKeeper;
  readonly #devices: PolledDevice[] = [];
  readonly #characterMs: number;
  readonly #gapMs: number;
  readonly #utilisation = new Utilisation();
  readonly #reopening = new Waiter();
  readonly #abort = new AbortController();
  #client = new ModbusClient();
  #link: ByteLink | null = null;
  #transactor: Transactor | null = null;
  #running: Promise<void> | null = null;
  #everOpen = false;
  /** Openings since the last answer. */
  #tries = 0;
  #heardAt = 0;
  #timeoutsSinceHeard = 0;
  #silenceMs: number;
  #probeAllowedAt = Number.NEGATIVE_INFINITY;
  #lastError: LineStats['lastError'] = null;
  #leastMarginMs: number | null = null;
  #counts = { requests: 0, reconnects: 0, strayFrames: 0, noiseBytes: 0 };

  constructor(line: LineConfig, deps: LineDeps) {
    this.id = line.id;
    this.#line = line;
    this.#deps = deps;
    this.#silenceMs = deps.silentLineMs;
    this.#tap = new Tap(deps.clock, deps.log);
    this.#characterMs = characterMs(line);
    this.#gapMs = guardGapMs(line);
    this.#keeper = new DeviceKeeper({ ...deps, tap: this.#tap, wire: this.#wireCost() });
  }

  device(spec: DeviceSpec): BusDevice {
    const rival = this.#devices.find((each) => each.id === spec.id || each.spec.unit === spec.unit);
    if (rival) {
      throw new ForecourtError(
        'REQUEST_REFUSED',
        `line ${this.id} has device ${rival.id} with unit ${rival.spec.unit} already`,
        {
          device: spec.id,
          unit: spec.unit,
        },
      );
    }
    const device = new PolledDevice(spec, {
      now: () => this.#deps.clock.mono(),
      onDue: () => this.#link?.interrupt(),
    });
    if (this.#everOpen) this.#keeper.firstOpened(device, this.#line.kind);
    this.#devices.push(device);
    return device;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    this.#reopening.wake();
    await this.#link?.close();
    await this.#running;
  }

  trace(listener: (event: TraceEvent) => void): () => void {
    return this.#tap.listen(listener);
  }

  onHealth(listener: (event: HealthEvent) => void): () => void {
    return this.#keeper.onHealth(listener);
  }

  stats(): LineStats {
    return {
      line: this.id,
      open: this.#link !== null,
      lastError: this.#lastError,
      utilisation: this.#utilisation.fraction(this.#deps.clock.mono()),
      ...this.#counts,
      echo: this.#deps.framing.echo(),
      leastGapMarginMs: this.#leastMarginMs,
      devices: this.#devices.map((device) => device.stats()),
    };
  }

  async #run(): Promise<void> {
    while (!this.#abort.signal.aborted) {
      try {
        if (this.#link === null) await this.#open();
        else if (this.#link.failure()) await this.#lost(this.#link.failure() as ForecourtError);
        else await this.#step();
      } catch (error) {
        // A defect of ours must not leave the station blind.
        this.#deps.log.error({ error, line: this.id }, 'the bus master stumbled');
        await this.#reopening.wait(1_000);
      }
    }
    await this.#link?.close();
    this.#link = null;
    const gone = new ForecourtError('LINE_CLOSED', `line ${this.id} was stopped`, { sent: false });
    for (const device of this.#devices) this.#keeper.rejectWrites(device, gone);
  }

  async #open(): Promise<void> {
    const { openLink, random, framing, clock, quarantine, log } = this.#deps;
    if (this.#tries > 0)
      await this.#reopening.wait(backoffMs(this.#tries, firstReopenMs, longestReopenMs, random()));
    if (this.#abort.signal.aborted) return;
    this.#tries++;
    try {
      this.#link = await openLink(this.#abort.signal);
    } catch (error) {
      if (!this.#abort.signal.aborted) this.#note(asForecourtError(error));
      return;
    }
    framing.reset();
    this.#transactor = new Transactor({
      link: this.#link,
      framing,
      characterMs: this.#characterMs,
      clock,
      tap: this.#tap,
      onStray: (stray) => this.#stray(stray),
      onNoise: (bytes) => {
        this.#counts.noiseBytes += bytes;
      },
      drains: quarantine,
    });
    this.#heardAt = clock.mono();
    this.#timeoutsSinceHeard = 0;
    if (this.#everOpen) this.#counts.reconnects++;
    else for (const device of this.#devices) this.#keeper.firstOpened(device, this.#line.kind);
    this.#everOpen = true;
    this.#tap.note(() => 'line open');
    log.info({ line: this.id }, 'line open');
  }

  async #lost(error: ForecourtError): Promise<void> {
    await this.#link?.close();
    this.#link = null;
    this.#transactor = null;
    if (!this.#abort.signal.aborted) this.#note(error);
  }

  /** The line is down: everybody who waits is told. */
  #note(error: ForecourtError): void {
    const { clock, log } = this.#deps;
    if (this.#lastError?.message !== error.message)
      log.warn({ line: this.id, code: error.code }, error.message);
    this.#lastError = { code: error.code, message: error.message, at: clock.now() };
    this.#tap.note(() => `line down: ${error.message}`);
    for (const device of this.#devices) this.#keeper.lineDown(device, error);
  }

  async #step(): Promise<void> {
    const { clock } = this.#deps;
    const now = clock.mono();
    const expiry = Math.min(...this.#devices.map((device) => this.#keeper.expireWrites(device, now)));
    const costMs = Math.max(0, ...this.#devices.map((device) => device.spec.timing.timeoutMs)) + 20;
    const candidates = this.#devices.map((device) => device.candidate());
    const step = chooseStep(candidates, now, { allowedAt: this.#probeAllowedAt, costMs });
    if (step.kind === 'wait') {
      await this.#transactor?.idle(Math.min(step.until - now, expiry - now, longestWaitMs));
      return;
    }
    const device = this.#devices[step.index];
    if (!device) return;
    const silent = candidates[step.index]?.silent === true;
    const exchanger = this.#exchangerFor(device, silent, step.kind === 'sentinel');
    if (step.kind === 'read') await this.#keeper.read(device, exchanger);
    else if (step.kind === 'write') await this.#keeper.write(device, exchanger);
    else await this.#keeper.prove(device, exchanger);
    const end = clock.mono();
    // A process that stood still has not used the line meanwhile.
    if (silent) this.#probeAllowedAt = end + Math.min(end - now, costMs) * (1 / probeShare - 1);
    await this.#reopenWhenSilent(end);
  }

  #exchangerFor(device: PolledDevice, silent: boolean, isSentinel: boolean): Exchanger {
    const { timeoutMs, minGapMs } = device.spec.timing;
    // Transaction numbers tell more than time and likeness.
    const plain = this.#line.kind === 'modbus-tcp' || !this.#deps.quarantine;
    const send = async (request: Buffer): Promise<Exchanged> => {
      const transactor = this.#transactor;
      if (!transactor) throw new ForecourtError('LINE_CLOSED', `line ${this.id} is down`, { sent: false });
      const from = this.#deps.clock.mono();
      const expected = expectationOf(request);
      try {
        const exchanged = await transactor.exchange(request, {
          timeoutMs: silent ? device.probeTimeoutMs() : timeoutMs,
          gapMs: Math.max(this.#gapMs, minGapMs),
          leastTurnaroundMs: plain ? null : device.leastTurnaroundMs(),
          earlierAnswers: plain ? [] : device.earlierAnswers(request),
          lastAnswer: plain ? null : device.lastAnswer(request),
          doubtMs: device.longestDelayMs(),
          permitted: () => {
            const phase = phaseOf(device.trust, this.#deps.clock.mono());
            return phase === 'trusted' || (isSentinel && phase === 'unproved');
          },
          onGivenUp: ({ tooSoon, transaction }) => {
            this.#counts.requests++;
            this.#keeper.givenUp(device, { expected, transaction, tooSoon });
          },
        });
        this.#counts.requests++;
        this.#heardAt = exchanged.mono;
        this.#timeoutsSinceHeard = 0;
        this.#tries = 0;
        this.#silenceMs = this.#deps.silentLineMs;
        this.#keeper.answered(device, exchanged, { expected, transaction: this.#deps.framing.transaction() });
        for (const stray of exchanged.strays) this.#stray(stray);
        return exchanged;
      } catch (error) {
        this.#timeoutsSinceHeard++;
        throw error;
      } finally {
        this.#utilisation.add(from, this.#deps.clock.mono());
        this.#leastMarginMs = transactor.leastMarginMs();
      }
    };
    return {
      read: (block) => this.#client.read(device.spec.unit, block, send),
      write: (request) => this.#client.write(device.spec.unit, request, send),
      echoUnknown: () => this.#deps.framing.echo() === 'unknown',
    };
  }

  #stray(stray: StrayFrame): void {
    this.#counts.strayFrames++;
    const device = this.#devices.find((each) => each.spec.unit === stray.unit);
    if (device) this.#keeper.stray(device, stray);
    else
      this.#tap.tell(
        'rx',
        stray.frame,
        () => `frame of unit ${stray.unit}, which is no device of ours, discarded`,
      );
  }

  /** USB adapters and half-open connections may stay open and deaf for ever. */
  async #reopenWhenSilent(now: number): Promise<void> {
    if (this.#timeoutsSinceHeard < timeoutsToReopen || now - this.#heardAt < this.#silenceMs) return;
    this.#silenceMs = Math.min(longestSilenceMs, 2 * this.#silenceMs);
    const message = `nothing was heard on line ${this.id} for ${Math.round((now - this.#heardAt) / 1_000)} s: it is opened anew`;
    await this.#lost(new ForecourtError('LINE_CLOSED', message));
  }

  #wireCost(): { requestMs: number; dataByteMs: number } {
    if (this.#line.kind === 'modbus-tcp') return { requestMs: tcpRequestMs, dataByteMs: tcpByteMs };
    // Request of 8 bytes, 5 bytes around the reply's data, and the silence between.
    return { requestMs: this.#gapMs + 13 * this.#characterMs, dataByteMs: this.#characterMs };
  }
}
