import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { cifar10Layout } from "../../../lib/data/cifar/cifar10.js";
import { cifar10JpegLayout } from "../../../lib/data/cifar/cifar10-jpeg.js";
import { cifar100Layout } from "../../../lib/data/cifar/cifar100.js";
import type { CifarLayout, RecordFile } from "../../../lib/data/cifar/layout.js";
import { pattern } from "./idx-files.js";

/**
 * Files in the exact layout of the binary version of CIFAR, with made-up contents: the published files were not at hand
 * when these tests were written.
 */

/** Pixels of an image. */
export const imageBytes = 3072;

/** Records of one image each, with these label bytes; the pixels differ from record to record and from file to file. */
export function records(labels: readonly (readonly number[])[], seed = 0): Buffer {
  return Buffer.concat(labels.flatMap((bytes, index) => [Uint8Array.from(bytes), image(seed + index)]));
}

/** The pixels of the image `index`: planes of bytes with a prime period, so that a shift or a swap shows. */
export function image(index: number): Uint8Array {
  return pattern(imageBytes + index).subarray(index);
}

/** The six files of CIFAR-10 with 1, 2, 3, 1, 1 and 4 records. */
export function cifar10Files(): Record<string, Buffer> {
  return {
    "data_batch_1.bin": records([[3]], 0),
    "data_batch_2.bin": records([[9], [0]], 1),
    "data_batch_3.bin": records([[1], [2], [3]], 3),
    "data_batch_4.bin": records([[5]], 6),
    "data_batch_5.bin": records([[8]], 7),
    "test_batch.bin": records([[7], [6], [5], [4]], 100),
  };
}

/** The two files of CIFAR-100 with 3 and 2 records: coarse label, fine label. */
export function cifar100Files(): Record<string, Buffer> {
  return {
    "train.bin": records([
      [19, 99],
      [0, 7],
      [4, 0],
    ]),
    "test.bin": records(
      [
        [11, 98],
        [2, 31],
      ],
      50,
    ),
  };
}

/** A layout whose published files are `files`. */
export function publishedAs(layout: CifarLayout, files: Readonly<Record<string, Uint8Array>>): CifarLayout {
  const bytes = layout.labels.length + imageBytes;
  const published = ({ name }: RecordFile): RecordFile => {
    const contents = files[name] as Uint8Array;
    return { name, records: contents.length / bytes, sha256: sha256(contents) };
  };
  return { ...layout, train: layout.train.map(published), test: layout.test.map(published) };
}

export const tinyCifar10 = publishedAs(cifar10Layout, cifar10Files());
export const tinyCifar100 = publishedAs(cifar100Layout, cifar100Files());

/** The layouts with 2 training images (in files of 4 records) and 1 test image a class. */
const few = {
  train: cifar10JpegLayout.train.map(({ name }) => ({ name, records: 4 })),
  test: cifar10JpegLayout.test.map(({ name }) => ({ name, records: 10 })),
};
export const fewPng: CifarLayout = { ...cifar10Layout, ...few };
export const fewJpeg: CifarLayout = { ...cifar10JpegLayout, ...few };

export function sha256(...parts: readonly Uint8Array[]): string {
  return createHash("sha256").update(Buffer.concat(parts)).digest("hex");
}

/** Writes files by their paths inside `folder`, whose folders are made. */
export async function writeTree(folder: string, files: Readonly<Record<string, Uint8Array | string>>): Promise<void> {
  for (const [path, contents] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), contents);
  }
}

/** What an archive holds beside plain files. */
export interface TarMember {
  readonly path: string;
  readonly contents?: Uint8Array;
  /** `0` file, `5` folder, `2` symbolic link. */
  readonly type?: "0" | "2" | "5";
  readonly target?: string;
}

/** A tar archive in ustar format. */
export function tar(members: readonly TarMember[]): Buffer {
  const blocks = members.flatMap(({ path, contents = new Uint8Array(0), type = "0", target = "" }) => {
    const header = Buffer.alloc(512);
    const octal = (value: number, digits: number) => `${value.toString(8).padStart(digits, "0")}\0`;
    header.write(path, 0);
    header.write(octal(0o644, 7), 100);
    header.write(octal(contents.length, 11), 124);
    header.write(octal(0, 11), 136);
    header.write(" ".repeat(8), 148);
    header.write(type, 156);
    header.write(target, 157);
    header.write("ustar\x0000", 257);
    header.write(
      octal(
        header.reduce((sum, byte) => sum + byte, 0),
        6,
      ),
      148,
    );
    return [header, contents, Buffer.alloc((512 - (contents.length % 512)) % 512)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

/** The same of files by path. */
export function tarOf(files: Readonly<Record<string, Uint8Array>>): Buffer {
  return tar(Object.entries(files).map(([path, contents]) => ({ path, contents })));
}
