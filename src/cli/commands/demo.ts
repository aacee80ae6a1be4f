import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { Command } from 'commander';
import mqtt from 'mqtt';
import pino from 'pino';
import { ForecourtError } from '../../model/errors.ts';
import { faultPresets } from '../../simulator/faults.ts';
import type { TankOptions } from '../../simulator/gauges/options.ts';
import { createSimulation } from '../../simulator/simulation.ts';
import { type LoadedStation, loadStation } from '../../station/configuration/load.ts';
import { problemText } from '../../station/configuration/problem.ts';
import { shippedFolder } from '../../station/configuration/profiles.ts';
import { startStation } from '../../station/station.ts';
import { systemClock } from '../../station/systemClock.ts';
import { startEmbeddedBroker } from '../../sync/embeddedBroker.ts';
import { demoFolder } from '../client.ts';
import { exitCodes, print } from '../output.ts';
import { recordQuietDays } from '../quietDays.ts';
import { untilSignal } from '../signals.ts';
import { version } from '../version.ts';
import { watch } from '../watch.ts';

const usualSpeed = 8;

interface Options {
  readonly speed: string;
  readonly faults: 'off' | 'mild' | 'harsh';
  readonly reset?: boolean;
  readonly json?: boolean;
}

export const demoCommand = (): Command =>
  new Command('demo')
    .description(
      'Run a demonstration station on this machine: simulated dispensers, readers and drivers, a broker, and the live view.',
    )
    .option('--speed <factor>', 'how many times faster than real time the forecourt goes', String(usualSpeed))
    .option('--faults <preset>', 'line faults: off, mild or harsh', 'mild')
    .option('--reset', 'forget the sales of earlier demonstrations')
    .option('--json', 'print what happens as JSON lines')
    .addHelpText(
      'after',
      '\nExample:\n  forecourt demo --speed 20\n\nThe station keeps its database under .forecourt/demo and goes on with it when it is started again.',
    )
    .action(async (options: Options) => {
      const speed = Number(options.speed) > 0 ? Number(options.speed) : usualSpeed;
      const folder = demoFolder();
      if (options.reset) rmSync(folder, { recursive: true, force: true });
      const loaded = await prepare(folder, speed);
      const log = pino(
        { level: 'info' },
        pino.destination({ dest: join(folder, 'forecourt.log'), sync: true }),
      );
      const brokerPort = loaded.config.mqtt?.port ?? 0;
      const broker = await startEmbeddedBroker({ port: brokerPort });
      const headOffice = await subscribe(brokerPort, options.json === true || !process.stdout.isTTY);
      const memory = join(folder, 'dispensers.json');
      const simulation = createSimulation({
        station: loaded.config,
        profiles: loaded.profiles,
        members: loaded.members,
        seed: Date.now() % 1_000_000,
        speed,
        faults: faultPresets[options.faults] ?? faultPresets.mild,
        memory,
        tanks: demonstratedTanks(speed),
        log,
        clock: systemClock,
      });
      await simulation.start();
      recordQuietDays(loaded, simulation, { clock: systemClock, log });
      const station = await startStation(loaded, {
        clock: systemClock,
        random: Math.random,
        log,
        env: process.env,
        version,
      });
      if (!options.json && !process.stdout.isTTY) {
        print(
          `Demonstration station on ${station.socket}; events go to mqtt://127.0.0.1:${brokerPort}. Ctrl-C ends.`,
        );
      }
      const ending = new AbortController();
      untilSignal().then(() => ending.abort());
      try {
        await watch(station.socket, {
          json: options.json === true,
          signal: ending.signal,
          quit: () => ending.abort(),
          extra: headOffice.lines,
        });
      } finally {
        await station.stop('end of the demonstration');
        await simulation.stop();
        await headOffice.stop();
        await broker.stop();
      }
      if (!options.json) {
        print(
          `Ended: ${simulation.dispensed.length} fuellings dispensed, ${headOffice.received()} events at the broker. Database and log: ${folder}`,
        );
        print(
          'Started again, the station goes on with the same database. README.md shows the same station against mosquitto.',
        );
      }
      process.exit(exitCodes.done);
    });

