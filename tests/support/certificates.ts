/** Throw-away certificates, made by openssl. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

export interface Authority {
  /** PEM file of the authority itself. */
  readonly file: string;
  /** Makes a key pair that the authority vouches for. */
  issue(name: string, altNames?: string): { readonly certificate: string; readonly key: string };
}

export function makeAuthority(directory: string, name: string): Authority {
  const file = join(directory, `${name}.pem`);
  const caKey = join(directory, `${name}.key`);
  const request = (args: readonly string[]) =>
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-days',
        '2',
        ...args,
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
  request(['-subj', `/CN=${name}`, '-keyout', caKey, '-out', file]);
  return {
    file,
    issue(subject, altNames = `DNS:${subject}`) {
      const certificate = join(directory, `${name}-${subject}.pem`);
      const key = join(directory, `${name}-${subject}.key`);
      const extensions = [
        '-addext',
        `subjectAltName=${altNames}`,
        '-addext',
        'basicConstraints=critical,CA:FALSE',
      ];
      request([
        '-CA',
        file,
        '-CAkey',
        caKey,
        '-subj',
        `/CN=${subject}`,
        '-keyout',
        key,
        '-out',
        certificate,
        ...extensions,
      ]);
      return { certificate, key };
    },
  };
}
