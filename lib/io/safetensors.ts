import { type FileHandle, open } from "node:fs/promises";

import { BayesBinnError } from "../native/errors.js";
import { show } from "../options/show.js";
import { writeFileAtomically } from "./atomic-write.js";
import { type Described, dtypeOf, layoutOf, parseHeader, type TensorData } from "./safetensors-header.js";

/** An array with its name and shape. */
export interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: TensorData;
}

export interface SafetensorsFile {
  readonly metadata: Readonly<Record<string, string>>;
  readonly tensors: readonly Tensor[];
}

/** Length of the number in front of the header. */
const prefixBytes = 8;
/** The format's own limit. */
const largestHeader = 100_000_000;
/** Node reads at most 2 GiB at once. */
const largestRead = 2 ** 30;

/**
 * Writes a safetensors file: tensors and metadata sorted by name, the header padded to 8 bytes, nothing of the clock, so
 * that equal content gives equal bytes. The file appears complete or not at all; an existing one is replaced.
 *
 * Format: https://github.com/huggingface/safetensors, with dtypes F32, F64, U8, I32 and U32.
 *
 * @throws BayesBinnError `ERR_OUTPUT` where the place cannot be written
 */
export async function writeSafetensors(path: string, { metadata, tensors }: SafetensorsFile): Promise<void> {
  const streamed = tensors.map(({ name, shape, data }) => ({
    name,
    shape,
    dtype: dtypeOf(data),
    pieces: () => [data],
  }));
  await streamSafetensors(path, metadata, streamed);
}

/** A tensor whose values come one piece after the other; a piece is needed no longer when the next is asked for. */
export interface StreamedTensor extends Described {
  pieces(): Iterable<TensorData>;
}

/**
 * As {@link writeSafetensors}, without ever holding all tensors.
 *
 * @throws BayesBinnError `ERR_OUTPUT`; what `pieces` throws, and no file then
 */
export async function streamSafetensors(
  path: string,
  metadata: SafetensorsFile["metadata"],
  tensors: readonly StreamedTensor[],
): Promise<void> {
  const { header, order } = layoutOf(metadata, tensors);
  await writeFileAtomically(path, partsOf(header, order));
}

function* partsOf(header: Uint8Array, tensors: readonly StreamedTensor[]): Generator<Uint8Array> {
  const prefix = new Uint8Array(prefixBytes);
  new DataView(prefix.buffer).setBigUint64(0, BigInt(header.byteLength), true);
  yield prefix;
  yield header;
  for (const tensor of tensors) {
    for (const piece of tensor.pieces()) yield bytesOf(piece);
  }
}

/**
 * Reads a safetensors file. Everything is checked against the size of the file before anything is allocated.
 *
 * @throws BayesBinnError `ERR_CHECKPOINT_FORMAT` naming the file and what is wrong with it
 */
export async function readSafetensors(path: string): Promise<SafetensorsFile> {
  return reading(path, readOpen);
}

/**
 * The metadata of a safetensors file, without its tensors.
 *
 * @throws BayesBinnError `ERR_CHECKPOINT_FORMAT` naming the file and what is wrong with it
 */
export async function readSafetensorsMetadata(path: string): Promise<SafetensorsFile["metadata"]> {
  return reading(path, async (file) => (await readHeader(file)).metadata);
}

async function reading<T>(path: string, read: (file: FileHandle) => Promise<T>): Promise<T> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, "r");
    return await read(file);
  } catch (error) {
    throw formatError(path, error);
  } finally {
    await file?.close();
  }
}

async function readOpen(file: FileHandle): Promise<SafetensorsFile> {
  const { metadata, entries, start } = await readHeader(file);
  const tensors: Tensor[] = [];
  for (const { name, shape, arrayType, offset, bytes } of entries) {
    const content = await read(file, start + offset, bytes);
    tensors.push({ name, shape, data: new arrayType(content.buffer) });
  }
  return { metadata, tensors };
}

/** What the header says, and where it ends. */
async function readHeader(file: FileHandle) {
  const stat = await file.stat();
  if (!stat.isFile()) throw new Error("it is no file");
  const { size } = stat;
  if (size < prefixBytes) throw new Error(`${size} bytes are no safetensors file, which has at least ${prefixBytes}`);
  const prefix = await read(file, 0, prefixBytes);
  const headerBytes = Number(new DataView(prefix.buffer).getBigUint64(0, true));
  if (headerBytes > Math.min(size - prefixBytes, largestHeader)) {
    throw new Error(`the header claims ${headerBytes} bytes of a file of ${size}`);
  }
  const text = new TextDecoder("utf-8", { fatal: true }).decode(await read(file, prefixBytes, headerBytes));
  const start = prefixBytes + headerBytes;
  return { ...parseHeader(text, size - start), start };
}

async function read(file: FileHandle, position: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
  const content = new Uint8Array(length);
  for (let done = 0; done < length; ) {
    const { bytesRead } = await file.read(content, done, Math.min(length - done, largestRead), position + done);
    if (bytesRead === 0) throw new Error(`the file ends at byte ${position + done}`);
    done += bytesRead;
  }
  return content;
}

function bytesOf(data: TensorData): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function formatError(path: string, error: unknown): BayesBinnError {
  const { code, syscall } = error as NodeJS.ErrnoException;
  const reason = code === "ENOENT" ? "no such file" : error instanceof Error ? error.message : String(error);
  return new BayesBinnError(
    "ERR_CHECKPOINT_FORMAT",
    syscall === undefined ? `not a safetensors file: ${show(path)}: ${reason}` : `${show(path)}: ${reason}`,
    { path, reason },
    { cause: error },
  );
}
