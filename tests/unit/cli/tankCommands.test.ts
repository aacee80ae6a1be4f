import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { Command } from 'commander';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { alarmsCommand } from '../../../src/cli/commands/alarms.ts';
import { deliveriesCommand } from '../../../src/cli/commands/deliveries.ts';
import { gaugesCommand } from '../../../src/cli/commands/gauges.ts';
import { incidentCommand } from '../../../src/cli/commands/incident.ts';
import { reconcileCommand } from '../../../src/cli/commands/reconcile.ts';
import { reportCommand } from '../../../src/cli/commands/report.ts';
import { tankCommand } from '../../../src/cli/commands/tank.ts';
import { tanksCommand } from '../../../src/cli/commands/tanks.ts';
import { asForecourtError } from '../../../src/model/errors.ts';
import { type FakeApi, fakeApi } from '../../support/fakeApi.ts';
import '../../support/plainTerminal.ts';
import { cli } from '../../support/station.ts';
import {
  alarmView,
  balanceView,
  deliveryView,
  gaugeView,
  incidentView,
  loadReportView,
  stockReportView,
  tankDetailView,
  tankView,
} from '../../support/tankViews.ts';
import { tempDirectory } from '../../support/tempStore.ts';

const status = { businessDate: '2026-11-28' };

/** Runs a command in this process: what it printed, the code it set, and the code of its error. */
async function run(command: Command, api: FakeApi | null, ...args: string[]) {
  const out = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const error = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  onTestFinished(() => {
    process.exitCode = undefined;
  });
  quiet(command);
  process.exitCode = undefined;
  let failure: string | null = null;
  let message = '';
  try {
    await command.parseAsync(api ? [...args, '--socket', api.socket] : args, { from: 'user' });
  } catch (thrown) {
    const { code } = thrown as { code?: string };
    failure = code?.startsWith('commander.') ? code : asForecourtError(thrown).code;
    message = (thrown as Error).message;
  }
  const stdout = out.mock.calls.map(([chunk]) => String(chunk)).join('');
  out.mockRestore();
  error.mockRestore();
  return { stdout, failure, message, code: process.exitCode };
}

function quiet(command: Command): void {
  command.exitOverride();
  for (const child of command.commands) quiet(child);
}

describe('M172: forecourt tanks', () => {
  const routes = { 'GET /v1/tanks': [tankView()], 'GET /v1/tanks/T1': tankDetailView() };

  it('is a table without a terminal, a picture when asked, JSON for programs', async () => {
    const api = await fakeApi(routes);
    expect((await run(tanksCommand(), api)).stdout).toMatch(/^ tank {2}grade {2}stock/);
    expect((await run(tanksCommand(), api, '--picture')).stdout).toContain('╭────────────╮');
    expect((await run(tanksCommand(), api, '--picture', '--table')).stdout).toContain('litres');
    expect(JSON.parse((await run(tanksCommand(), api, '--json')).stdout)).toEqual([tankView()]);
  });

  it('on a terminal is pictures as wide as it is', async () => {
    const api = await fakeApi({ 'GET /v1/tanks': [tankView(), tankView({ id: 'T2' })] });
    const { isTTY, columns } = process.stdout;
    onTestFinished(() => void Object.assign(process.stdout, { isTTY, columns }));
    Object.assign(process.stdout, { isTTY: true, columns: 40 });
    const narrow = (await run(tanksCommand(), api)).stdout;
    Object.assign(process.stdout, { columns: 60 });
    const wide = (await run(tanksCommand(), api)).stdout;
    expect(narrow.split('\n').length).toBeGreaterThan(wide.split('\n').length * 1.8);
    expect(stripVTControlCharacters(wide)).toMatch(/T1 {2}92 +T2 {2}92/);
  });

  it('one tank, and one that is not there', async () => {
    const api = await fakeApi(routes);
    expect((await run(tankCommand(), api, 'show', 'T1')).stdout).toContain('Tank T1, 92');
    expect(JSON.parse((await run(tankCommand(), api, 'show', 'T1', '--json')).stdout)).toEqual(
      tankDetailView(),
    );
    expect(await run(tankCommand(), api, 'show', 'a/../b')).toMatchObject({
      failure: 'NOT_FOUND',
      stdout: '',
    });
    expect(api.asked.at(-1)?.path).toBe('/v1/tanks/a%2F..%2Fb');
  });
});

