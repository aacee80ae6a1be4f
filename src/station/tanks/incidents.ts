/** M180: spills and other incidents that a person records, linked to the sale at which they happened. */
import { ForecourtError } from '../../model/errors.ts';
import type { StoredIncident } from '../../store/tanks/incidents.ts';
import { rfc3339 } from '../businessDay.ts';
import type { StationContext } from '../context.ts';
import type { IncidentView, NewIncident } from './view.ts';

/** Written and told to head office in one transaction. Errors: NOT_FOUND for a sale or tank that is not there. */
export function recordIncident(
  context: StationContext,
  tanks: ReadonlyMap<string, unknown>,
  incident: NewIncident,
): IncidentView {
  const { store, clock } = context;
  const { kind, litres, text, action, by, tank } = incident;
  const sale = incident.sale === null ? null : store.sales.get(incident.sale);
  if (incident.sale !== null && !sale)
    throw new ForecourtError('NOT_FOUND', `there is no sale ${incident.sale}`);
  if (tank !== null && !tanks.has(tank)) throw new ForecourtError('NOT_FOUND', `there is no tank ${tank}`);
  const at = clock.now();
  const said = { kind, litres, text, action, by };
  const place = {
    sale: sale?.key ?? null,
    fuellingPoint: sale?.fuellingPoint ?? null,
    tank: tank ?? sale?.tank ?? null,
  };
  const number = store.transaction(() => {
    const added = store.tanks.incidents.add({ ...said, ...place, at });
    store.journal.append(
      'incident.recorded',
      sale?.key ?? tank ?? context.site,
      at,
      context.businessDate(at),
      {
        incident: added,
        ...said,
        ...place,
        at: rfc3339(at),
      },
    );
    return added;
  });
  return incidentView(context, { number, ...said, ...place, at });
}

export function incidentView({ store }: StationContext, incident: StoredIncident): IncidentView {
  const { at, sale, ...rest } = incident;
  const record = sale === null ? null : store.sales.get(sale);
  return { ...rest, at: rfc3339(at), sale: record ? { id: record.id, key: record.key } : null };
}
