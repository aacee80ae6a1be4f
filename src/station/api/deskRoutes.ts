/** Routes of the desk. What comes in is bounded by the server (64 KiB) and parsed by a schema before it is used. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { nameSchema } from '../../model/ids.ts';
import { cardFormats } from '../../model/readings.ts';
import { instant } from '../../model/units.ts';
import type { Decision } from '../correctSale.ts';
import type { Desk } from '../desk.ts';

/** One line that can be read aloud: no control characters. */
export const line = (most: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(most)
    .regex(/^[^\p{Cc}]*$/u, 'one line of text');
const decided = {
  reason: line(200),
  by: line(60),
  user: line(60).optional(),
  request: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,64}$/, '1-64 letters, digits, ".", "_" or "-"')
    .optional(),
};
const card = z.strictObject({
  number: z.string().min(1).max(256),
  format: z.enum(cardFormats).optional(),
});
const owner = z.union([
  z.strictObject({ ...decided, member: nameSchema }),
  z.strictObject({ ...decided, card }),
]);
const voiding = z.strictObject(decided);
const claimsQuery = z.strictObject({
  since: z.iso.datetime({ offset: true }).optional(),
  fuellingPoint: z.string().max(40).optional(),
  all: z.enum(['true', 'false']).default('false'),
  limit: z.coerce.number().int().min(1).max(1000).default(200),
});
const alertsQuery = z.strictObject({ limit: z.coerce.number().int().min(1).max(1000).default(20) });

/** A sale's number or its key. */
export const saleId = (text: string): number | string => (/^\d{1,15}$/.test(text) ? Number(text) : text);

export function addDeskRoutes(app: FastifyInstance, desk: Desk): void {
  app.get('/v1/claims', (request) => {
    const { since, fuellingPoint, all, limit } = claimsQuery.parse(request.query);
    return desk.claims({
      since: since === undefined ? undefined : instant(Date.parse(since)),
      ...{ fuellingPoint, all: all === 'true', limit },
    });
  });
  app.get('/v1/alerts', (request) => desk.alerts(alertsQuery.parse(request.query).limit));
  app.get<{ Params: { id: string } }>('/v1/sales/:id/evidence', (request) =>
    desk.evidence(saleId(request.params.id)),
  );
  for (const what of ['assign', 'reassign'] as const) {
    app.post<{ Params: { id: string } }>(`/v1/sales/:id/${what}`, (request) => {
      const body = owner.parse(request.body);
      return desk.correct({ ...decision(request.params.id, body), what, to: body });
    });
  }
  app.post<{ Params: { id: string } }>('/v1/sales/:id/void', (request) =>
    desk.correct({ ...decision(request.params.id, voiding.parse(request.body)), what: 'void', to: null }),
  );
}

const decision = (
  id: string,
  { reason, by, user, request }: z.infer<typeof voiding>,
): Omit<Decision, 'what' | 'to'> => ({
  sale: saleId(id),
  ...{ reason, by, user: user ?? null, request: request ?? null },
});
