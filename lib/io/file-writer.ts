import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";

import { output } from "./output-error.js";

/** Writes a new file from piece to piece, and knows the length and the SHA-256 of what was written. */
export class FileWriter {
  readonly #hash = createHash("sha256");
  #bytes = 0;

  private constructor(
    readonly path: string,
    readonly file: FileHandle,
  ) {}

  /** @throws BayesBinnError `ERR_OUTPUT`, also where the file exists */
  static async create(path: string): Promise<FileWriter> {
    return new FileWriter(path, await output(path, () => open(path, "wx")));
  }

  /** Bytes so far. */
  get bytes(): number {
    return this.#bytes;
  }

  async write(data: Uint8Array): Promise<void> {
    this.#hash.update(data);
    this.#bytes += data.length;
    // writeFile goes on after short writes, from where the last one ended.
    await output(this.path, () => this.file.writeFile(data));
  }

  /** Flushes the file to the disk and closes it. @returns its SHA-256 in hexadecimal digits */
  async finish(): Promise<string> {
    await output(this.path, () => this.file.sync());
    await this.close();
    return this.#hash.digest("hex");
  }

  /** Closes the file, whatever is in it. */
  async close(): Promise<void> {
    await this.file.close().catch(() => undefined);
  }
}
