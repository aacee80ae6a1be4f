/** A certificate and its key as node-opcua wants them, parsed once. Runs in a worker, or in a command. */
import { X509Certificate } from 'node:crypto';
import { crypto_utils } from 'node-opcua-client';

/** PEM texts. */
export function keyPair({ certificate, key }: { readonly certificate: string; readonly key: string }) {
  const der = new X509Certificate(certificate).raw;
  const privateKey = crypto_utils.makePrivateKeyFromPem(key);
  return {
    getCertificate: () => der,
    getCertificateChain: () => [der],
    getPrivateKey: () => privateKey,
  };
}
