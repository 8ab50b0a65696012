import { type FileHandle, open, stat } from "node:fs/promises";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { BayesBinnError } from "../native/errors.js";
import { formatError } from "./format-error.js";

/** Big enough that reading MNIST takes few turns of the event loop, small enough that a turn stays short. */
const CHUNK_BYTES = 1 << 18;

/** Deflate cannot expand more than this: a match of 258 bytes takes two bits. */
const MAX_EXPANSION = 1032;

/** The contents of a file, piece by piece, unpacked where it is gzip. */
export interface FileBytes {
  readonly compressed: boolean;
  /** An upper bound of the contents' length, known before anything is unpacked. */
  readonly maxBytes: number;
  readonly chunks: AsyncIterable<Uint8Array>;
}

/**
 * Opens `file` for the duration of `use`. Whether it is gzip is seen from its first two bytes, not from its name.
 *
 * Nothing is read ahead beyond a few chunks, so a consumer that stops early has unpacked no more than it took.
 *
 * @param padding whether more may follow the gzip data, as some archives are filled up with zeros; default: no
 *
 * Errors: `ERR_DATASET_MISSING` where there is no such file; `ERR_DATASET_FORMAT` where it is no regular file, cannot be
 * read, is corrupt gzip, or goes on after the gzip data.
 */
export async function withFileBytes<T>(
  file: string,
  use: (bytes: FileBytes) => Promise<T>,
  { padding = false }: { readonly padding?: boolean } = {},
): Promise<T> {
  const size = await sizeOf(file);
  const handle = await open(file).catch((cause: unknown) => {
    throw unreadable(file, 0, cause);
  });
  try {
    const compressed = await isGzip(file, handle);
    return await use({
      compressed,
      maxBytes: compressed ? size * MAX_EXPANSION : size,
      chunks: compressed ? unpacked(file, handle, size, padding) : stored(file, handle),
    });
  } finally {
    await handle.close();
  }
}

/** Looks before opening, because opening a named pipe would wait for a writer. */
async function sizeOf(file: string): Promise<number> {
  const status = await stat(file).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== "ENOENT" && cause.code !== "ENOTDIR") throw unreadable(file, 0, cause);
    throw new BayesBinnError("ERR_DATASET_MISSING", `${file}: no such file`, { file }, { cause });
  });
  if (!status.isFile()) throw formatError(file, 0, "is not a regular file");
  return status.size;
}

async function isGzip(file: string, handle: FileHandle): Promise<boolean> {
  const start = new Uint8Array(2);
  const { bytesRead } = await handle.read(start, 0, 2, 0).catch((cause: unknown) => {
    throw unreadable(file, 0, cause);
  });
  return bytesRead === 2 && start[0] === 0x1f && start[1] === 0x8b;
}

async function* stored(file: string, handle: FileHandle): AsyncGenerator<Uint8Array> {
  for (let position = 0; ; ) {
    const buffer = new Uint8Array(CHUNK_BYTES);
    const { bytesRead } = await handle.read(buffer, 0, CHUNK_BYTES, position).catch((cause: unknown) => {
      throw unreadable(file, position, cause);
    });
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

async function* unpacked(file: string, handle: FileHandle, size: number, padding: boolean): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
  // Failures of the source arrive through `gunzip`, which the pipeline destroys with the same error.
  pipeline(stored(file, handle), gunzip, () => {});
  try {
    yield* gunzip;
  } catch (cause) {
    if (cause instanceof BayesBinnError) throw cause;
    const ended = (cause as NodeJS.ErrnoException).code === "Z_BUF_ERROR";
    const problem = ended ? "the gzip data end too early" : `corrupt gzip data here or later: ${messageOf(cause)}`;
    throw formatError(file, ended ? size : gunzip.bytesWritten, problem, { cause });
  }
  // zlib skips padding after the last member; a data set has none.
  if (gunzip.bytesWritten < size && !padding) {
    throw formatError(file, gunzip.bytesWritten, `${size - gunzip.bytesWritten} bytes follow the end of the gzip data`);
  }
}

function unreadable(file: string, offset: number, cause: unknown): BayesBinnError {
  return formatError(file, offset, `cannot be read: ${messageOf(cause)}`, { cause });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
