/** What the fuelling machine must know of a dispenser behind OPC UA; the same parts of its spec come from Modbus profiles. */
import type { OpcuaDispenserFields, OpcuaProfile } from '../../model/config/opcuaProfile.ts';
import { type Millilitres, millilitres } from '../../model/units.ts';
import { rolloverMl } from './dispenser.ts';
import { totalScale } from './value.ts';

export interface OpcuaDispenserSpec {
  readonly lastSale: boolean;
  readonly saleNumber: { readonly first: number; readonly last: number } | null;
  readonly totalizerModulus: Millilitres | null;
  readonly totalizerResolution: Millilitres;
  readonly volumeResolution: Millilitres;
  readonly settleMs: number;
}

export function opcuaDispenserSpec(
  units: OpcuaProfile['units'],
  { lastSale, saleNumber, totals, volumeStep, timing }: OpcuaDispenserFields,
): OpcuaDispenserSpec {
  const scale = totalScale(units.volume);
  const step = millilitres(Math.max(1, Math.ceil((volumeStep * Number(scale.n)) / Number(scale.d) - 1e-9)));
  const modulus =
    totals.rollover === undefined ? null : rolloverMl(totals.rollover, totals.volume.decimals, scale);
  return {
    lastSale: lastSale !== undefined,
    saleNumber: saleNumber ?? null,
    totalizerModulus: modulus === null || modulus > Number.MAX_SAFE_INTEGER ? null : millilitres(modulus),
    totalizerResolution: step,
    volumeResolution: step,
    settleMs: timing.settleMs,
  };
}
