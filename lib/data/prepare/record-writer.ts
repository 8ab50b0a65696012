import { createHash } from "node:crypto";
import { join } from "node:path";
import { FileWriter } from "../../io/file-writer.js";
import type { RecordFile } from "../cifar/layout.js";
import type { PreparedPart } from "./prepared.js";

/** Writes records one after the other, and begins the next file of a list when one has as many as it shall have. */
export class RecordWriter {
  readonly #folder: string;
  readonly #files: readonly RecordFile[];
  readonly #hash = createHash("sha256");
  #writer: FileWriter | undefined;
  #file = 0;
  #inFile = 0;
  #records = 0;

  constructor(folder: string, files: readonly RecordFile[]) {
    this.#folder = folder;
    this.#files = files;
  }

  /** Takes some records; the caller sees to it that there are not too many. */
  async write(records: readonly Uint8Array[]): Promise<void> {
    for (let taken = 0; taken < records.length; ) {
      const file = this.#files[this.#file] as RecordFile;
      const group = records.slice(taken, taken + file.records - this.#inFile);
      this.#writer ??= await FileWriter.create(join(this.#folder, file.name));
      const bytes = Buffer.concat(group);
      await this.#writer.write(bytes);
      this.#hash.update(bytes);
      taken += group.length;
      this.#inFile += group.length;
      if (this.#inFile === file.records) await this.#nextFile();
    }
    this.#records += records.length;
  }

  /** Once all records are written. */
  finish(): PreparedPart {
    return { records: this.#records, sha256: this.#hash.digest("hex") };
  }

  async close(): Promise<void> {
    await this.#writer?.close();
  }

  async #nextFile(): Promise<void> {
    await this.#writer?.finish();
    this.#writer = undefined;
    this.#inFile = 0;
    this.#file++;
  }
}
