/** Questions to a gauge in the format that it understands, and records for answers. */
import { type DisplayFunction, displayFunctions, parseDisplay } from '../../core/tls/display.ts';
import { parseReply } from '../../core/tls/parser.ts';
import type { TlsFunction, TlsReplies } from '../../core/tls/records.ts';
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
  /** null: the gauge does not know the function in this format. Rejects as `TlsSession.exchange`. */
  ask<F extends TlsFunction>(name: F, tank?: number, data?: string): Promise<Answer<TlsReplies[F]> | null>;
  /** Asks all anew what was unknown before. */
  forget(): void;
}

/** @param onTime told every time that a reply carries, before anything else is made of it */
export function tlsInquiry(
  session: TlsSession,
  onTime: (time: string, received: Received) => void,
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
    const { records, time } = parseDisplay(name as DisplayFunction, frame.text);
    if (time !== null) onTime(time, { at, mono });
    return { records: records as TlsReplies[F], time, at, mono };
  }

  return {
    format: null,
    async ask(name, tank = 0, data = '') {
      const format = this.format ?? 'computer';
      if (format === 'display' && !displayFunctions.includes(name as DisplayFunction)) return null;
      if (unknown.has(`${format}${name}`)) return null;
      const code = codeOf(format === 'computer' ? 'i' : 'I', name, tank);
      const answer = answerOf(name, await session.exchange({ code, data }));
      if (answer === null) unknown.add(`${format}${name}`);
      return answer;
    },
    forget: () => unknown.clear(),
  };
}

/** What a person is told when a gauge does not do what it should. */
export function troubleOf(error: ForecourtError, securityCode: string | null): string {
  if (error.code !== 'GAUGE_SILENT') return error.message;
  const code =
    securityCode === null
      ? 'a gauge with a security code is silent to whoever does not give it: set `securityCode`'
      : 'a gauge is silent to a wrong security code too: check `securityCode`';
  return `${error.message}; check power, cable, baud rate and parity; ${code}`;
}

/** Whether the words of a reply were right and only their meaning was not. */
export const isUnreadable = (error: unknown): boolean =>
  error instanceof ForecourtError && error.code === 'GAUGE_BAD_REPLY';
