import { basename, join } from "node:path";

import { makeFolderAtomically, requireFree, withScratchFolder } from "../../io/atomic-folder.js";
import { FileWriter } from "../../io/file-writer.js";
import { cachedFolder } from "../cache-folder.js";
import type { CifarLayout } from "../cifar/layout.js";
import { withFileBytes } from "../file-bytes.js";
import { prepareCifar } from "../prepare/prepare-cifar.js";
import { fetchFile } from "./fetch-file.js";
import type { PublishedSource } from "./sources.js";

/** How far a download is. */
export interface DownloadProgress {
  /** `fetch` counts bytes; `unpack`, only for data sets in the layout of CIFAR, records. */
  readonly stage: "fetch" | "unpack";
  readonly done: number;
  readonly total: number;
}

/** Options of {@link downloadDataset}. */
export interface DownloadOptions {
  /** The layout of a data set that comes as one archive; without it, every file is unpacked as it is. */
  readonly layout?: CifarLayout;
  /** Address of another folder with the same files. */
  readonly mirror?: string;
  /** The folder to make; default: that of the data set in the cache. */
  readonly to?: string;
  /** Stops; nothing stays. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: DownloadProgress) => void;
}

/**
 * Fetches the published files of a data set, checks each, and makes the data set's folder of them. The folder is there
 * complete or not at all; what was fetched is removed.
 *
 * Errors: those of `fetchFile` and `prepareCifar`; `ERR_OUTPUT`, before anything is fetched, where the folder is there.
 *
 * @returns the folder
 */
export async function downloadDataset(source: PublishedSource, options: DownloadOptions = {}): Promise<string> {
  const { layout, to = cachedFolder(source.name), signal, onProgress = () => {} } = options;
  await requireFree(to);
  await withScratchFolder(to, async (scratch) => {
    const files = await fetchAll(source, scratch, options);
    if (layout === undefined) {
      await makeFolderAtomically(to, (folder) => unpackAll(files, folder, signal));
      return;
    }
    const unpacked = (done: number, total: number) => onProgress({ stage: "unpack", done, total });
    await prepareCifar(layout, { from: files[0]!, to, onProgress: unpacked, ...(signal !== undefined && { signal }) });
  });
  return to;
}

/** @returns the paths of the files */
async function fetchAll(source: PublishedSource, folder: string, options: DownloadOptions): Promise<string[]> {
  const { mirror = source.base, layout, signal, onProgress = () => {} } = options;
  const total = source.files.reduce((sum, { bytes }) => sum + bytes, 0);
  const names = source.files.map(({ name }) => name).join(", ");
  const use =
    layout === undefined
      ? "unpack them and give their folder"
      : `run \`bayesbinn data prepare ${source.name} --from <file>\``;
  const advice = `Try again, give another address with --mirror, or get ${names} elsewhere and ${use}`;
  const paths: string[] = [];
  let done = 0;
  for (const file of source.files) {
    const to = join(folder, file.name);
    await fetchFile({
      file,
      base: mirror.replace(/\/+$/, ""),
      to,
      advice,
      onBytes(bytes) {
        done += bytes;
        onProgress({ stage: "fetch", done, total });
      },
      ...(signal !== undefined && { signal }),
    });
    paths.push(to);
  }
  return paths;
}

/** Files that are read on every start are kept unpacked. */
async function unpackAll(files: readonly string[], folder: string, signal: AbortSignal | undefined): Promise<void> {
  for (const file of files) {
    const name = basename(file, ".gz");
    const writer = await FileWriter.create(join(folder, name));
    try {
      await withFileBytes(file, async ({ chunks }) => {
        for await (const chunk of chunks) {
          signal?.throwIfAborted();
          await writer.write(chunk);
        }
      });
      await writer.finish();
    } finally {
      await writer.close();
    }
  }
}
