/** The independent TLS gauge of `peers/tls_gauge.py`. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { linesOf } from './emulatedLine.ts';

const program = fileURLToPath(new URL('peers/tls_gauge.py', import.meta.url));

export interface TlsPeer {
  /** TCP only. */
  readonly port: number;
  /** Merged into what the gauge holds. */
  set(state: object): Promise<void>;
  heard(): Promise<string[]>;
  setClocks(): Promise<string[]>;
  stop(): Promise<void>;
}

export async function startTlsPeer(...args: string[]): Promise<TlsPeer> {
  const child = spawn('python3', [program, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const next = linesOf(child);
  const port = Number((await next()).replace('ready ', ''));
  const tell = async (line: object): Promise<string> => {
    child.stdin.write(`${JSON.stringify(line)}\n`);
    return (await next()).replace(/^= /, '');
  };
  return {
    port,
    set: async (state) => void (await tell(state)),
    heard: async () => JSON.parse(await tell({ ask: 'heard' })) as string[],
    setClocks: async () => JSON.parse(await tell({ ask: 'set_clocks' })) as string[],
    async stop() {
      child.kill();
      await exited;
    },
  };
}
