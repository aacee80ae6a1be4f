/** A process that publishes until it is killed: `node publisherProcess.ts DIRECTORY PORT`. */
import { mqttSchema } from '../../src/model/config/station.ts';
import { instant, monoMs } from '../../src/model/units.ts';
import { openStore } from '../../src/store/store.ts';
import { createPublisher } from '../../src/sync/publisher.ts';

const [directory = '', port = ''] = process.argv.slice(2);
const quiet = () => {};
const clock = { now: () => instant(Date.now()), mono: () => monoMs(performance.now()) };
const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };
const store = openStore({ directory, site: 'test-1', clock, log });
const mqtt = mqttSchema.parse({ host: '127.0.0.1', port: Number(port) });
const common = { clock, log, random: Math.random };
createPublisher({
  ...common,
  source: store.feed,
  mqtt,
  site: 'test-1',
  version: '1.2.3',
  secrets: {},
}).start();
