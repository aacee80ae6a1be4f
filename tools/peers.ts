/**
 * The independent programs that the system tests talk to. Missing ones are installed where apt-get and root are at hand,
 * else the command to do it is printed and the tests are refused: a test that cannot meet its peer shows nothing.
 */
import { spawnSync } from 'node:child_process';

const peers: readonly {
  readonly name: string;
  readonly check: readonly [string, ...string[]];
  readonly packages: readonly string[];
}[] = [
  { name: 'socat', check: ['socat', '-V'], packages: ['socat'] },
  {
    name: 'mosquitto',
    check: ['sh', '-c', 'PATH=$PATH:/usr/sbin command -v mosquitto'],
    packages: ['mosquitto'],
  },
  { name: 'mosquitto_sub', check: ['sh', '-c', 'command -v mosquitto_sub'], packages: ['mosquitto-clients'] },
  {
    name: 'pymodbus',
    check: ['/usr/bin/python3', '-c', 'import pymodbus.client, pymodbus.server'],
    packages: ['python3-pymodbus', 'python3-serial', 'python3-serial-asyncio'],
  },
  {
    name: 'libmodbus and a C compiler',
    check: ['sh', '-c', 'echo "#include <modbus/modbus.h>" | gcc -E - >/dev/null'],
    packages: ['libmodbus-dev', 'gcc', 'libc6-dev'],
  },
  { name: 'openssl', check: ['openssl', 'version'], packages: ['openssl'] },
];

const missing = peers.filter(
  ({ check: [command, ...args] }) => spawnSync(command, args, { stdio: 'ignore' }).status !== 0,
);
if (missing.length > 0) {
  const packages = missing.flatMap((peer) => peer.packages);
  const install = `apt-get install -y --no-install-recommends ${packages.join(' ')}`;
  console.log(`The system tests need ${missing.map((peer) => peer.name).join(', ')}.`);
  const root =
    process.getuid?.() === 0 &&
    spawnSync('sh', ['-c', 'command -v apt-get'], { stdio: 'ignore' }).status === 0;
  if (!root) {
    console.error(
      `Install them, then run the tests again:\n  sudo ${install}\nOnly the tests without peers: npm run test:unit`,
    );
    process.exit(1);
  }
  const done = spawnSync('sh', ['-c', `apt-get update -qq && DEBIAN_FRONTEND=noninteractive ${install}`], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (done.status !== 0) process.exit(1);
}