describe('forecourt deliveries', () => {
  it('asks for a stock and a count; table, CSV or JSON', async () => {
    const api = await fakeApi({ 'GET /v1/deliveries': [deliveryView()] });
    const args = ['--stock', 'M1', '-n', '5'];
    expect((await run(deliveriesCommand(), api, ...args)).stdout).toContain('10 010');
    expect(api.asked[0]?.query).toEqual({ limit: '5', stock: 'M1' });
    expect((await run(deliveriesCommand(), api, '--csv')).stdout).toMatch(/^number,key,.*\r\n3,.*\r\n$/s);
    expect(api.asked[1]?.query).toEqual({ limit: '20' });
    expect(JSON.parse((await run(deliveriesCommand(), api, '--json')).stdout)).toHaveLength(1);
    expect(await run(deliveriesCommand(), api, '--json', '--csv')).toMatchObject({ failure: 'USAGE' });
    expect(await run(deliveriesCommand(), api, '-n', '1001')).toMatchObject({
      failure: 'commander.invalidArgument',
    });
    expect(api.asked).toHaveLength(3);
  });
});

describe('forecourt alarms', () => {
  it('lists those that stand, or all', async () => {
    const api = await fakeApi({ 'GET /v1/tank-alarms': [alarmView()] });
    expect((await run(alarmsCommand(), api)).stdout).toContain('water (stands)');
    await run(alarmsCommand(), api, '--all', '-n', '3');
    expect(api.asked.map(({ query }) => query)).toEqual([
      { all: 'false', limit: '100' },
      { all: 'true', limit: '3' },
    ]);
    const none = await fakeApi({ 'GET /v1/tank-alarms': [] });
    expect((await run(alarmsCommand(), none)).stdout).toBe(' no alarm stands\n');
  });

  it('acknowledges one with who and what', async () => {
    const seen = alarmView({
      acknowledgedAt: '2026-11-28T04:10:00Z',
      acknowledgedBy: 'A. Meier',
      note: 'called',
    });
    const api = await fakeApi({ 'POST /v1/tank-alarms/7/acknowledge': seen });
    const args = ['acknowledge', '7', '--by', 'A. Meier', '--note', 'called'];
    expect((await run(alarmsCommand(), api, ...args)).stdout).toContain('by A. Meier: called');
    expect(api.asked[0]?.body).toEqual({ by: 'A. Meier', note: 'called' });
    expect(JSON.parse((await run(alarmsCommand(), api, ...args, '--json')).stdout)).toEqual(seen);
    expect(await run(alarmsCommand(), api, 'acknowledge', '7')).toMatchObject({
      failure: 'commander.missingMandatoryOptionValue',
    });
    expect(await run(alarmsCommand(), api, 'acknowledge', 'x', '--note', 'n')).toMatchObject({
      failure: 'USAGE',
    });
  });

  it('an alarm that is over is refused with its code', async () => {
    const error = { code: 'ALARM_STATE', message: 'alarm 7 is over' };
    const api = await fakeApi({
      'POST /v1/tank-alarms/7/acknowledge': () => ({ status: 409, body: { error } }),
    });
    const refused = await run(alarmsCommand(), api, 'acknowledge', '7', '--note', 'n');
    expect(refused).toMatchObject({ failure: 'ALARM_STATE', message: 'alarm 7 is over' });
  });
});

describe('forecourt gauges', () => {
  it('sets a clock only after a yes', async () => {
    const api = await fakeApi({ 'GET /v1/gauges': [gaugeView()], 'POST /v1/gauges/G1/clock': { set: true } });
    expect((await run(gaugesCommand(), api)).stdout).toContain('10.0.0.9:10001');
    const args = ['set-clock', 'G1', '--by', 'A. Meier'];
    expect(await run(gaugesCommand(), api, ...args)).toMatchObject({ failure: 'USAGE' });
    expect(api.asked.filter(({ method }) => method === 'POST')).toEqual([]);
    expect((await run(gaugesCommand(), api, ...args, '--yes')).stdout).toContain('The clock of G1');
    expect(api.asked.at(-1)).toMatchObject({ path: '/v1/gauges/G1/clock', body: { by: 'A. Meier' } });
  });
});

