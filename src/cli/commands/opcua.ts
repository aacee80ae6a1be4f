import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { Command } from 'commander';
import {
  type CertificateView,
  faultOf,
  faultText,
  viewCertificate,
} from '../../drivers/opcua/pki/certificate.ts';
import { openTrustStore, type TrustStore } from '../../drivers/opcua/pki/trustStore.ts';
import type { OpcuaServerConfig } from '../../model/config/opcua.ts';
import { asForecourtError, ForecourtError } from '../../model/errors.ts';
import { type LoadedStation, loadStation } from '../../station/configuration/load.ts';
import { problemText } from '../../station/configuration/problem.ts';
import { print, printJson } from '../output.ts';
import { certificateBlock, certificateJson, type TrustList, trustList } from '../render/opcua.ts';

interface Options {
  readonly station: string;
  readonly json?: boolean;
  readonly yes?: boolean;
  readonly client?: string;
  readonly fingerprint?: string;
}

/** Works on the station file and the folder of its certificates; a daemon, running or not, is not asked. */
export const opcuaCommand = (): Command =>
  new Command('opcua')
    .description('Whom the station trusts over OPC UA: servers that it reads, and clients of its own server.')
    .addCommand(trustCommand())
    .addCommand(listCommand())
    .addCommand(untrustCommand());

const sub = (name: string): Command =>
  new Command(name)
    .option('--station <file>', 'the station file', '/etc/forecourt/station.yaml')
    .option('--json', 'print JSON');

const trustCommand = (): Command =>
  sub('trust')
    .description("Show a server's certificate and trust it, so that the station reads the server.")
    .argument('[server]', 'its name under `opcua:`; may be left out when there is only one')
    .option(
      '--client <fingerprint>',
      "trust a client of the station's own server instead, one that was refused",
    )
    .option('--fingerprint <hex>', 'trust only this one: SHA-1 or SHA-256, as the device shows it')
    .option('-y, --yes', 'do not ask')
    .addHelpText(
      'after',
      '\nExample:\n  forecourt opcua trust plc --station station.yaml\n  forecourt opcua trust plc --fingerprint 09:8A:33:1D:77:CA:23:11:FC:56:70:8E:32:CF:C1:4F:4D:57:27:47 --yes\n\nCompare the fingerprint with what the device or its tool shows. Without --yes it asks, and it needs a terminal to ask.\nExit code 1: nothing was trusted.',
    )
    .action(async (name: string | undefined, options: Options) => {
      const station = load(options.station);
      const shown = options.client
        ? refusedClient(station, options.client)
        : await shownBy(serverOf(station, name), stores(station).client);
      const { certificate, store, about } = shown;
      const fault = faultOf(certificate, new Date());
      if (!options.json) print(certificateBlock(about, certificate));
      if (fault) throw refuse(about, faultText(fault, certificate, new Date()));
      if (options.fingerprint !== undefined && !isFingerprint(certificate, options.fingerprint))
        throw refuse(about, `it is not the one with the fingerprint ${options.fingerprint}`);
      const known = store.isTrusted(certificate);
      if (!known && !options.yes && !(await agreed('Trust it?'))) {
        print('Nothing was trusted.');
        process.exitCode = 1;
        return;
      }
      if (!known) store.trust(certificate);
      store.forgetRejected(shown.peer);
      if (options.json) printJson({ trusted: true, already: known, ...certificateJson(certificate) });
      else
        print(known ? 'It was trusted already.' : 'It is trusted: the station takes it at its next attempt.');
    });

const listCommand = (): Command =>
  sub('list')
    .description("The station's own certificates, the trusted ones, and those that were refused.")
    .addHelpText('after', '\nExample:\n  forecourt opcua list --station station.yaml')
    .action((options: Options) => {
      const station = load(options.station);
      const { client, server } = stores(station);
      const lists: TrustList[] = [
        {
          title: 'Servers',
          own: own(station, 'client'),
          trusted: client.trusted(),
          rejected: client.rejected(),
        },
        {
          title: 'Clients',
          own: own(station, 'server'),
          trusted: server.trusted(),
          rejected: server.rejected(),
        },
      ];
      if (options.json)
        printJson(
          lists.map(({ title, own: mine, trusted, rejected }) => ({
            of: title.toLowerCase(),
            own: mine ? certificateJson(mine) : null,
            trusted: trusted.map(certificateJson),
            rejected: rejected.map(({ peer, view }) => ({ peer, ...certificateJson(view) })),
          })),
        );
      else print(lists.map((list) => trustList(list, new Date())).join('\n\n'));
    });

