import { loadSharp } from "../../io/load-sharp.js";
import { type CifarLabel, type CifarLayout, IMAGE_BYTES, recordsOf, SIDE } from "../cifar/layout.js";
import { type ImageFormat, imageFormat } from "../images/image-format.js";
import { toPlanes } from "../images/planes.js";
import type { PreparedParts, RecordProgress } from "./prepared.js";
import { RecordWriter } from "./record-writer.js";
import { memberError, type SourcePiece } from "./source-piece.js";

/** Images that are decoded at once: enough for the decoder's threads, few enough to stay in memory. */
const AT_ONCE = 64;

/** More than any image of 32x32 pixels takes. */
const MAX_FILE_BYTES = 1 << 20;

/** `train/<class>/<file>` or `test/<class>/<file>`, in whatever folder. */
const imagePath = /(?:^|\/)(train|test)\/([^/]+)\/[^/]+$/;

interface ImageFile {
  readonly path: string;
  readonly part: "train" | "test";
  readonly label: number;
  readonly bytes: Uint8Array;
}

/**
 * Decodes images in folders named after their classes, and writes them as records in the order in which they come.
 *
 * Every class must have the same share of the images, as in the published data set.
 */
export class ImageFiles {
  readonly #from: string;
  readonly #layout: CifarLayout;
  readonly #label: CifarLabel;
  readonly #progress: RecordProgress;
  readonly #writers: Readonly<Record<"train" | "test", RecordWriter>>;
  readonly #counts: Readonly<Record<"train" | "test", number[]>>;
  readonly #waiting: ImageFile[] = [];
  #pieces: Uint8Array[] = [];
  #bytes = 0;
  #done = 0;

  constructor(from: string, folder: string, layout: CifarLayout, progress: RecordProgress) {
    this.#from = from;
    this.#layout = layout;
    this.#label = layout.labels[0] as CifarLabel;
    this.#progress = progress;
    const counts = () => new Array<number>(this.#label.classNames.length).fill(0);
    this.#counts = { train: counts(), test: counts() };
    this.#writers = {
      train: new RecordWriter(folder, layout.train),
      test: new RecordWriter(folder, layout.test),
    };
  }

  /** Whether `path` is that of an image of a class, and records have the one label that its folder gives. */
  static owns({ labels }: CifarLayout, path: string): boolean {
    return labels.length === 1 && imagePath.test(path);
  }

  async take({ path, data, last }: SourcePiece): Promise<void> {
    this.#bytes += data.length;
    if (this.#bytes > MAX_FILE_BYTES) {
      throw memberError(this.#from, path, `more than ${MAX_FILE_BYTES} bytes; images of ${SIDE}x${SIDE} have less`);
    }
    if (!last) {
      this.#pieces.push(data);
      return;
    }
    const bytes = Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.#bytes = 0;
    this.#waiting.push(this.#examine(path, bytes));
    if (this.#waiting.length === AT_ONCE) await this.#decode();
  }

  /** All images are there. */
  async finish(): Promise<PreparedParts> {
    await this.#decode();
    for (const part of ["train", "test"] as const) {
      for (const [label, name] of this.#label.classNames.entries()) {
        const count = this.#counts[part][label];
        const needed = this.#perClass(part);
        if (count === needed) continue;
        throw memberError(this.#from, `${part}/${name}`, `${count === 0 ? "no" : count} images; ${needed} are needed`);
      }
    }
    return { train: this.#writers.train.finish(), test: this.#writers.test.finish() };
  }

  async close(): Promise<void> {
    await this.#writers.train.close();
    await this.#writers.test.close();
  }

  /** Everything that can be said of an image before it is decoded. */
  #examine(path: string, bytes: Uint8Array): ImageFile {
    const [, part, className] = imagePath.exec(path) as unknown as [string, "train" | "test", string];
    const { classNames } = this.#label;
    const label = classNames.indexOf(className);
    if (label < 0) {
      const problem = `${className} is no class of ${this.#layout.title}, accepted: ${classNames.join(", ")}`;
      throw memberError(this.#from, path, problem);
    }
    this.#checkFormat(path, imageFormat(bytes));
    const counts = this.#counts[part];
    counts[label]!++;
    if (counts[label]! > this.#perClass(part)) {
      throw memberError(this.#from, path, `more than ${this.#perClass(part)} images of this class in ${part}`);
    }
    return { path, part, label, bytes };
  }

  /** Lossy images are no published pixels, and lossless ones are not recompressed. */
  #checkFormat(path: string, format: ImageFormat | undefined): void {
    const { name, pixels } = this.#layout;
    if (format === undefined) throw memberError(this.#from, path, "is no image, accepted: PNG and JPEG");
    if (pixels === "published" && format === "jpeg") {
      const problem = `JPEG files do not hold the published pixels of ${name}; prepare them as ${name}-jpeg, which says so`;
      throw memberError(this.#from, path, problem);
    }
    if (pixels === "jpeg" && format === "png") {
      const other = name.replace(/-jpeg$/, "");
      throw memberError(this.#from, path, `is a PNG file, and ${name} is of JPEG files; prepare these as ${other}`);
    }
  }

  async #decode(): Promise<void> {
    const files = this.#waiting.splice(0);
    const records = await Promise.all(files.map((file) => this.#record(file)));
    for (const part of ["train", "test"] as const) {
      await this.#writers[part].write(records.filter((_, index) => files[index]!.part === part));
    }
    this.#done += files.length;
    this.#progress(this.#done, recordsOf([...this.#layout.train, ...this.#layout.test]));
  }

  async #record({ path, label, bytes }: ImageFile): Promise<Uint8Array> {
    const sharp = await loadSharp();
    // As the decoder gives it: libjpeg-turbo with its defaults, the exact integer DCT and smooth chroma upsampling.
    const image = sharp(bytes).raw().toBuffer({ resolveWithObject: true });
    const { data, info } = await image.catch((cause: Error) => {
      throw memberError(this.#from, path, `cannot be decoded: ${cause.message.split("\n")[0]}`, cause);
    });
    const { width, height, channels } = info;
    if (width !== SIDE || height !== SIDE || channels !== 3) {
      const problem = `${height}x${width} pixels of ${channels} channels; ${SIDE}x${SIDE} of 3 are needed`;
      throw memberError(this.#from, path, problem);
    }
    const record = new Uint8Array(1 + IMAGE_BYTES);
    record[0] = label;
    toPlanes(data, channels, record, 1);
    return record;
  }

  #perClass(part: "train" | "test"): number {
    return recordsOf(this.#layout[part]) / this.#label.classNames.length;
  }
}
