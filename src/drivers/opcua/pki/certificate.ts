/** What a person compares and what a machine judges of a certificate. */
import { createHash, X509Certificate } from 'node:crypto';
import { ForecourtError } from '../../../model/errors.ts';

export interface CertificateView {
  readonly subject: string;
  readonly issuer: string;
  /** From its alternative names; empty: it names none. */
  readonly applicationUri: string;
  /** Hex in pairs, as vendors' tools show them. */
  readonly sha1: string;
  readonly sha256: string;
  readonly validFrom: Date;
  readonly validTo: Date;
  readonly keyBits: number;
  readonly pem: string;
}

/** Larger ones are not looked at; a chain of three with 4096-bit keys has some 6,000 bytes. */
const mostBytes = 16_384;
const leastBits = 2048;
const mostBits = 8192;

/** DER or PEM; of a chain the first. Throws OPCUA_UNTRUSTED for what is no certificate. */
export function viewCertificate(bytes: Uint8Array | string): CertificateView {
  try {
    if (bytes.length > mostBytes) throw new RangeError(`${bytes.length} bytes`);
    const certificate = new X509Certificate(bytes);
    const { raw, publicKey } = certificate;
    return {
      subject: oneLine(certificate.subject),
      issuer: oneLine(certificate.issuer),
      applicationUri: /URI:([^,\n]+)/.exec(certificate.subjectAltName ?? '')?.[1]?.trim() ?? '',
      sha1: fingerprint('sha1', raw),
      sha256: fingerprint('sha256', raw),
      validFrom: new Date(certificate.validFrom),
      validTo: new Date(certificate.validTo),
      keyBits:
        publicKey.asymmetricKeyType === 'rsa' ? (publicKey.asymmetricKeyDetails?.modulusLength ?? 0) : 0,
      pem: certificate.toString(),
    };
  } catch (error) {
    throw new ForecourtError('OPCUA_UNTRUSTED', 'what the peer showed is no certificate', {}, error);
  }
}

/** Bare hex in small letters: the name of its file. */
export const certificateId = (view: Pick<CertificateView, 'sha256'>): string =>
  view.sha256.replaceAll(':', '').toLowerCase();

const fingerprint = (algorithm: 'sha1' | 'sha256', der: Uint8Array): string =>
  (createHash(algorithm).update(der).digest('hex').toUpperCase().match(/../g) ?? []).join(':');

const oneLine = (name: string): string => name.replaceAll('\n', ', ').slice(0, 300);

/** Why a certificate would not do even if it were trusted; null: it would. */
export function faultOf(view: CertificateView, at: Date): 'expired' | 'not-yet-valid' | 'weak' | null {
  if (view.keyBits < leastBits || view.keyBits > mostBits) return 'weak';
  if (!(at >= view.validFrom)) return 'not-yet-valid';
  return at <= view.validTo ? null : 'expired';
}

/** In words, with the dates that matter. */
export function faultText(
  fault: 'expired' | 'not-yet-valid' | 'weak',
  view: CertificateView,
  at: Date,
): string {
  if (fault === 'weak') return `its key is no RSA key of ${leastBits} to ${mostBits} bits`;
  if (fault === 'expired') return `it expired on ${view.validTo.toISOString()}`;
  return `it is valid from ${view.validFrom.toISOString()} on, and the clock shows ${at.toISOString()}`;
}
