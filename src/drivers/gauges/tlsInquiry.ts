/** Questions to a gauge in the format that it understands, and records for answers. */
import { type DisplayFunction, displayFunctions, parseDisplay } from '../../core/tls/display.ts';
import { parseReply } from '../../core/tls/parser.ts';
import { settingFunctions, type TlsFunction, type TlsReplies } from '../../core/tls/records.ts';
import { codeOf } from '../../core/tls/request.ts';
import { ForecourtError } from '../../model/errors.ts';
import type { Received } from './options.ts';
import type { Exchange, TlsSession } from './tlsSession.ts';

export type Format = 'computer' | 'display';

export interface Answer<R> extends Received {
  readonly records: R;
  /** By the gauge's clock, `YYYYMMDDHHmm`; null where the reply shows none. */
  readonly time: string | null;
}

export interface TlsInquiry {
  /** null: not known yet. */
  format: Format | null;
  /** The gauge refuses questions for all tanks: each is asked for by itself. */
  oneByOne: boolean;
  /** null: the gauge does not know the function in this format. Rejects as `TlsSession.exchange`. */
  ask<F extends TlsFunction>(name: F, tank?: number, data?: string): Promise<Answer<TlsReplies[F]> | null>;
  /** Asks all anew what was unknown before. */
  forget(): void;
}

/** Functions whose answer is a list by tank. */
const byTank: ReadonlySet<TlsFunction> = new Set<TlsFunction>([
  ...(['201', '214', '21A', '202', '20C', '205', '206', '602', '610'] as const),
  ...settingFunctions,
]);

/**
 * @param tanks the gauge's own numbers of those in use
 * @param onTime told every time that a reply carries, before anything else is made of it
 * @param expected what the gauge's clock should show, `YYYYMMDDHHmm`
 */
export function tlsInquiry(
  session: TlsSession,
  tanks: readonly number[],
  onTime: (time: string, received: Received) => void,
  expected: () => string,
): TlsInquiry {
  const unknown = new Set<string>();

  function answerOf<F extends TlsFunction>(
    name: F,
    { frame, at, mono }: Exchange,
  ): Answer<TlsReplies[F]> | null {
    if (frame.kind === 'unknown-function') return null;
    if (frame.kind === 'computer') {
      onTime(frame.time, { at, mono });
      return { records: parseReply(name, frame.data), time: frame.time, at, mono };
    }
    const { records, time } = parseDisplay(name as DisplayFunction, frame.text, expected());
    if (time !== null) onTime(time, { at, mono });
    return { records: records as TlsReplies[F], time, at, mono };
  }

  async function askOnce<F extends TlsFunction>(
    format: Format,
    name: F,
    tank: number,
    data: string,
  ): Promise<Answer<TlsReplies[F]> | null> {
    const code = codeOf(format === 'computer' ? 'i' : 'I', name, tank);
    // A gauge may know a function and not this tank.
    if (unknown.has(code)) return null;
    const answer = answerOf(name, await session.exchange({ code, data }));
    if (answer === null) unknown.add(code);
    return answer;
  }

  return {
    format: null,
    oneByOne: false,
    async ask<F extends TlsFunction>(name: F, tank = 0, data = '') {
      const format = this.format ?? 'computer';
      if (format === 'display' && !displayFunctions.includes(name as DisplayFunction)) return null;
      if (tank !== 0 || !this.oneByOne || !byTank.has(name)) return askOnce(format, name, tank, data);
      let last: Answer<TlsReplies[F]> | null = null;
      let failure: unknown = null;
      const records: unknown[] = [];
      for (const each of tanks)
        try {
          const answer = await askOnce(format, name, each, data);
          if (!answer) continue;
          last = answer;
          records.push(...(answer.records as readonly unknown[]));
        } catch (error) {
          // One tank that it does not answer for says nothing of the others.
          if (!isNoAnswer(error)) throw error;
          failure = error;
        }
      if (last === null && failure !== null) throw failure;
      return last && { ...last, records: records as TlsReplies[F] };
    },
    forget: () => unknown.clear(),
  };
}

/** What a person is told when a gauge does not do what it should. */
export function troubleOf(error: ForecourtError, securityCode: string | null): string {
  if (error.code === 'GAUGE_UNKNOWN_FUNCTION' && securityCode !== null)
    return `${error.message}; a gauge without a security code takes \`securityCode\` for a function that it does not know`;
  if (error.code !== 'GAUGE_SILENT') return error.message;
  const code =
    securityCode === null
      ? 'a gauge with a security code is silent to whoever does not give it: set `securityCode`'
      : 'a gauge is silent to a wrong security code too: check `securityCode`';
  return `${error.message}; check power, cable, baud rate and parity; ${code}`;
}

/** Whether it was silent or could not be understood; the connection stands. */
export const isNoAnswer = (error: unknown): boolean =>
  isUnreadable(error) || (error instanceof ForecourtError && error.code === 'GAUGE_SILENT');

/** Whether the words of a reply were right and only their meaning was not. */
export const isUnreadable = (error: unknown): boolean =>
  error instanceof ForecourtError && error.code === 'GAUGE_BAD_REPLY';
