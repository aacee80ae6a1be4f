/** A DataValue of node-opcua as a raw value of bounded size, whatever the server sent. Runs in a worker only. */
import type { DataValue, StatusCode } from 'node-opcua-client';
import type { RawValue } from '../../core/opcua/value.ts';
import { floatText } from '../../core/registers/float.ts';

const mostText = 64;
/** OPC 10000-6, 5.1.2: numbers of the built-in types. */
const type = { boolean: 1, float: 10, double: 11, string: 12, int64: 8, uint64: 9 } as const;
const scalarType = 0;
const unknownBad = 0x8000_0000;
const view = new DataView(new ArrayBuffer(8));

export function rawValue({
  value: variant,
  statusCode,
  sourceTimestamp,
  serverTimestamp,
}: DataValue): RawValue {
  const common = {
    status: statusNumber(statusCode),
    sourceAt: timeOf(sourceTimestamp),
    serverAt: timeOf(serverTimestamp),
  };
  if (!variant || variant.value === null || variant.value === undefined)
    return { ...common, value: null, problem: 'no value' };
  if (variant.arrayType !== scalarType) {
    const length = Number((variant.value as { length?: unknown }).length ?? 0);
    return { ...common, value: null, problem: `an array of ${length}` };
  }
  const value = scalar(variant.dataType, variant.value);
  return typeof value === 'object' ? { ...common, value: null, ...value } : { ...common, value, problem: '' };
}

function scalar(dataType: number, value: unknown): bigint | string | boolean | { problem: string } {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'string')
    return value.length > mostText ? { problem: `a text of ${value.length} characters` } : value;
  if (dataType === type.int64 || dataType === type.uint64) return wide(dataType, value);
  if (typeof value !== 'number') return { problem: `a value of data type ${dataType}` };
  if (!Number.isFinite(value)) return { problem: String(value) };
  if (dataType === type.float || dataType === type.double) {
    view.setFloat64(0, value);
    if (dataType === type.double) return floatText(view.getBigUint64(0), 8) ?? { problem: String(value) };
    view.setFloat32(0, value);
    return floatText(BigInt(view.getUint32(0)), 4) ?? { problem: String(value) };
  }
  return Number.isInteger(value) ? BigInt(value) : { problem: String(value) };
}

/** node-opcua gives them as two 32-bit halves, the high one first. */
function wide(dataType: number, value: unknown): bigint | { problem: string } {
  if (!Array.isArray(value) || value.length !== 2 || !value.every(Number.isInteger))
    return { problem: 'a 64-bit number in disorder' };
  const [high, low] = value as [number, number];
  const bits = (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
  return dataType === type.int64 ? BigInt.asIntN(64, bits) : bits;
}

/** None is good (OPC 10000-6, 5.2.2.17); what is no number is not. */
export function statusNumber(status: StatusCode | null | undefined): number {
  if (status === null || status === undefined) return 0;
  return Number.isInteger(status.value) ? status.value >>> 0 : unknownBad;
}

function timeOf(date: Date | null | undefined): number | null {
  const at = date instanceof Date ? date.getTime() : Number.NaN;
  // 1601 is how OPC UA says "none"
  return !Number.isFinite(at) || at <= 0 ? null : at;
}
