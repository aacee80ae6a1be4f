/** Program and tiers as at a sale: noted when they come into force, looked up when a person corrects the sale. */
import { type Program, programSchema } from '../model/config/program.ts';
import { ForecourtError } from '../model/errors.ts';
import type { SaleRecord } from '../store/sales.ts';
import type { StationContext } from './context.ts';

export interface RulesOfSale {
  readonly program: Program;
  readonly tier: string;
  /** What could not be known and was taken instead. */
  readonly notes: readonly string[];
}

/** At the start and whenever the members' file was read: from the next sale on these are in force. */
export function noteRules({ store, program, members }: StationContext): void {
  store.transaction(() => {
    const next = store.sales.newestId() + 1;
    store.rules.setProgram(JSON.stringify(program), next);
    store.rules.setTiers(members.tiers(), next);
  });
}

/** What the sale would have been credited by when it was recorded. Throws NOT_FOUND for a member that is not in the file. */
export function rulesOf(
  context: StationContext,
  memberId: string,
  sale: Pick<SaleRecord, 'id'>,
): RulesOfSale {
  const { store, members } = context;
  const member = members.member(memberId);
  if (!member) throw new ForecourtError('NOT_FOUND', `there is no member ${memberId} in the members' file`);
  const notes: string[] = [];
  const json = store.rules.program(sale.id);
  if (json === null) notes.push('the program at the sale is not known: credited by that of now');
  const tier = store.rules.tier(memberId, sale.id);
  if (tier === null)
    notes.push(`${memberId} was not in the members' file at the sale: credited with the tier of now`);
  return {
    program: json === null ? context.program : programOf(json, sale.id),
    tier: tier ?? member.tier,
    notes,
  };
}

function programOf(json: string, sale: number): Program {
  const parsed = programSchema.safeParse(JSON.parse(json));
  if (!parsed.success)
    throw new ForecourtError('STORE_CORRUPT', `the program kept for sale ${sale} cannot be read`, { sale });
  return parsed.data;
}
