import { createHash } from "node:crypto";
import { basename, join } from "node:path";
import { FileWriter } from "../../io/file-writer.js";
import { type CifarLayout, type RecordFile, recordBytes, recordsOf } from "../cifar/layout.js";
import type { PreparedPart, PreparedParts, RecordProgress } from "./prepared.js";
import { memberError, type SourcePiece } from "./source-piece.js";

/**
 * Copies the record files of the official binary version, whatever folder they are in, and holds each against the length
 * and the SHA-256 of the published one.
 */
export class OfficialFiles {
  readonly #from: string;
  readonly #folder: string;
  readonly #layout: CifarLayout;
  readonly #progress: RecordProgress;
  readonly #hashes = { train: createHash("sha256"), test: createHash("sha256") };
  readonly #done = new Set<string>();
  #writer: FileWriter | undefined;
  #doneBytes = 0;

  constructor(from: string, folder: string, layout: CifarLayout, progress: RecordProgress) {
    this.#from = from;
    this.#folder = folder;
    this.#layout = layout;
    this.#progress = progress;
  }

  /** Whether `path` has the name of a record file. */
  static owns({ train, test }: CifarLayout, path: string): boolean {
    return [...train, ...test].some(({ name }) => name === basename(path));
  }

  async take({ path, data, last }: SourcePiece): Promise<void> {
    const name = basename(path);
    if (this.#done.has(name)) throw memberError(this.#from, path, `a second ${name}`);
    const part = this.#layout.test.some((file) => file.name === name) ? "test" : "train";
    const file = this.#layout[part].find((file) => file.name === name)!;
    this.#writer ??= await FileWriter.create(join(this.#folder, name));
    const bytes = recordBytes(this.#layout);
    if (this.#writer.bytes + data.length > file.records * bytes) {
      throw memberError(this.#from, path, `has more than the ${file.records * bytes} bytes of the published file`);
    }
    if (data.length > 0) {
      this.#hashes[part].update(data);
      await this.#writer.write(data);
      this.#doneBytes += data.length;
      this.#progress(Math.floor(this.#doneBytes / bytes), recordsOf([...this.#layout.train, ...this.#layout.test]));
    }
    if (last) await this.#finishFile(path, file, this.#writer);
  }

  /** All files are there. */
  async finish(): Promise<PreparedParts> {
    const { train, test } = this.#layout;
    const missing = [...train, ...test].filter(({ name }) => !this.#done.has(name)).map(({ name }) => name);
    if (missing.length > 0) throw memberError(this.#from, missing.join(", "), "missing");
    return { train: this.#part("train"), test: this.#part("test") };
  }

  async close(): Promise<void> {
    await this.#writer?.close();
  }

  async #finishFile(path: string, { name, records, sha256 }: RecordFile, writer: FileWriter): Promise<void> {
    const needed = records * recordBytes(this.#layout);
    if (writer.bytes < needed) {
      throw memberError(this.#from, path, `ends after ${writer.bytes} bytes; the published file has ${needed}`);
    }
    const found = await writer.finish();
    if (found !== sha256) {
      const problem = `these are not the published data: SHA-256 ${found}, accepted: ${sha256}`;
      throw memberError(this.#from, path, problem);
    }
    this.#done.add(name);
    this.#writer = undefined;
  }

  #part(part: "train" | "test"): PreparedPart {
    return { records: recordsOf(this.#layout[part]), sha256: this.#hashes[part].digest("hex") };
  }
}
