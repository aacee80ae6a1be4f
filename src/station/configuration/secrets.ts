/** Secrets never stand in YAML: an environment variable, a file, or a systemd credential holds them. */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { SecretRef } from '../../model/config/common.ts';
import { ForecourtError } from '../../model/errors.ts';

/** The secret's text, without the line end at its end. Throws SECRET_MISSING. */
export function readSecret(secret: SecretRef, stationFile: string, env: NodeJS.ProcessEnv): string {
  if ('env' in secret) {
    const value = env[secret.env];
    if (value !== undefined && value !== '') return value;
    throw new ForecourtError('SECRET_MISSING', `the environment variable ${secret.env} is not set`);
  }
  const folder = env.CREDENTIALS_DIRECTORY;
  if ('credential' in secret && folder === undefined) {
    throw new ForecourtError(
      'SECRET_MISSING',
      `the credential "${secret.credential}" needs systemd's LoadCredential=`,
    );
  }
  const file =
    'file' in secret ? resolve(dirname(stationFile), secret.file) : join(folder ?? '', secret.credential);
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    throw new ForecourtError('SECRET_MISSING', `the secret's file ${file} cannot be read`, { file }, error);
  }
}

/** The key of the card HMAC kept beside the store; made at the first start. Losing it makes every known card unknown. */
export function storedCardSecret(storeDirectory: string): string {
  const file = join(storeDirectory, 'card-hmac.key');
  if (!existsSync(file))
    writeFileSync(file, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flag: 'wx' });
  return readFileSync(file, 'utf8').trim();
}
