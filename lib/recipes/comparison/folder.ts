import { readdir } from "node:fs/promises";
import { join } from "node:path";

import { isLeftover, removeLeftovers, writeFileAtomically } from "../../io/atomic-write.js";
import { FolderLock } from "../../io/folder-lock.js";
import { makeFolders } from "../../io/make-folders.js";
import { nextFreeFolder } from "../../io/next-free-folder.js";
import { output } from "../../io/output-error.js";
import { BayesBinnError } from "../../native/errors.js";
import { showText } from "../../options/show.js";
import type { Comparison } from "./comparison.js";
import { comparisonCsv } from "./csv.js";
import { widenPlan } from "./found-runs.js";
import { comparisonMarkdown } from "./markdown.js";
import type { ComparisonPlan } from "./plan.js";

const files = { json: "comparison.json", csv: "comparison.csv", markdown: "comparison.md" } as const;

/**
 * The files of one comparison.
 *
 * | file | content |
 * |---|---|
 * | `<method>-seed<seed>/` | the run folder of each training, as `runConfig` writes it |
 * | `comparison.md` | the table for people |
 * | `comparison.csv` | its rows for programs, accuracies as fractions |
 * | `comparison.json` | the same, and the result of each run |
 *
 * No file but those of the runs holds what is measured with a clock, so that they have the same bytes for the same
 * comparison, whether it was interrupted or not.
 */
export class ComparisonFolder {
  private constructor(
    readonly path: string,
    /** What the tables are of: the plan, and the methods and seeds of finished runs that were there before. */
    readonly plan: ComparisonPlan,
    private readonly lock: FolderLock,
  ) {}

  /**
   * Takes a folder for the comparison of `plan`: a new or empty one, or one that holds runs of the same comparison, of
   * whatever methods and seeds.
   *
   * @param path default: the first free one of `runs/compare-<recipe>`, `runs/compare-<recipe>-2` and so on
   * @throws BayesBinnError `ERR_OUTPUT` for a folder with other content, or one that cannot be written; `ERR_CONFIG` for runs
   *   of another configuration; `ERR_BUSY` while another process is at work in it
   */
  static async open(plan: ComparisonPlan, path?: string): Promise<ComparisonFolder> {
    if (path === undefined) {
      const name = `compare-${plan.recipe.name}`;
      const free = await nextFreeFolder((n) => (n === 1 ? name : `${name}-${n}`));
      return ComparisonFolder.#take(plan, free.path, []);
    }
    const entries = await entriesOf(path);
    if (entries.length > 0 && !entries.includes(files.json)) {
      const message = `${showText(path)}: the folder exists and holds no comparison; give a new or an empty folder`;
      throw new BayesBinnError("ERR_OUTPUT", message, { path, reason: "not empty" });
    }
    return ComparisonFolder.#take(plan, path, entries);
  }

  static async #take(plan: ComparisonPlan, path: string, entries: readonly string[]): Promise<ComparisonFolder> {
    const whole = await widenPlan(plan, path, entries);
    const lock = await FolderLock.take(path);
    await removeLeftovers(path);
    return new ComparisonFolder(path, whole, lock);
  }

  /** Name of the folder of a run, in this one. */
  static runName(method: string, seed: number): string {
    return `${method}-seed${seed}`;
  }

  /** Leaves the folder to other processes. */
  async close(): Promise<void> {
    await this.lock.release();
  }

  /** Writes the three tables. */
  async write(comparison: Comparison): Promise<void> {
    const texts = [
      [files.json, `${JSON.stringify(comparison, undefined, 2)}\n`],
      [files.csv, comparisonCsv(comparison)],
      [files.markdown, comparisonMarkdown(comparison)],
    ] as const;
    for (const [name, text] of texts) await writeFileAtomically(join(this.path, name), [Buffer.from(text)]);
  }
}

/** Without what a killed comparison left of a file. */
async function entriesOf(path: string): Promise<string[]> {
  const entries = await output(path, async () => {
    await makeFolders(path);
    return readdir(path);
  });
  return entries.filter((name) => !isLeftover(name) && name !== FolderLock.fileName);
}
