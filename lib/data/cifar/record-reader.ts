import { stat } from "node:fs/promises";
import { join } from "node:path";

import { BayesBinnError } from "../../native/errors.js";
import { exists } from "../exists.js";
import { withFileBytes } from "../file-bytes.js";
import { formatError } from "../format-error.js";
import { sharedBytes } from "../shared-bytes.js";
import { type CifarLayout, IMAGE_BYTES, recordBytes } from "./layout.js";

/** The records of some files, one after the other. */
export interface Records {
  readonly count: number;
  /** `count * IMAGE_BYTES` values in shared memory. */
  readonly pixels: Uint8Array;
  /** One array of `count` labels for each label byte. */
  readonly labels: readonly Int32Array[];
}

/**
 * The paths of the training and the test files of `layout` in `folder`.
 *
 * Errors: `ERR_DATASET_MISSING` names every file that is not there, and says how to obtain the data.
 */
export async function findRecordFiles(
  layout: CifarLayout,
  folder: string,
): Promise<{ readonly train: readonly string[]; readonly test: readonly string[] }> {
  const names = [...layout.train, ...layout.test].map(({ name }) => name);
  const there = await Promise.all(names.map((name) => exists(join(folder, name))));
  const missing = names.filter((_, index) => !there[index]);
  if (missing.length > 0) {
    const list = missing.join(", ");
    const problem = (await exists(folder))
      ? `${folder} has no ${list}`
      : `${folder}: no such folder, accepted: one with ${list}`;
    const message = `${layout.name}: ${problem}. ${layout.advice}`;
    throw new BayesBinnError("ERR_DATASET_MISSING", message, { dataset: layout.name, folder, missing });
  }
  const paths = (part: "train" | "test") => layout[part].map(({ name }) => join(folder, name));
  return { train: paths("train"), test: paths("test") };
}

/**
 * Reads files of records. Any number of records from 1 on is accepted in each file, but only whole ones.
 *
 * Errors: `ERR_DATASET_FORMAT` with the file and the byte offset (empty, ends inside a record, a label out of range,
 * unreadable); `ERR_DATASET_MISSING` where a file does not exist.
 */
export async function readRecords(layout: CifarLayout, files: readonly string[]): Promise<Records> {
  const counts: number[] = [];
  for (const file of files) counts.push(await countRecords(layout, file));
  const count = counts.reduce((sum, records) => sum + records, 0);
  const pixels = sharedBytes(files[0] as string, count * IMAGE_BYTES);
  const labels = layout.labels.map(() => new Int32Array(count));
  const records = { count, pixels, labels };
  let first = 0;
  for (const [index, file] of files.entries()) {
    await readFile(layout, file, counts[index] as number, records, first);
    first += counts[index] as number;
  }
  return records;
}

/** Records of a file, by its length. */
async function countRecords(layout: CifarLayout, file: string): Promise<number> {
  const bytes = recordBytes(layout);
  const { size } = await stat(file).catch((cause: NodeJS.ErrnoException) => {
    throw formatError(file, 0, `cannot be read: ${cause.message}`, { cause });
  });
  const count = Math.floor(size / bytes);
  if (size === 0) throw formatError(file, 0, "the file is empty; at least one record is needed");
  if (count * bytes === size) return count;
  throw formatError(
    file,
    size,
    `the file ends inside record ${count}: ${size} bytes are no multiple of ${bytes}, the bytes of a record`,
  );
}

/** Puts the records of `file` to where `first` says. */
function readFile(layout: CifarLayout, file: string, count: number, to: Records, first: number): Promise<void> {
  const bytes = recordBytes(layout);
  const labelBytes = layout.labels.length;
  return withFileBytes(file, async ({ chunks, compressed }) => {
    if (compressed) throw formatError(file, 0, `is gzip; the files of ${layout.name} are read unpacked`);
    let offset = 0;
    for await (const chunk of chunks) {
      if (offset + chunk.length > count * bytes)
        throw formatError(file, count * bytes, "the file grew while it was read");
      for (let at = 0; at < chunk.length; ) {
        const record = Math.floor(offset / bytes);
        const inRecord = offset - record * bytes;
        let taken = 1;
        if (inRecord < labelBytes) {
          setLabel(layout, file, offset, inRecord, chunk[at] as number, to, first + record);
        } else {
          taken = Math.min(chunk.length - at, bytes - inRecord);
          to.pixels.set(chunk.subarray(at, at + taken), (first + record) * IMAGE_BYTES + inRecord - labelBytes);
        }
        at += taken;
        offset += taken;
      }
    }
    if (offset < count * bytes) throw formatError(file, offset, "the file shrank while it was read");
  });
}

function setLabel(
  { name, labels }: CifarLayout,
  file: string,
  offset: number,
  index: number,
  value: number,
  to: Records,
  record: number,
): void {
  const label = labels[index];
  const last = (label?.classNames.length ?? 0) - 1;
  if (value > last) {
    const what = labels.length === 1 ? "label" : `${label?.name} label`;
    throw formatError(file, offset, `${what} ${value}; ${name} has ${what}s 0 to ${last}`);
  }
  (to.labels[index] as Int32Array)[record] = value;
}
