/**
 * The station's own application certificate and key under `own/`: made once, and made anew before it expires. The new one is
 * told and laid beside the old one first, so that it can be trusted at the peers before it is used. Runs in a worker only.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { crypto_utils } from 'node-opcua-client';
import { type CertificateView, viewCertificate } from './certificate.ts';
import { writeWhole } from './trustStore.ts';

export interface OwnCertificate {
  readonly view: CertificateView;
  readonly keyPem: string;
  /** Made just now and not known to any peer yet; null: nothing is new. */
  readonly news: 'made' | 'replaced' | 'next-made' | null;
  /** The one that takes its place a week before it expires; null: there is none yet. */
  readonly next: CertificateView | null;
}

export interface OwnCertificateOptions {
  /** `pki/client` or `pki/server`. */
  readonly directory: string;
  readonly applicationUri: string;
  /** Host names and addresses that it is to name. */
  readonly names: readonly string[];
  readonly now: Date;
}

const dayMs = 86_400_000;
const validDays = 5 * 365;
/** The next one is made so long before the end of the old one... */
const announceMs = 90 * dayMs;
/** ... and used from so long before it on. */
const switchMs = 7 * dayMs;

interface Pair {
  readonly view: CertificateView;
  readonly keyPem: string;
}

/** The pair that is to be used now. Throws what the file system throws. */
export async function ownCertificate(options: OwnCertificateOptions): Promise<OwnCertificate> {
  const { directory, applicationUri, now } = options;
  const folder = join(directory, 'own');
  const fits = (pair: Pair | null): pair is Pair =>
    pair !== null && pair.view.applicationUri === applicationUri && now <= pair.view.validTo;
  let news: OwnCertificate['news'] = null;
  let current = readPair(folder, '');
  let next = readPair(folder, 'next-');
  if (next && !fits(next)) next = null;
  const ends = current ? current.view.validTo.getTime() - now.getTime() : 0;
  if (!fits(current) || (next && ends < switchMs)) {
    if (next) moveUp(folder);
    else await makePair(options, folder, '');
    news = current || next ? 'replaced' : 'made';
    current = readPair(folder, '');
    next = null;
  } else if (!next && ends < announceMs) {
    await makePair(options, folder, 'next-');
    next = readPair(folder, 'next-');
    news = 'next-made';
  }
  if (!current) throw new Error(`the certificate in ${folder} cannot be read back`);
  return { ...current, news, next: next?.view ?? null };
}

function readPair(folder: string, prefix: '' | 'next-'): Pair | null {
  const file = join(folder, `${prefix}certificate.pem`);
  const key = join(folder, `${prefix}key.pem`);
  if (!existsSync(file) || !existsSync(key)) return null;
  try {
    const pem = readFileSync(file, 'utf8');
    const keyPem = readFileSync(key, 'utf8');
    // a loss of power may have left one of each
    if (!new X509Certificate(pem).checkPrivateKey(createPrivateKey(keyPem))) return null;
    return { view: viewCertificate(pem), keyPem };
  } catch {
    return null;
  }
}

function moveUp(folder: string): void {
  for (const name of ['certificate.pem', 'key.pem']) {
    if (existsSync(join(folder, name))) renameSync(join(folder, name), join(folder, `old-${name}`));
    renameSync(join(folder, `next-${name}`), join(folder, name));
  }
}

async function makePair(options: OwnCertificateOptions, folder: string, prefix: '' | 'next-'): Promise<void> {
  const { certificate, key } = await selfSigned(options);
  // without its certificate a key is not used: the certificate comes last
  const file = join(folder, `${prefix}certificate.pem`);
  rmSync(file, { force: true });
  writeWhole(folder, join(folder, `${prefix}key.pem`), key);
  writeWhole(folder, file, certificate);
}

/** PEM texts of a new application certificate and its key. */
export async function selfSigned({
  applicationUri,
  names,
  now,
}: Omit<OwnCertificateOptions, 'directory'>): Promise<{ certificate: string; key: string }> {
  const addresses = names.filter((name) => /^[\d.]+$|:/.test(name));
  const key = await crypto_utils.generatePrivateKey(2048);
  const { cert } = await crypto_utils.createSelfSignedCertificate({
    privateKey: key,
    subject: '/CN=Forecourt/O=Forecourt',
    applicationUri,
    dns: names.filter((name) => !addresses.includes(name)),
    ip: addresses,
    // peers whose clock is behind are to take it as well
    notBefore: new Date(now.getTime() - dayMs),
    validity: validDays,
    purpose: crypto_utils.CertificatePurpose.ForApplication,
  });
  return { certificate: cert, key: (await crypto_utils.privateKeyToPEM(key)).privPem };
}