/**
 * T2 is low: a truck comes three quarters of a minute after the start and is empty as long after that. T4 loses 1.5 L/h,
 * as it did in the five closed days before: too little to be seen while cars come, and plain at rest.
 */
const demonstratedTanks = (speed: number): Partial<TankOptions> => ({
  fill: { T2: 0.24 },
  ...{ truckMs: 45_000 * speed, truckMostLitres: 6_000, truckLitresPerMinute: 8_000 / speed },
  leaks: [{ tank: 'T4', litresPerHour: 1.5 }],
  quietHours: 120,
});

/** The demonstration's station file in `folder`, from the shipped one, on ports that are free. */
async function prepare(folder: string, speed: number): Promise<LoadedStation> {
  mkdirSync(folder, { recursive: true });
  const shipped = shippedFolder('stations');
  // The drivers are faster than life: so are the windows in which a scan counts.
  const seconds = (real: number) => Math.max(3, Math.round(real / speed));
  let text = readFileSync(join(shipped, 'demo.yaml'), 'utf8')
    .replace('../programs/standard.yaml', join(shippedFolder('programs'), 'standard.yaml'))
    .replace('members: demo-members.yaml', `members: ${join(shipped, 'demo-members.yaml')}`)
    .replace(/^matching: .*$/m, (line) => line.replace(/\d+/g, (real) => String(seconds(Number(real)))))
    .replace('../schemas/', `${join(dirname(shipped), 'schemas')}/`);
  for (const [, port] of text.matchAll(/port: (15\d{3})/g)) {
    text = text.replace(`port: ${port}`, `port: ${await freePort(Number(port))}`);
  }
  const file = join(folder, 'station.yaml');
  writeFileSync(file, text);
  const { station, problems } = loadStation(file);
  if (!station) throw new ForecourtError('CONFIG_INVALID', problems.map(problemText).join('\n'));
  return station;
}

/** `wanted` when nobody listens there, else any other. */
function freePort(wanted: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', () =>
      wanted === 0 ? reject(new ForecourtError('INTERNAL', 'no port is free')) : resolve(freePort(0)),
    );
    probe.listen(wanted, '127.0.0.1', () => {
      const address = probe.address();
      const port = typeof address === 'object' && address ? address.port : wanted;
      probe.close(() => resolve(port));
    });
  });
}

/** Head office's side: a subscriber of its own that shows what arrives. */
async function subscribe(port: number, asLines: boolean) {
  const client = await mqtt.connectAsync({ host: '127.0.0.1', port, clientId: 'head-office' });
  const last: string[] = [];
  let count = 0;
  client.on('message', (topic, payload) => {
    count += 1;
    if (topic.endsWith('/fuelling-point.state-changed')) return;
    const line = eventLine(topic, payload.toString('utf8'));
    if (asLines) process.stderr.write(`MQTT ${line}\n`);
    last.push(line.slice(0, (process.stdout.columns ?? 120) - 2));
    if (last.length > 5) last.shift();
  });
  await client.subscribeAsync('forecourt/v1/+/events/#', { qos: 1 });
  return {
    received: () => count,
    lines: () =>
      last.length === 0 ? '' : `Last events at the broker\n${last.map((line) => ` ${line}`).join('\n')}`,
    stop: () => client.endAsync(true),
  };
}

/** `DEMO/events/sale.completed 23 {"sale":...`: topic, sequence, data. */
function eventLine(topic: string, text: string): string {
  const { sequence, data } = JSON.parse(text) as { sequence?: string; data?: unknown };
  return `${topic.replace(/^forecourt\/v1\//, '')} ${sequence ?? ''} ${JSON.stringify(data)}`;
}
