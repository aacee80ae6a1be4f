/**
 * Whom the station trusts over OPC UA: one file a certificate, named by its SHA-256, under `trusted/`. What was refused is
 * kept under `rejected/`, named by the peer, so that a person can look at it and trust it. Nothing is cached: a running
 * daemon sees at its next attempt what a command has changed.
 */
import {
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { type CertificateView, certificateId, viewCertificate } from './certificate.ts';

export interface TrustStore {
  isTrusted(view: CertificateView): boolean;
  trust(view: CertificateView): void;
  /** Takes a trusted certificate away; false: it was not there. */
  untrust(view: CertificateView): boolean;
  trusted(): CertificateView[];
  /** Keeps what a peer showed; one a peer, and not more than fifty. */
  keepRejected(peer: string, view: CertificateView): void;
  rejected(): { readonly peer: string; readonly view: CertificateView }[];
  forgetRejected(peer: string): void;
}

const mostRejected = 50;

/** `directory`: `pki/client` for servers that are read, `pki/server` for clients of the station's own server. */
export function openTrustStore(directory: string): TrustStore {
  const trustedAt = join(directory, 'trusted');
  const rejectedAt = join(directory, 'rejected');
  const fileOf = (view: CertificateView): string => join(trustedAt, `${certificateId(view)}.pem`);
  const peerFile = (peer: string): string => join(rejectedAt, `${peer.replace(/[^\w.-]/g, '_')}.pem`);

  return {
    isTrusted(view) {
      try {
        // the file's name is not believed
        return viewCertificate(readFileSync(fileOf(view), 'utf8')).sha256 === view.sha256;
      } catch {
        return false;
      }
    },
    trust(view) {
      writeWhole(trustedAt, fileOf(view), view.pem);
    },
    untrust(view) {
      const file = fileOf(view);
      if (!existsSync(file)) return false;
      rmSync(file);
      return true;
    },
    trusted: () => certificatesIn(trustedAt).map(({ view }) => view),
    keepRejected(peer, view) {
      writeWhole(rejectedAt, peerFile(peer), view.pem);
      const files = readdirSync(rejectedAt).map((name) => join(rejectedAt, name));
      if (files.length <= mostRejected) return;
      const byAge = files.map((file) => ({ file, at: statSync(file).mtimeMs })).sort((a, b) => a.at - b.at);
      for (const { file } of byAge.slice(0, files.length - mostRejected)) rmSync(file, { force: true });
    },
    rejected: () => certificatesIn(rejectedAt).map(({ name, view }) => ({ peer: name, view })),
    forgetRejected(peer) {
      rmSync(peerFile(peer), { force: true });
    },
  };
}

function certificatesIn(folder: string): { readonly name: string; readonly view: CertificateView }[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.pem'))
    .sort()
    .flatMap((name) => {
      try {
        const view = viewCertificate(readFileSync(join(folder, name), 'utf8'));
        return [{ name: name.slice(0, -'.pem'.length), view }];
      } catch {
        return [];
      }
    });
}

/**
 * Never half a file, whatever happens meanwhile. A command that root runs leaves it to the owner of the folder above, so
 * that the daemon can read it.
 */
export function writeWhole(folder: string, file: string, text: string): void {
  const made = mkdirSync(folder, { recursive: true, mode: 0o700 });
  const beside = `${file}.${process.pid}.tmp`;
  writeFileSync(beside, text, { mode: 0o600 });
  if (process.getuid?.() === 0) {
    const { uid, gid } = statSync(made === undefined ? folder : dirname(made));
    for (let path = folder; made !== undefined && path.length >= made.length; path = dirname(path))
      chownSync(path, uid, gid);
    chownSync(beside, uid, gid);
  }
  renameSync(beside, file);
}