const untrustCommand = (): Command =>
  sub('untrust')
    .description('Trust a certificate no more. A connection that stands with it ends within seconds.')
    .argument('<fingerprint>', 'SHA-1 or SHA-256, or how it begins: eight digits at least')
    .addHelpText('after', '\nExample:\n  forecourt opcua untrust 098A331D --station station.yaml')
    .action((fingerprint: string, options: Options) => {
      const station = load(options.station);
      const found = Object.values(stores(station)).flatMap((store) =>
        store
          .trusted()
          .filter((view) => isFingerprint(view, fingerprint))
          .map((view) => ({ store, view })),
      );
      const [first, ...more] = found;
      if (!first)
        throw new ForecourtError('NOT_FOUND', `no trusted certificate has the fingerprint ${fingerprint}`);
      if (more.some(({ view }) => view.sha256 !== first.view.sha256))
        throw new ForecourtError(
          'USAGE',
          `${found.length} certificates begin so: give more of the fingerprint`,
        );
      for (const { store, view } of found) store.untrust(view);
      if (options.json) printJson({ trusted: false, ...certificateJson(first.view) });
      else print(`${first.view.subject} is not trusted any more.`);
    });

function load(file: string): LoadedStation {
  const { station, problems } = loadStation(file);
  if (!station) throw new ForecourtError('CONFIG_INVALID', problems.map(problemText).join('\n'));
  return station;
}

const pki = (station: LoadedStation, side: 'client' | 'server'): string =>
  join(station.storeDirectory, 'pki', side);

const stores = (station: LoadedStation) => ({
  client: openTrustStore(pki(station, 'client')),
  server: openTrustStore(pki(station, 'server')),
});

function own(station: LoadedStation, side: 'client' | 'server'): CertificateView | null {
  const file = join(pki(station, side), 'own', 'certificate.pem');
  return existsSync(file) ? viewCertificate(readFileSync(file, 'utf8')) : null;
}

function serverOf({ config }: LoadedStation, name: string | undefined): OpcuaServerConfig {
  const names = config.opcua.map(({ id }) => id);
  const server =
    name === undefined && names.length === 1 ? config.opcua[0] : config.opcua.find(({ id }) => id === name);
  if (server) return server;
  if (name === undefined && names.length > 1)
    throw new ForecourtError('USAGE', `which one? ${names.join(', ')}`);
  throw new ForecourtError(
    'NOT_FOUND',
    name ? `the station file has no OPC UA server ${name}` : 'the station file has no OPC UA server',
  );
}

interface Shown {
  readonly certificate: CertificateView;
  readonly store: TrustStore;
  readonly about: string;
  readonly peer: string;
}

/** From the server itself; where it does not answer, as the station saw it last. */
async function shownBy(server: OpcuaServerConfig, store: TrustStore): Promise<Shown> {
  const { id, endpoint } = server;
  const kept = store.rejected().find(({ peer }) => peer === id);
  try {
    const { discover } = await import('../../drivers/opcua/discover.ts');
    const { certificate, endpoints, fits } = await discover(server);
    const offers = fits
      ? ''
      : `\nit offers no ${server.policy}, ${server.mode}; it offers ${endpoints.join('; ')}`;
    return { certificate, store, about: `${id}, ${endpoint}${offers}`, peer: id };
  } catch (error) {
    if (!kept) throw error;
    const about = `${id}, as the station saw it (${asForecourtError(error).message})`;
    return { certificate: kept.view, store, about, peer: id };
  }
}

function refusedClient(station: LoadedStation, fingerprint: string): Shown {
  const store = stores(station).server;
  const found = store.rejected().filter(({ view }) => isFingerprint(view, fingerprint));
  const [first, ...more] = found;
  if (!first)
    throw new ForecourtError('NOT_FOUND', `no client with the fingerprint ${fingerprint} was refused`);
  if (more.length > 0) throw new ForecourtError('USAGE', 'several begin so: give more of the fingerprint');
  return { certificate: first.view, store, about: "a client of the station's server", peer: first.peer };
}

/** Whether it begins so, in SHA-1 or SHA-256; eight digits at least. */
function isFingerprint(view: CertificateView, text: string): boolean {
  const digits = text.replaceAll(/[:\s-]/g, '').toLowerCase();
  if (!/^[0-9a-f]{8,64}$/.test(digits)) return false;
  return [view.sha1, view.sha256].some((each) => each.replaceAll(':', '').toLowerCase().startsWith(digits));
}

const refuse = (about: string, why: string): ForecourtError =>
  new ForecourtError('OPCUA_UNTRUSTED', `the certificate of ${about} is not trusted: ${why}`);

async function agreed(question: string): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stdout.isTTY)
    throw new ForecourtError('USAGE', 'a certificate is only trusted after a yes: add --yes');
  const asking = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^y(es)?$/i.test((await asking.question(`${question} [y/N] `)).trim());
  } finally {
    asking.close();
  }
}
