/** The command line as people and scripts use it: each command a process of its own, against the real daemon. */
import { describe, expect, it, vi } from 'vitest';
import type { DeviceView, SaleDetailView, SaleView, StatusView, TraceView } from '../../src/station/view.ts';
import { knownTag, oneDispenserStation } from '../support/oneDispenserStation.ts';
import { rdm6300, readersOnline } from '../support/shellReader.ts';
import { cli, runStation, startCli } from '../support/station.ts';
import { fill } from '../support/walk.ts';

const patience = { timeout: 25_000, interval: 20 };

const jsonOf = async <T>(...args: readonly string[]): Promise<T> => {
  const { code, stdout, stderr } = await cli(...args, '--json');
  expect({ args, code, stderr }).toEqual({ args, code: 0, stderr: '' });
  return JSON.parse(stdout) as T;
};

async function soldStation() {
  const parts = await oneDispenserStation();
  const daemon = await runStation(parts.file);
  await daemon.reaches('FP1', 'idle');
  await readersOnline(daemon);
  return { ...parts, daemon };
}

describe('the command line against a running daemon', () => {
  it('M19 M167 M173: status, sales, sale show, sale explain and devices, as JSON and in words', {
    timeout: 150_000,
  }, async () => {
    const { daemon, dispenser, reader, file } = await soldStation();
    reader.printf(rdm6300(knownTag));
    const { id, key } = await fill(daemon, 'FP1', dispenser);
    const station = ['--station', file.file];

    const status = await jsonOf<StatusView>('status', ...station);
    expect(status).toMatchObject({
      site: { id: 'S1', currency: 'CNY' },
      ...{ members: 1, ledgerSum: 0, feed: null, alarms: [] },
      sales: { count: 1, volumeMl: 40_000, amount: 31_400 },
      fuellingPoints: [{ id: 'FP1', device: 'd1', state: 'idle' }],
      lines: [{ id: 'bus', kind: 'modbus-tcp', open: true }],
      readers: [{ id: 'R1', online: true, reads: 1, badFrames: 0 }],
    });
    const sales = await jsonOf<SaleView[]>('sales', ...station);
    expect(sales).toMatchObject([{ id, key, volumeMl: 40_000, amount: 31_400, member: 'm-1', points: 40 }]);
    expect(await jsonOf('sales', '--before', `${id}`, ...station)).toEqual([]);
    const shown = await jsonOf<SaleDetailView>('sale', 'show', `${id}`, ...station);
    expect(shown).toMatchObject({ ...sales[0], site: 'S1', credit: { points: 40, balance: 40 } });
    expect(await jsonOf('sale', 'show', key, '--socket', file.socket)).toEqual(shown);
    const [device] = await jsonOf<DeviceView[]>('devices', ...station);
    expect(device).toMatchObject({
      ...{ id: 'd1', line: 'bus', unit: 1, profile: 'generic-be32', state: 'online', badFrames: 0 },
      // A peer on a busy machine may be late.
      ...{ timeouts: expect.any(Number), strays: expect.any(Number), lateReplies: expect.any(Number) },
    });
    expect(device?.rttP50Ms).toBeGreaterThan(0);

    const explained = await cli('sale', 'explain', `${id}`, ...station);
    expect(explained).toMatchObject({ code: 0, stderr: '' });
    expect(explained.stdout).toMatch(/40\.00 L of 92, 314\.00 CNY/);
    expect(explained.stdout).toMatch(/whose: attributed to m-1, because scan-before/);
    expect(explained.stdout).toMatch(/\+ earn:litres: .*40/);
    expect(explained.stdout).toMatch(/= 40 points for m-1/);
    for (const [command, words] of [
      [['status'], /FP1 .*idle[\s\S]*bus .*open[\s\S]*R1 .*online/],
      [['sales'], /40\.00 +314\.00 +attributed +m-1 +\+40/],
      [['sale', 'show', `${id}`], /nozzle 1, grade 92, tank T1[\s\S]*1000\.00 to 1040\.00 L/],
      [['devices'], /d1 +bus +1 +generic-be32 +online/],
    ] as const) {
      const said = await cli(...command, ...station);
      expect(said.code).toBe(0);
      expect(said.stdout).toMatch(words);
    }
  });

  it('trace prints so many frames of a line and ends', { timeout: 150_000 }, async () => {
    const { file } = await soldStation();
    const { code, stdout, stderr } = await cli('trace', 'bus', '-n', '5', '--json', '--socket', file.socket);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const frames = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as TraceView);
    expect(frames).toHaveLength(5);
    for (const frame of frames) {
      expect(frame.line).toBe('bus');
      expect(Number.isNaN(Date.parse(frame.at))).toBe(false);
    }
    // A request for holding registers of unit 1 and its answer.
    const wire = (direction: string) => frames.filter((frame) => frame.direction === direction);
    expect(wire('tx')[0]?.bytes).toMatch(/^(?:[0-9a-f]{2} ){6}01 03( [0-9a-f]{2}){4}$/);
    expect(wire('rx')[0]?.bytes).toMatch(/(^| )01 03( [0-9a-f]{2})+$/);
    expect(wire('tx')[0]?.text).not.toBe('');
  });

  it('M7 M179: watch, piped, prints a line for everything that happens, and ends with Ctrl-C or the daemon', {
    timeout: 150_000,
  }, async () => {
    const { daemon, dispenser, reader, file } = await soldStation();
    const words = startCli('watch', '--socket', file.socket);
    const json = startCli('watch', '--json', '--socket', file.socket);
    // Both listen once they have printed the same state change.
    await vi.waitFor(async () => {
      await dispenser.lift(7850);
      await daemon.reaches('FP1', 'calling');
      await dispenser.cleared();
      await daemon.reaches('FP1', 'idle');
      expect(words.stdout()).toMatch(/^FP1 +calling/m);
      expect(json.stdout()).toMatch(/"state":"calling"/);
    }, patience);
    reader.printf(rdm6300(knownTag));
    await fill(daemon, 'FP1', dispenser);
    await vi.waitFor(() => {
      const said = words.stdout();
      expect(said).toMatch(/^R1 +scan: m-1, tier ordinary, balance 0/m);
      expect(said).toMatch(/^FP1 +fuelling +nozzle 1/m);
      expect(said).toMatch(/^FP1 +CREDIT m-1 \+40 points, balance 40$/m);
      expect(said).toMatch(/^FP1 +SALE 1 .* 40\.00 L of 92 = 314\.00 +attributed to m-1/m);
    }, patience);
    const pushes = json
      .stdout()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string });
    const types = new Set(pushes.map(({ type }) => type));
    expect(types).toEqual(new Set(['fuelling-point', 'member.brief', 'credit.posted', 'sale']));
    words.signal('SIGINT');
    expect(await words.ended).toBe(0);
    expect(words.stderr()).toBe('');
    await daemon.stop('SIGKILL');
    expect(await json.ended).toBe(3);
    expect(json.stderr()).toMatch(/API_UNREACHABLE/);
  });

  it('wrong things have their exit code and say how to mend it', { timeout: 150_000 }, async () => {
    const { file } = await soldStation();
    const at = ['--socket', file.socket];
    for (const [args, code, words] of [
      [['sale', 'show', '999', ...at], 1, /NOT_FOUND: there is no sale 999/],
      [['trace', 'nowhere', ...at], 1, /NOT_FOUND: there is no line or TLS gauge "nowhere"; lines: bus/],
      [['sales', '-n', '0', ...at], 2, /USAGE/],
      [['sales', '-n', 'many', ...at], 2, /USAGE/],
      [['trace', 'bus', '-n', 'few', ...at], 2, /USAGE/],
      [['trace', 'bus', '-n', '0', ...at], 2, /USAGE/],
      [['status', '--nonsense'], 2, /unknown option/],
      [['statsu'], 2, /unknown command/],
      [['sale'], 2, /show/],
      [['run'], 2, /missing required argument/],
    ] as const) {
      const said = await cli(...args);
      expect({ args, code: said.code }).toEqual({ args, code });
      expect(said.stderr).toMatch(words);
      expect(said.stdout).toBe('');
    }
    const asJson = await cli('sale', 'show', '999', '--json', ...at);
    expect(JSON.parse(asJson.stderr)).toMatchObject({ error: { code: 'NOT_FOUND' } });
  });
});
