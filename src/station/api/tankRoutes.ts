/** Routes of tanks and wet stock. What comes in is bounded by the server (64 KiB) and parsed by a schema before it is used. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { ForecourtError } from '../../model/errors.ts';
import { nameSchema } from '../../model/ids.ts';
import type { TankDesk } from '../tanks/view.ts';
import { line, saleId } from './deskRoutes.ts';

const limit = (usual: number) => z.coerce.number().int().min(1).max(1000).default(usual);
const deliveriesQuery = z.strictObject({ limit: limit(20), stock: nameSchema.optional() });
const alarmsQuery = z.strictObject({ all: z.enum(['true', 'false']).default('false'), limit: limit(100) });
const range = { from: z.iso.date(), to: z.iso.date() };
const inOrder = <T extends { from: string; to: string }>(query: T): boolean => query.from <= query.to;
const orderMessage = '`from` is not after `to`';
const stockQuery = z
  .strictObject({ ...range, period: z.enum(['day', 'month']).default('day'), stock: nameSchema.optional() })
  .refine(inOrder, orderMessage);
const loadQuery = z.strictObject(range).refine(inOrder, orderMessage);
const incidentsQuery = z.strictObject({ limit: limit(20) });
const acknowledgement = z.strictObject({ by: line(60), note: line(200) });
const incident = z.strictObject({
  kind: z.enum(['spill', 'other']).default('spill'),
  sale: z.string().max(200).nullable().default(null),
  tank: nameSchema.nullable().default(null),
  litres: z.number().min(0).max(100_000).nullable().default(null),
  text: line(500),
  action: line(500),
  by: line(60),
});
const clock = z.strictObject({ by: line(60) });

export function addTankRoutes(app: FastifyInstance, desk: TankDesk): void {
  app.get('/v1/tanks', () => desk.tanks());
  app.get<{ Params: { id: string } }>('/v1/tanks/:id', (request) => {
    const tank = desk.tank(request.params.id);
    if (!tank) throw new ForecourtError('NOT_FOUND', `there is no tank ${request.params.id}`);
    return tank;
  });
  app.get('/v1/gauges', () => desk.gauges());
  app.post<{ Params: { id: string } }>('/v1/gauges/:id/clock', async (request) => {
    await desk.setGaugeClock(request.params.id, clock.parse(request.body).by);
    return { set: true };
  });
  app.get('/v1/deliveries', (request) => {
    const { limit: most, stock } = deliveriesQuery.parse(request.query);
    return desk.deliveries({ limit: most, ...(stock === undefined ? {} : { stock }) });
  });
  app.get('/v1/tank-alarms', (request) => {
    const { all, limit: most } = alarmsQuery.parse(request.query);
    return desk.alarms({ all: all === 'true', limit: most });
  });
  app.post<{ Params: { number: string } }>('/v1/tank-alarms/:number/acknowledge', (request) =>
    desk.acknowledge(Number(request.params.number), acknowledgement.parse(request.body)),
  );
  app.get('/v1/reports/stock', (request) => {
    const { stock, ...query } = stockQuery.parse(request.query);
    return desk.stock({ ...query, ...(stock === undefined ? {} : { stock }) });
  });
  app.get('/v1/reports/load', (request) => desk.load(loadQuery.parse(request.query)));
  app.get('/v1/incidents', (request) => desk.incidents(incidentsQuery.parse(request.query).limit));
  app.post('/v1/incidents', (request) => {
    const body = incident.parse(request.body);
    return desk.recordIncident({ ...body, sale: body.sale === null ? null : saleId(body.sale) });
  });
}
