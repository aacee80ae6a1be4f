/** The last resort in a process of its own, for it ends the process. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const module = fileURLToPath(new URL('../../../src/cli/lastResort.ts', import.meta.url));

/** Runs `code` after the last resort is installed; what it tells is one line each. */
function run(code: string, record = 'say({ recorded: reason });') {
  const program = `
    import { writeSync } from 'node:fs';
    import { installLastResort } from ${JSON.stringify(module)};
    const say = (what) => writeSync(1, JSON.stringify(what) + '\\n');
    const log = { debug() {}, info() {}, warn() {}, error: ({ code }, message) => say({ code, message }) };
    installLastResort(log, (reason) => { ${record} });
    setTimeout(() => say('it went on'), 300);
    ${code}`;
  const { status, stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
  });
  const told = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown);
  return { status, told };
}

it('an exception is told, recorded, and ends the process with 70', () => {
  expect(run("setTimeout(() => { throw new TypeError('no'); }, 1);")).toEqual({
    status: 70,
    told: [
      { code: 'INTERNAL', message: expect.stringMatching(/^an exception that nothing caught/) },
      { recorded: expect.stringMatching(/^defect: .*no/) },
    ],
  });
});

it('a rejected promise as well, though it is rejected with no error at all', () => {
  const { status, told } = run('Promise.reject(undefined);');
  expect(status).toBe(70);
  expect(told[0]).toMatchObject({ message: expect.stringMatching(/^a rejected promise/) });
  expect(told).toHaveLength(2);
});

it('what cannot be recorded is told and ends it all the same; a second one changes nothing', () => {
  const { status, told } = run(
    "setTimeout(() => { throw new Error('one'); }, 1);",
    "process.emit('uncaughtException', new Error('two')); throw new Error('the disk is gone');",
  );
  expect(status).toBe(70);
  expect(told).toMatchObject([
    { message: expect.stringMatching(/^an exception/) },
    { message: 'the defect could not be recorded' },
  ]);
});

it('a long text is cut, for it goes into the journal', () => {
  const { told } = run("setTimeout(() => { throw new Error('x'.repeat(5000)); }, 1);");
  expect((told[1] as { recorded: string }).recorded.length).toBeLessThanOrEqual(208);
});
