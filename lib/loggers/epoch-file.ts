import { appendFile, readFile, stat } from "node:fs/promises";
import { dirname } from "node:path";

import { writeFileAtomically } from "../io/atomic-write.js";
import { makeFolders } from "../io/make-folders.js";
import { output } from "../io/output-error.js";
import { BayesBinnError } from "../native/errors.js";
import { show } from "../options/show.js";

/** How an {@link EpochFile} looks. */
interface LineFormat {
  /** First line, without its end. */
  readonly header?: string;
  /** The epoch that a line is about; no integer for a line that this logger never wrote. */
  readonly epochOf: (line: string) => unknown;
}

/** A text file with a line for each epoch. */
export class EpochFile {
  constructor(
    readonly path: string,
    private readonly format: LineFormat,
  ) {}

  /**
   * Makes the file, with its folders, in place of what an earlier fit left there.
   *
   * @param earlier lines of the epochs before those of this fit
   * @throws BayesBinnError `ERR_OUTPUT`, also for a file with other content, which stays as it is
   */
  async begin(earlier: readonly string[]): Promise<void> {
    const { path } = this;
    const { header } = this.format;
    await output(path, () => makeFolders(dirname(path)));
    const old = await output(path, () => linesOf(path));
    if (old !== undefined) this.#requireOwn(old);
    const lines = [...(header === undefined ? [] : [header]), ...earlier].map((line) => `${line}\n`).join("");
    if (old === undefined) await output(path, () => appendFile(path, lines));
    else await writeFileAtomically(path, [Buffer.from(lines)]);
  }

  async append(line: string): Promise<void> {
    await output(this.path, () => appendFile(this.path, `${line}\n`));
  }

  #requireOwn(lines: readonly string[]): void {
    const { header, epochOf } = this.format;
    const rows = header === undefined ? lines : lines.slice(1);
    const begins = header === undefined || lines.length === 0 || lines[0] === header;
    if (begins && rows.every((line) => Number.isInteger(epochOf(line)))) return;
    throw new BayesBinnError(
      "ERR_OUTPUT",
      `${show(this.path)} cannot be written: it is there already with other content; give another path`,
      { path: this.path, reason: "other content" },
    );
  }
}

/** Complete lines of a file; undefined where there are none to replace: no file, or a pipe or device. */
async function linesOf(path: string): Promise<string[] | undefined> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
  });
  if (found === undefined || !(found.isFile() || found.isDirectory())) return undefined;
  const lines = (await readFile(path, "utf8")).split("\n");
  // What comes after the last end of a line was cut short while it was written, unless it is all that there is.
  return lines.length === 1 && lines[0] !== "" ? lines : lines.slice(0, -1);
}