describe('M174: forecourt reconcile --period', () => {
  const routes = (report: object) => ({ 'GET /v1/status': status, 'GET /v1/reports/stock': report });

  it('asks for the last 30 business days, or 12 months, or as told', async () => {
    const api = await fakeApi(routes(stockReportView()));
    await run(reconcileCommand(), api, '--period', 'day');
    await run(reconcileCommand(), api, '--period', 'month');
    await run(
      reconcileCommand(),
      api,
      '--period',
      'day',
      '--from',
      '2026-11-01',
      '--to',
      '2026-11-07',
      '--stock',
      'M1',
    );
    expect(api.asked.filter(({ path }) => path !== '/v1/status').map(({ query }) => query)).toEqual([
      { from: '2026-10-30', to: '2026-11-28', period: 'day' },
      { from: '2025-12-01', to: '2026-11-28', period: 'month' },
      { from: '2026-11-01', to: '2026-11-07', period: 'day', stock: 'M1' },
    ]);
  });

  it.each([
    ['within', {}, 0],
    ['investigate', { verdict: 'investigate' }, 0],
    ['escalate', { verdict: 'escalate' }, 1],
    ['escalate of a day that is not over', { verdict: 'escalate', open: true }, 0],
  ] as const)('%s ends with its exit code', async (_, other, code) => {
    const api = await fakeApi(routes(stockReportView({ stocks: [balanceView(other)] })));
    const done = await run(reconcileCommand(), api, '--period', 'day');
    expect(done).toMatchObject({ failure: null, code });
    expect(done.stdout).toContain('Wet stock of S1');
    expect(JSON.parse((await run(reconcileCommand(), api, '--period', 'day', '--json')).stdout).site).toBe(
      'S1',
    );
  });

  it.each([
    [
      ['--from', '2026-11-09', '--to', '2026-11-08', '--period', 'day'],
      /from 2026-11-09 is after 2026-11-08/,
    ],
    [['--from', '9.11.2026', '--period', 'day'], /--from 9.11.2026 is no date/],
    [[], /name what to reconcile/],
  ])('%j is wrong use', async (args, message) => {
    const wrong = await run(
      reconcileCommand(),
      null,
      ...args,
      ...(args.length > 0 ? ['--socket', '/none'] : []),
    );
    expect(wrong).toMatchObject({ failure: 'USAGE', message: expect.stringMatching(message) });
  });

  it('a database file has no running daemon to ask; options of the wet stock do not fit the books', async () => {
    const file = join(tempDirectory(), 'forecourt.db');
    expect(await run(reconcileCommand(), null, file, '--period', 'day')).toMatchObject({
      failure: 'NOT_FOUND',
    });
    writeFileSync(file, '');
    expect(await run(reconcileCommand(), null, file, '--period', 'day')).toMatchObject({
      ...{ failure: 'USAGE', message: expect.stringContaining('asks the running daemon') },
    });
    expect(await run(reconcileCommand(), null, file, '--stock', 'T1')).toMatchObject({
      ...{ failure: 'USAGE', message: expect.stringContaining('--stock belongs to --period') },
    });
  });
});

