import type { ReadEntry } from "tar";

import type { BayesBinnError } from "../../native/errors.js";
import { withFileBytes } from "../file-bytes.js";
import { formatError } from "../format-error.js";
import { memberError, type SourcePiece, type TakePiece } from "./source-piece.js";

const fileTypes: ReadonlySet<string> = new Set(["File", "OldFile", "ContiguousFile"]);
const folderTypes: ReadonlySet<string> = new Set(["Directory", "GNUDumpDir"]);
const empty = new Uint8Array(0);
const accepted = "a tar archive, plain or gzip";

const otherPackings = [
  { name: "bzip2", magic: [0x42, 0x5a, 0x68] },
  { name: "xz", magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00] },
  { name: "zip", magic: [0x50, 0x4b, 0x03, 0x04] },
  { name: "zstd", magic: [0x28, 0xb5, 0x2f, 0xfd] },
  { name: "7z", magic: [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c] },
];

/**
 * Hands every file of a tar archive, plain or gzip, to `take`. Nothing is written anywhere, and paths that lead out of
 * the archive are refused, so that no member can reach beyond it.
 *
 * Errors: see `readSource`.
 */
export function readTar(file: string, take: TakePiece): Promise<void> {
  return withFileBytes(
    file,
    async ({ chunks, compressed }) => {
      const members = new Members(file, compressed);
      for await (const chunk of chunks) {
        for (const piece of await members.pieces(chunk)) await take(piece);
      }
      for (const piece of await members.end()) await take(piece);
    },
    { padding: true },
  );
}

/** The parser of the package `tar`, fed chunk by chunk, so that its events never pile up. */
class Members {
  readonly #file: string;
  readonly #compressed: boolean;
  #parser: { write(chunk: Uint8Array): boolean; end(): unknown } | undefined;
  #pieces: SourcePiece[] = [];
  /** The first one; the parser goes on after it. */
  #problem: BayesBinnError | undefined;
  /** The member that was begun last. */
  #path: string | undefined;
  #offset = 0;

  constructor(file: string, compressed: boolean) {
    this.#file = file;
    this.#compressed = compressed;
  }

  async pieces(chunk: Uint8Array): Promise<readonly SourcePiece[]> {
    if (this.#parser === undefined) {
      this.#refuseOtherPacking(chunk);
      this.#parser = await this.#create();
    }
    // The parser takes only buffers for bytes.
    this.#parser.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    const pieces = this.#take();
    this.#offset += chunk.length;
    return pieces;
  }

  async end(): Promise<readonly SourcePiece[]> {
    if (this.#parser === undefined) throw formatError(this.#file, 0, `the file is empty, accepted: ${accepted}`);
    this.#parser.end();
    return this.#take();
  }

  /** Other packings are common for archives; told by their first bytes. */
  #refuseOtherPacking(start: Uint8Array): void {
    const packing = otherPackings.find(({ magic }) => magic.every((byte, at) => start[at] === byte));
    if (packing === undefined) return;
    const problem = `is packed with ${packing.name}, accepted: ${accepted}`;
    throw formatError(this.#file, 0, problem, { unpacked: this.#compressed });
  }

  async #create() {
    const { Parser } = await import("tar");
    // Strict: a header with a wrong checksum is an error, not a member to leave out.
    const parser = new Parser({ strict: true });
    parser.on("error", (error: Error) => {
      this.#problem ??= this.#damaged(error);
    });
    parser.on("entry", (entry: ReadEntry) => this.#begin(entry));
    return parser;
  }

  #begin(entry: ReadEntry): void {
    const { path, type } = entry;
    this.#path = path;
    if (path.startsWith("/") || path.split("/").includes("..")) {
      this.#problem ??= memberError(this.#file, path, "the path leads out of the archive");
    }
    if (!fileTypes.has(type)) {
      if (!folderTypes.has(type)) {
        this.#problem ??= memberError(this.#file, path, `is a ${type}; files and folders are accepted`);
      }
      entry.resume();
      return;
    }
    // With a listener from the start, pieces come while the parser is in `write`.
    entry.on("data", (data: Buffer) => this.#pieces.push({ path, data, last: false }));
    entry.on("end", () => this.#pieces.push({ path, data: empty, last: true }));
  }

  #take(): readonly SourcePiece[] {
    if (this.#problem !== undefined) throw this.#problem;
    const pieces = this.#pieces;
    this.#pieces = [];
    return pieces;
  }

  #damaged(cause: Error): BayesBinnError {
    const problem = `no tar archive, or a damaged one: ${cause.message.replace(/^TAR_\w+: /, "")}`;
    if (this.#path === undefined) {
      return formatError(this.#file, this.#offset, problem, { unpacked: this.#compressed, cause });
    }
    return memberError(this.#file, this.#path, `${problem}, in this member or after it`, cause);
  }
}
