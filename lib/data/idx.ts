import type { BayesBinnError } from "../native/errors.js";
import { type FileBytes, withFileBytes } from "./file-bytes.js";
import { formatError } from "./format-error.js";
import { sharedBytes } from "./shared-bytes.js";

/** Contents of an IDX file of unsigned bytes. */
export interface IdxArray {
  readonly shape: readonly number[];
  /** `product(shape)` values, row-major, in shared memory: sessions read it there, and need no copy. */
  readonly data: Uint8Array;
  /** Bytes before the first value. */
  readonly headerBytes: number;
  /** Whether the file is gzip; offsets into the data are then those of the unpacked data. */
  readonly compressed: boolean;
}

/** Type code of unsigned bytes, the only type that the image data sets use. */
const UNSIGNED_BYTE = 0x08;

/** More than any image data set in this format holds, and what every supported platform can allocate. */
const MAX_BYTES = 2 ** 31 - 1;

/**
 * Reads an IDX file of unsigned bytes with `rank` dimensions, plain or gzip (seen from the contents, not from the name).
 *
 * Strict: exactly the values that the header promises, nothing after them, no empty dimension. Memory is allocated only
 * after the header is known to be possible for a file of this size, and no more is unpacked than the header promises.
 *
 * Shapes: magic number `00 00 08 rank`, then `rank` big-endian 32-bit sizes, then `product(sizes)` bytes.
 *
 * Errors: `ERR_DATASET_FORMAT` with the file and the byte offset (wrong magic number, truncated, trailing bytes,
 * impossible dimensions, corrupt gzip, unreadable); `ERR_DATASET_MISSING` where the file does not exist.
 *
 * Source: "THE IDX FILE FORMAT" on the page of the MNIST database (Y. LeCun, C. Cortes, C. J. C. Burges).
 */
export function readIdx(file: string, rank: number): Promise<IdxArray> {
  return withFileBytes(file, async (bytes) => {
    const assembler = new IdxAssembler(file, rank, bytes);
    for await (const chunk of bytes.chunks) assembler.push(chunk);
    return assembler.finish();
  });
}

/** Takes the file's contents in pieces of any size: the header first, then straight into the final array. */
class IdxAssembler {
  readonly #file: string;
  readonly #rank: number;
  readonly #source: FileBytes;
  readonly #header: Uint8Array;
  /** Bytes of the contents taken so far. */
  #offset = 0;
  #shape: readonly number[] = [];
  #data: Uint8Array | undefined;

  constructor(file: string, rank: number, source: FileBytes) {
    this.#file = file;
    this.#rank = rank;
    this.#source = source;
    this.#header = new Uint8Array(4 + 4 * rank);
  }

  push(chunk: Uint8Array): void {
    const inHeader = Math.min(chunk.length, Math.max(this.#header.length - this.#offset, 0));
    this.#header.set(chunk.subarray(0, inHeader), Math.min(this.#offset, this.#header.length));
    this.#offset += inHeader;
    if (this.#offset < this.#header.length) return;
    this.#data ??= this.#begin();

    const values = chunk.subarray(inHeader);
    const end = this.#header.length + this.#data.length;
    if (this.#offset + values.length > end) {
      throw this.#error(
        end,
        `the file goes on after the ${this.#data.length} values of shape ${this.#describeShape()}`,
      );
    }
    this.#data.set(values, this.#offset - this.#header.length);
    this.#offset += values.length;
  }

  finish(): IdxArray {
    if (this.#offset >= 4) this.#checkMagic();
    if (this.#data === undefined) {
      throw this.#error(this.#offset, `the file ends inside its header of ${this.#header.length} bytes`);
    }
    const end = this.#header.length + this.#data.length;
    if (this.#offset < end) throw this.#truncated(this.#offset, end);
    return {
      shape: this.#shape,
      data: this.#data,
      headerBytes: this.#header.length,
      compressed: this.#source.compressed,
    };
  }

  /** Checks the whole header, then allocates what it promises. */
  #begin(): Uint8Array {
    this.#checkMagic();
    const view = new DataView(this.#header.buffer);
    this.#shape = Array.from({ length: this.#rank }, (_, axis) => view.getUint32(4 + 4 * axis));
    const empty = this.#shape.indexOf(0);
    if (empty >= 0) throw this.#error(4 + 4 * empty, `dimension ${empty} is 0; at least 1 is needed`);
    const count = this.#shape.reduce((product, size) => product * size, 1);
    if (count > MAX_BYTES) {
      throw this.#error(4, `shape ${this.#describeShape()} means ${count} values; at most ${MAX_BYTES} are accepted`);
    }
    const end = this.#header.length + count;
    if (end > this.#source.maxBytes) throw this.#truncated(this.#source.maxBytes, end);
    return sharedBytes(this.#file, count);
  }

  #checkMagic(): void {
    const accepted = [0, 0, UNSIGNED_BYTE, this.#rank];
    const wrong = accepted.findIndex((byte, index) => this.#header[index] !== byte);
    if (wrong < 0) return;
    const found = hex(this.#header.subarray(0, 4));
    throw this.#error(
      wrong,
      `wrong magic number ${found}; ${hex(accepted)} is accepted (IDX, unsigned bytes, ${this.#rank}-dimensional)`,
    );
  }

  #truncated(offset: number, end: number): BayesBinnError {
    const shape = this.#describeShape();
    // An estimate from the size of a gzip file is an upper bound, not the place where the data end.
    const place = this.#offset < offset && this.#source.compressed ? "before" : "at";
    return this.#error(offset, `the file ends ${place} byte ${offset}, but shape ${shape} needs ${end} bytes`);
  }

  #describeShape(): string {
    return this.#shape.join("x");
  }

  #error(offset: number, problem: string): BayesBinnError {
    return formatError(this.#file, offset, problem, { unpacked: this.#source.compressed });
  }
}

function hex(bytes: Iterable<number>): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}