describe('forecourt report', () => {
  const routes = {
    'GET /v1/status': status,
    'GET /v1/reports/stock': stockReportView(),
    'GET /v1/reports/load': loadReportView(),
  };

  it.each([
    ['M174', 'stock', 'text', /^Wet stock of S1/],
    ['M174', 'stock', 'csv', /^of,stock,grade,.*\r\n$/s],
    ['M174', 'stock', 'json', /^\{"site":"S1"/],
    ['M174', 'stock', 'svg', /^<svg .*<\/svg>\n$/s],
    ['M163', 'load', 'text', /^Load of S1/],
    ['M163', 'load', 'csv', /^fuelling_point,.*\r\n$/s],
    ['M163', 'load', 'json', /^\{"site":"S1"/],
    ['M163', 'load', 'svg', /^<svg .*<\/svg>\n$/s],
  ])('%s: report %s as %s, to the screen or into a file', async (_, name, format, expected) => {
    const api = await fakeApi(routes);
    const shown = await run(reportCommand(), api, name, '--format', format);
    expect(shown.stdout).toMatch(expected);
    const file = join(tempDirectory(), 'report');
    const written = await run(reportCommand(), api, name, '--format', format, '--output', file);
    expect(written.stdout).toBe(`Written: ${file}\n`);
    if (format !== 'json') expect(readFileSync(file, 'utf8')).toBe(shown.stdout);
    expect(api.asked.at(-1)?.query).toMatchObject({ from: '2026-10-30', to: '2026-11-28' });
  });

  it('a file that cannot be written, and two formats at once, are wrong use', async () => {
    const api = await fakeApi(routes);
    const file = join(tempDirectory(), 'none', 'report.csv');
    expect(await run(reportCommand(), api, 'load', '-o', file)).toMatchObject({ failure: 'USAGE' });
    expect(existsSync(file)).toBe(false);
    const two = await run(reportCommand(), api, 'load', '--json', '--format', 'csv');
    expect(two).toMatchObject({ failure: 'USAGE' });
    expect(await run(reportCommand(), api, 'load', '--format', 'pdf')).toMatchObject({
      failure: 'commander.invalidArgument',
    });
    expect((await run(reportCommand(), api, 'load', '--json')).stdout).toMatch(/^\{"site"/);
  });
});

describe('M180: forecourt incident', () => {
  const told = ['--text', 'nozzle slipped', '--action', 'sand spread', '--by', 'A. Meier'];

  it('records a spill with its sale, and lists it', async () => {
    const api = await fakeApi({
      'POST /v1/incidents': incidentView(),
      'GET /v1/incidents': [incidentView()],
    });
    const args = ['record', '--sale', '42', '--litres', '2.5', '--tank', 'T1', ...told];
    expect((await run(incidentCommand(), api, ...args)).stdout).toMatch(/^Recorded\.\n.*sale 42, FP1/s);
    expect(api.asked[0]?.body).toEqual({
      ...{ kind: 'spill', sale: '42', tank: 'T1', litres: 2.5 },
      ...{ text: 'nozzle slipped', action: 'sand spread', by: 'A. Meier' },
    });
    await run(incidentCommand(), api, 'record', '--kind', 'other', ...told);
    expect(api.asked[1]?.body).toMatchObject({ kind: 'other', sale: null, tank: null, litres: null });
    expect((await run(incidentCommand(), api, 'list', '-n', '5')).stdout).toContain('done: sand spread');
    expect(api.asked[2]?.query).toEqual({ limit: '5' });
  });

  it.each([
    [['record', '--text', 'x', '--action', 'y', '--litres', '-1'], 'commander.invalidArgument'],
    [['record', '--text', 'x', '--action', 'y', '--kind', 'fire'], 'commander.invalidArgument'],
    [['record', '--text', 'x'], 'commander.missingMandatoryOptionValue'],
    [['record', '--sale', '43', ...told], 'NOT_FOUND'],
  ])('%j is refused', async (args, failure) => {
    expect(await run(incidentCommand(), await fakeApi({}), ...args)).toMatchObject({ failure });
  });
});

describe('M172, M174, M180: the commands as people run them', () => {
  // Real processes: a start takes seconds on a busy machine.
  it('exit codes: 1 it failed, 2 wrong use, 3 no daemon answers', { timeout: 90_000 }, async () => {
    const escalated = stockReportView({ stocks: [balanceView({ verdict: 'escalate' })] });
    const api = await fakeApi({ 'GET /v1/status': status, 'GET /v1/reports/stock': escalated });
    const reconcile = await cli('reconcile', '--period', 'day', '--socket', api.socket);
    expect(reconcile).toMatchObject({ code: 1, stdout: expect.stringContaining('escalate'), stderr: '' });
    const wrong = await cli('incident', 'record', '--socket', api.socket);
    expect(wrong).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("required option '--text <text>'"),
    });
    const away = await cli('gauges', '--json', '--socket', join(tempDirectory(), 'none.sock'));
    expect(away).toMatchObject({ code: 3, stdout: '' });
    expect(JSON.parse(away.stderr)).toMatchObject({ error: { code: 'API_UNREACHABLE' } });
  });

  it('every command has an example in its help', async () => {
    const help = (command: Command): string[] => {
      let text = '';
      command.configureOutput({ writeOut: (part) => (text += part) });
      command.outputHelp();
      const own = command.options.some(({ long }) => long === '--json') ? [text] : [];
      return [...own, ...command.commands.flatMap(help)];
    };
    const commands = [
      tanksCommand,
      tankCommand,
      deliveriesCommand,
      alarmsCommand,
      gaugesCommand,
      reportCommand,
      incidentCommand,
    ];
    const pages = commands.flatMap((command) => help(command()));
    expect(pages).toHaveLength(11);
    for (const page of pages) expect(page).toMatch(/Example:\n {2}forecourt/);
  });
});
