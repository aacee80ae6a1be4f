/** Names of things. Those that people write in the station's file are short words; keys come from devices. */
import { z } from 'zod';

/** What a person may write as a name: letters, digits, dash, underscore, dot; it becomes part of topics and keys. */
export const nameSchema = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$/,
    'a name has 1-40 letters, digits, ".", "_" or "-" and starts with a letter or digit',
  );

declare const id: unique symbol;
type Id<Name extends string> = string & { readonly [id]: Name };

/** HMAC of a normalised card number, hex. Never the number itself. */
export type CardKey = Id<'card'>;
/** Made from the device's own counters: see `core/fuelling`. */
export type SaleKey = Id<'sale'>;

export const cardKey = (value: string): CardKey => value as CardKey;
export const saleKey = (value: string): SaleKey => value as SaleKey;
