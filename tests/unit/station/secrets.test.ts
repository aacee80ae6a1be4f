import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readSecret, storedCardSecret } from '../../../src/station/configuration/secrets.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'forecourt-secrets-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('a secret', () => {
  const station = () => join(folder, 'station.yaml');

  it('comes from the environment, a file beside the station file, or a systemd credential', () => {
    writeFileSync(join(folder, 'mqtt.secret'), 'from file\n');
    const env = { PASSWORD: 'from env', CREDENTIALS_DIRECTORY: folder };
    expect(readSecret({ env: 'PASSWORD' }, station(), env)).toBe('from env');
    expect(readSecret({ file: 'mqtt.secret' }, station(), env)).toBe('from file');
    expect(readSecret({ credential: 'mqtt.secret' }, station(), env)).toBe('from file');
  });

  it.each([[{ env: 'NOTHING' }], [{ file: 'nothing' }], [{ credential: 'nothing' }]])(
    'that is not there is a coded error: %j',
    (secret) => {
      expect(() => readSecret(secret, station(), {})).toThrow(
        expect.objectContaining({ code: 'SECRET_MISSING' }),
      );
    },
  );

  it('for cards is made once, readable by the owner only', () => {
    const first = storedCardSecret(folder);
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(storedCardSecret(folder)).toBe(first);
    expect(statSync(join(folder, 'card-hmac.key')).mode & 0o777).toBe(0o600);
  });
});
