import { writeFile } from "node:fs/promises";
import { basename, join } from "node:path";

import { makeFolderAtomically } from "../../io/atomic-folder.js";
import { output } from "../../io/output-error.js";
import { BayesBinnError } from "../../native/errors.js";
import { cachedFolder } from "../cache-folder.js";
import type { CifarLayout } from "../cifar/layout.js";
import { ImageFiles } from "./image-files.js";
import { OfficialFiles } from "./official-files.js";
import type { PreparedParts, RecordProgress } from "./prepared.js";
import { readSource, requireSource } from "./read-source.js";
import { memberError, type SourcePiece } from "./source-piece.js";

/** Options of {@link prepareCifar}. */
export interface PrepareOptions {
  /** A tar archive, plain or gzip, or a folder. */
  readonly from: string;
  /** The folder to make; default: that of the data set in the cache. */
  readonly to?: string;
  /** Stops; nothing stays. */
  readonly signal?: AbortSignal;
  readonly onProgress?: RecordProgress;
}

/** What was made, and where. */
export interface Prepared extends PreparedParts {
  readonly folder: string;
}

/** What takes the files of a source. */
type Sink = OfficialFiles | ImageFiles;

/**
 * Makes the folder of a data set in the binary layout of CIFAR from what a user has of it:
 *
 * - the official binary version, an archive or its folder: the files must be the published ones, byte for byte;
 * - images in folders `train/<class>` and `test/<class>`, an archive or a folder, as many of each class as are published.
 *   PNG files are taken for the published pixels; JPEG files are refused for a data set of published pixels, and are the
 *   only ones for a recompressed one. Records are in the order of the files.
 *
 * The folder is there complete or not at all. Memory stays small: files are read, decoded and written piece by piece.
 *
 * Errors: `ERR_DATASET_MISSING` where `from` does not exist; `ERR_DATASET_FORMAT` with the file in it that does not fit;
 * `ERR_OUTPUT` where the folder cannot be written, or is there already; the reason of `signal` after an abort.
 */
export async function prepareCifar(layout: CifarLayout, options: PrepareOptions): Promise<Prepared> {
  const { from, to = cachedFolder(layout.name), signal, onProgress = () => {} } = options;
  await requireSource(from);
  const parts = await makeFolderAtomically(to, async (folder) => {
    const { take, finish, close } = createSink(layout, from, folder, onProgress);
    try {
      await readSource(from, take, signal);
      const parts = await finish();
      await writeTexts(layout, from, folder);
      return parts;
    } finally {
      await close();
    }
  });
  return { folder: to, ...parts };
}

/** Sorts the files of the source: the first one that is known says what the source is. */
function createSink(layout: CifarLayout, from: string, folder: string, progress: RecordProgress) {
  const kinds = [OfficialFiles, ImageFiles] as const;
  let sink: Sink | undefined;
  const take = async (piece: SourcePiece) => {
    const { path } = piece;
    const kind = kinds.find((candidate) => candidate.owns(layout, path));
    if (kind === undefined) return refuseOtherVersion(layout, from, path);
    sink ??= new kind(from, folder, layout, progress);
    if (!(sink instanceof kind)) {
      throw memberError(from, path, "record files and images in one source; only one of them is accepted");
    }
    if (kind === OfficialFiles && layout.pixels !== "published") {
      const official = layout.name.replace(/-jpeg$/, "");
      const problem = `is a record file, and ${layout.name} is made of JPEG files; prepare the official files as ${official}`;
      throw memberError(from, path, problem);
    }
    await sink.take(piece);
  };
  const finish = async () => {
    if (sink === undefined) throw nothingKnown(layout, from);
    return sink.finish();
  };
  return { take, finish, close: async () => sink?.close() };
}

/** Files of the other versions have other names; anything else in a source, such as a readme, is left out. */
function refuseOtherVersion({ title }: CifarLayout, from: string, path: string): void {
  const isPython = /^(data_batch_\d|test_batch|batches\.meta|train|test|meta)$/.test(basename(path));
  if (!isPython && !path.endsWith(".mat")) return;
  throw memberError(from, path, `is of another version of ${title}; the binary version is needed`);
}

function nothingKnown({ name, train, test, labels, pixels }: CifarLayout, from: string): BayesBinnError {
  const records = [...train, ...test].map(({ name }) => name).join(", ");
  const images = "images in train/<class> and test/<class>";
  const accepted = [
    ...(pixels === "published" ? [records] : []),
    ...(labels.length === 1 ? [pixels === "published" ? `PNG ${images}` : `JPEG ${images}`] : []),
  ].join(", or ");
  const message = `${from} holds nothing of ${name}, accepted: an archive or a folder with ${accepted}`;
  return new BayesBinnError("ERR_DATASET_FORMAT", message, { file: from, dataset: name });
}

/** The lists of class names, as in the official version, and where the data come from. */
async function writeTexts({ title, labels, pixels }: CifarLayout, from: string, folder: string): Promise<void> {
  const note =
    pixels === "jpeg" ? "\nThe pixels went through lossy compression: these are not the published data." : "";
  const texts = [
    ...labels.map(({ namesFile, classNames }) => [namesFile, classNames.join("\n")] as const),
    ["SOURCE.txt", `${title}, made by bayesbinn from ${basename(from)}.${note}`] as const,
  ];
  for (const [name, text] of texts) {
    const path = join(folder, name);
    await output(path, () => writeFile(path, `${text}\n`));
  }
}
