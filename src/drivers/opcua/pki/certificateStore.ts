/** node-opcua's view of a trust store: it asks, and never changes it. Runs in a worker only. */
import { StatusCodes } from 'node-opcua-client';
import { ForecourtError } from '../../../model/errors.ts';
import { type CertificateView, certificateId, faultOf, faultText, viewCertificate } from './certificate.ts';
import type { TrustStore } from './trustStore.ts';

type StatusCode = (typeof StatusCodes)['Good'];
type Certificate = Buffer | Buffer[];

export interface CertificateStoreOptions {
  readonly trust: TrustStore;
  /** The name that a refused certificate is kept under; null: its own fingerprint. */
  readonly peer: string | null;
  /** How the operator trusts it. */
  readonly mend: string;
  readonly now: () => Date;
  readonly onRefusal?: (error: ForecourtError) => void;
}

type Answer = (error: null, status: StatusCode) => void;

/** The methods that node-opcua calls on a certificate manager (its `ICertificateStore`). */
export class CertificateStore {
  referenceCounter = 0;
  /** Why the last certificate was refused; null: it was taken, or none was shown. */
  refusal: ForecourtError | null = null;
  readonly #options: CertificateStoreOptions;

  constructor(options: CertificateStoreOptions) {
    this.#options = options;
  }

  async initialize(): Promise<void> {}
  async dispose(): Promise<void> {}

  /** node-opcua asks in both ways: for a promise, and with a callback. */
  checkCertificate(shown: Certificate, answer?: Answer): Promise<StatusCode> {
    const { status, error } = this.#judge(shown, true);
    this.refusal = error;
    if (error) this.#options.onRefusal?.(error);
    answer?.(null, status);
    return Promise.resolve(status);
  }

  async verifyCertificate(shown: Certificate): Promise<string> {
    return this.#judge(shown, false).status.name;
  }

  async getTrustStatus(shown: Buffer): Promise<StatusCode> {
    return this.#judge(shown, false).status;
  }

  /** Only a person trusts. */
  async trustCertificate(): Promise<void> {}
  async rejectCertificate(): Promise<void> {}
  async addIssuer(): Promise<void> {}
  async addRevocationList(): Promise<void> {}

  #judge(shown: Certificate, keep: boolean): { status: StatusCode; error: ForecourtError | null } {
    const { trust, peer, mend, now } = this.#options;
    let view: CertificateView;
    try {
      view = viewCertificate(Array.isArray(shown) ? (shown[0] ?? Buffer.alloc(0)) : shown);
    } catch (error) {
      return { status: StatusCodes.BadCertificateInvalid, error: error as ForecourtError };
    }
    const details = { subject: view.subject, sha1: view.sha1, sha256: view.sha256 };
    const who = peer ?? view.subject;
    const fault = faultOf(view, now());
    const refuse = (status: StatusCode, why: string) => ({
      status,
      error: new ForecourtError('OPCUA_UNTRUSTED', `the certificate of ${who} is refused: ${why}`, details),
    });
    if (fault === 'weak')
      return refuse(StatusCodes.BadCertificatePolicyCheckFailed, faultText(fault, view, now()));
    if (fault) return refuse(StatusCodes.BadCertificateTimeInvalid, faultText(fault, view, now()));
    if (trust.isTrusted(view)) return { status: StatusCodes.Good, error: null };
    if (keep) trust.keepRejected(peer ?? certificateId(view), view);
    return refuse(
      StatusCodes.BadCertificateUntrusted,
      `nobody has trusted it (SHA-1 ${view.sha1}); compare it with the device, then ${mend}`,
    );
  }
}
