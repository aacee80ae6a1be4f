/**
 * Commands out of a line's bytes, as a TLS gauge takes them: SOH, a security code where the gauge has one, six characters
 * of function and tank, data. No command has an end of its own: it is complete when its function's data are there, or
 * when the line falls silent. Layout: Veeder-Root 576013-635, chapter 3.
 */

/** `function`: `i201`; letters as they came: upper case asks for display format. `tank`: two digits as they came. */
export interface TlsCommand {
  readonly function: string;
  readonly tank: string;
  readonly data: string;
}

export type TlsIntakeEvent =
  | { readonly kind: 'command'; readonly command: TlsCommand }
  /** A command for another gauge, or from a stranger: it gets no answer. */
  | { readonly kind: 'wrong-code' }
  /** ESC: what is being sent is broken off. */
  | { readonly kind: 'abort' };

const soh = 0x01;
const etx = 0x03;
const esc = 0x1b;
const bufferSize = 128;
const functionLength = 6;
const codeLength = 6;
/** Data that belong to a function, characters; those of other settings end with the line's silence. */
const dataLengths: Readonly<Record<string, number>> = { '21E': 10 };
const settingLengths: Readonly<Record<string, number>> = { '501': 10 };

export class TlsIntake {
  readonly #code: string | null;
  #text: string | null = null;
  /** Bytes that belong to no command. */
  garbage = 0;

  /** `code`: six characters, or null for a gauge that asks for none. */
  constructor(code: string | null) {
    this.#code = code;
  }

  push(bytes: Uint8Array): TlsIntakeEvent[] {
    const events: TlsIntakeEvent[] = [];
    for (const byte of bytes) {
      if (byte === soh) {
        this.garbage += this.#text?.length ?? 0;
        this.#text = '';
      } else if (byte === esc) {
        this.#text = null;
        events.push({ kind: 'abort' });
      } else if (this.#text === null || byte < 0x20 || byte > 0x7e) {
        if (byte === etx || byte === 0x0d) events.push(...this.silence());
        else if (byte !== 0x0a) this.garbage++;
      } else {
        this.#text += String.fromCharCode(byte);
        if (this.#complete(this.#text)) events.push(...this.silence());
        else if ((this.#text?.length ?? 0) >= bufferSize) {
          this.garbage += bufferSize;
          this.#text = null;
        }
      }
    }
    return events;
  }

  /** The line is silent: what has come so far is the command. */
  silence(): TlsIntakeEvent[] {
    const text = this.#text;
    this.#text = null;
    if (text === null) return [];
    const body = this.#code === null ? text : text.slice(codeLength);
    if (body.length < functionLength) {
      this.garbage += text.length + 1;
      return [];
    }
    if (this.#code !== null && text.slice(0, codeLength) !== this.#code) return [{ kind: 'wrong-code' }];
    const command = { function: body.slice(0, 4), tank: body.slice(4, 6), data: body.slice(functionLength) };
    return [{ kind: 'command', command }];
  }

  /** A command has begun and is not complete. */
  get waiting(): boolean {
    return this.#text !== null;
  }

  #complete(text: string): boolean {
    const head = (this.#code === null ? 0 : codeLength) + functionLength;
    if (text.length < head) return false;
    const name = text.slice(head - functionLength, head - 2);
    const setting = /^s/i.test(name);
    const wanted = (setting ? settingLengths : dataLengths)[name.slice(1).toUpperCase()];
    return setting && wanted === undefined ? false : text.length >= head + (wanted ?? 0);
  }
}
