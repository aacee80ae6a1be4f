/** The one error class. `code` is stable and listed in `error-catalogue.ts`; `docs/errors.md` is made from it. */
import { type ErrorCode, errorCatalogue } from './error-catalogue.ts';

export class ForecourtError extends Error {
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, details: Record<string, unknown> = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'ForecourtError';
    this.code = code;
    this.details = details;
  }

  /** What a person can do about it. */
  get hint(): string {
    return errorCatalogue[this.code].hint;
  }
}

/** Any thrown value as a ForecourtError; what is not ours becomes INTERNAL with its cause kept. */
export function asForecourtError(error: unknown): ForecourtError {
  if (error instanceof ForecourtError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new ForecourtError('INTERNAL', message, {}, error);
}
