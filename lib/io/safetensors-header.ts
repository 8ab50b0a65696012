import { show } from "../options/show.js";

/** Arrays that a file can hold. */
export type TensorData = Float32Array | Float64Array | Uint8Array | Int32Array | Uint32Array;

type ArrayType = new (buffer: ArrayBuffer) => TensorData;

/** Names of the format, with the arrays that hold them. All machines that Node runs on are little-endian, as the files are. */
const dtypes: Readonly<Record<string, { readonly arrayType: ArrayType; readonly bytes: number }>> = {
  F32: { arrayType: Float32Array, bytes: 4 },
  F64: { arrayType: Float64Array, bytes: 8 },
  U8: { arrayType: Uint8Array, bytes: 1 },
  I32: { arrayType: Int32Array, bytes: 4 },
  U32: { arrayType: Uint32Array, bytes: 4 },
};

/** Where a tensor lies, counted from the end of the header. */
export interface HeaderEntry {
  readonly name: string;
  readonly shape: readonly number[];
  readonly arrayType: ArrayType;
  readonly offset: number;
  readonly bytes: number;
}

/** What the header says of a tensor. */
export interface Described {
  readonly name: string;
  readonly shape: readonly number[];
  /** One of the names of the format. */
  readonly dtype: string;
}

const metadataKey = "__metadata__";
const alignment = 8;

/** The header of a file, and its tensors in the order in which their data follows. */
export function layoutOf<T extends Described>(
  metadata: Readonly<Record<string, string>>,
  tensors: readonly T[],
): { header: Uint8Array; order: T[] } {
  // Widest first keeps every tensor aligned; then by name, so that equal content gives equal bytes.
  const order = tensors.toSorted((a, b) => dtypes[b.dtype]!.bytes - dtypes[a.dtype]!.bytes || compare(a.name, b.name));
  const entries: [string, unknown][] = [[metadataKey, Object.fromEntries(Object.entries(metadata).toSorted(byKey))]];
  let offset = 0;
  for (const { name, shape, dtype } of order) {
    const end = offset + shape.reduce((product, axis) => product * axis, dtypes[dtype]!.bytes);
    entries.push([name, { dtype, shape, data_offsets: [offset, end] }]);
    offset = end;
  }
  const text = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));
  const header = new Uint8Array(Math.ceil(text.length / alignment) * alignment).fill(0x20);
  header.set(text);
  return { header, order };
}

/**
 * Reads a header and checks that its tensors cover the `dataBytes` behind it without gaps or overlaps.
 *
 * @throws Error with what is wrong
 */
export function parseHeader(
  text: string,
  dataBytes: number,
): { metadata: Record<string, string>; entries: HeaderEntry[] } {
  const header = object(JSON.parse(text), "the header");
  const metadata = Object.hasOwn(header, metadataKey) ? parseMetadata(header[metadataKey]) : {};
  const entries = Object.entries(header)
    .filter(([name]) => name !== metadataKey)
    .map(([name, value]) => parseEntry(name, value, dataBytes))
    .sort((a, b) => a.offset - b.offset || a.bytes - b.bytes);
  let end = 0;
  for (const { name, offset, bytes } of entries) {
    if (offset !== end) throw new Error(`${show(name)} begins at byte ${offset} of the data, expected ${end}`);
    end += bytes;
  }
  if (end !== dataBytes) throw new Error(`the tensors take ${end} bytes, but ${dataBytes} follow the header`);
  return { metadata, entries };
}

function parseMetadata(value: unknown): Record<string, string> {
  const entries = Object.entries(object(value, metadataKey));
  const wrong = entries.find(([, text]) => typeof text !== "string");
  if (wrong !== undefined) throw new Error(`${metadataKey}.${wrong[0]} is no string`);
  return Object.fromEntries(entries) as Record<string, string>;
}

function parseEntry(name: string, value: unknown, dataBytes: number): HeaderEntry {
  const { dtype, shape, data_offsets: offsets } = object(value, show(name));
  const kind = typeof dtype === "string" && Object.hasOwn(dtypes, dtype) ? dtypes[dtype]! : undefined;
  if (kind === undefined) {
    throw new Error(`${show(name)} has dtype ${show(dtype)}, accepted: ${Object.keys(dtypes).join(", ")}`);
  }
  if (!isSizes(shape)) throw new Error(`${show(name)} has shape ${show(shape)}, accepted: integers >= 0`);
  if (!isSizes(offsets) || offsets.length !== 2 || offsets[0]! > offsets[1]!) {
    throw new Error(`${show(name)} has data_offsets ${show(offsets)}, accepted: two ascending integers`);
  }
  const [begin, end] = offsets as [number, number];
  if (end > dataBytes) {
    throw new Error(`the file ends before ${show(name)} does: ${dataBytes} bytes of data, which ends at byte ${end}`);
  }
  const bytes = shape.reduce((product, axis) => product * axis, kind.bytes);
  if (bytes !== end - begin)
    throw new Error(`${show(name)} of shape ${show(shape)} takes ${bytes} bytes, not ${end - begin}`);
  return { name, shape, arrayType: kind.arrayType, offset: begin, bytes };
}

/** The format's name for the values of `data`. */
export function dtypeOf(data: TensorData): string {
  return Object.keys(dtypes).find((name) => data instanceof dtypes[name]!.arrayType)!;
}

function object(value: unknown, what: string): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new Error(`${what} is ${show(value)}, accepted: an object`);
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

/** By code units, whatever the locale. */
function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function byKey(a: readonly [string, unknown], b: readonly [string, unknown]): number {
  return compare(a[0], b[0]);
}
