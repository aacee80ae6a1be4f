/** Certificates for people: what they compare, and what will end. */
import { type CertificateView, faultOf } from '../../drivers/opcua/pki/certificate.ts';
import { block } from './station.ts';
import { table } from './table.ts';

export interface TrustList {
  readonly title: 'Servers' | 'Clients';
  /** The station's own certificate on this side; null: not made yet. */
  readonly own: CertificateView | null;
  readonly trusted: readonly CertificateView[];
  readonly rejected: readonly { readonly peer: string; readonly view: CertificateView }[];
}

export function certificateBlock(about: string, view: CertificateView): string {
  return [
    about,
    `  Subject      ${printable(view.subject)}`,
    `  Issuer       ${printable(view.issuer)}`,
    `  Application  ${printable(view.applicationUri) || '-'}`,
    `  Valid        ${day(view.validFrom)} to ${day(view.validTo)}`,
    `  Key          ${view.keyBits > 0 ? `RSA, ${view.keyBits} bits` : 'not RSA'}`,
    `  SHA-1        ${view.sha1}`,
    `  SHA-256      ${view.sha256}`,
  ].join('\n');
}

export const certificateJson = (view: CertificateView) => ({
  subject: view.subject,
  issuer: view.issuer,
  applicationUri: view.applicationUri,
  sha1: view.sha1,
  sha256: view.sha256,
  validFrom: view.validFrom.toISOString(),
  validTo: view.validTo.toISOString(),
  keyBits: view.keyBits,
});

export function trustList({ title, own, trusted, rejected }: TrustList, at: Date): string {
  const mine = own
    ? certificateBlock(`What the station shows to ${title.toLowerCase()}`, own)
    : `The station has no certificate for ${title.toLowerCase()} yet: it is made at the first start with one.`;
  const row = (view: CertificateView): string[] => [
    printable(view.subject),
    day(view.validTo),
    faultOf(view, at) ?? 'good',
    view.sha1,
  ];
  return [
    mine,
    block(
      `${title} that are trusted`,
      trusted.length === 0 ? 'none' : table(['Subject', 'Until', 'Is', 'SHA-1'], trusted.map(row)),
    ),
    block(
      `${title} that were refused`,
      rejected.length === 0
        ? 'none'
        : table(
            ['Peer', 'Subject', 'Until', 'Is', 'SHA-1'],
            rejected.map(({ peer, view }) => [peer.slice(0, 20), ...row(view)]),
          ),
    ),
  ].join('\n\n');
}

const day = (date: Date): string => (Number.isFinite(date.getTime()) ? date.toISOString().slice(0, 10) : '?');

/** A peer chose these texts: nothing in them steers a terminal. */
const printable = (text: string): string => text.replaceAll(/[^\x20-\x7e\u00a0-\uffff]/g, '?');
