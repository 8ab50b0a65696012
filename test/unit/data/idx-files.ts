import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { BayesBinnError, type ErrorCode } from "../../../lib/native/errors.js";

/** Runs `use` with a fresh folder, which is removed afterwards. */
export async function inTempFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "bayesbinn-data-"));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** An IDX file of unsigned bytes; `magic` and `data` may be wrong on purpose. */
export function idx(shape: readonly number[], data: Iterable<number>, magic = [0, 0, 8, shape.length]): Buffer {
  const sizes = Buffer.alloc(4 * shape.length);
  for (const [axis, size] of shape.entries()) sizes.writeUInt32BE(size, 4 * axis);
  return Buffer.concat([Buffer.from(magic), sizes, Buffer.from(Array.from(data))]);
}

/** `count` bytes that repeat with a prime period, so that a shift or a swap shows. */
export function pattern(count: number, period = 251): Uint8Array {
  return Uint8Array.from({ length: count }, (_, index) => (index * 7 + 3) % period);
}

/** The four files of an MNIST-like data set with `train` and `test` images of 28x28. */
export function fourFiles(train = 5, test = 3): Record<string, Buffer> {
  return {
    "train-images-idx3-ubyte": idx([train, 28, 28], pattern(train * 784)),
    "train-labels-idx1-ubyte": idx([train], pattern(train, 10)),
    "t10k-images-idx3-ubyte": idx([test, 28, 28], pattern(test * 784, 239)),
    "t10k-labels-idx1-ubyte": idx([test], pattern(test, 10)),
  };
}

export async function writeFiles(folder: string, files: Readonly<Record<string, Uint8Array>>): Promise<void> {
  for (const [name, contents] of Object.entries(files)) await writeFile(join(folder, name), contents);
}

/** The error of `action`, which must be a BayesBinnError with `code` and a message that matches all of `patterns`. */
export async function failure(
  action: () => unknown,
  code: ErrorCode,
  ...patterns: readonly (RegExp | string)[]
): Promise<BayesBinnError> {
  const error: unknown = await Promise.resolve()
    .then(action)
    .catch((thrown: unknown) => thrown);
  if (!(error instanceof BayesBinnError)) {
    assert.unreachable(`expected ${code}, got ${error}`);
    throw error;
  }
  assert.is(error.code, code, error.message);
  for (const expected of patterns) {
    if (typeof expected === "string") assert.ok(error.message.includes(expected), `"${expected}" in: ${error.message}`);
    else assert.match(error.message, expected);
  }
  return error;
}
