import { readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";

import { linkFile, syncFolder, temporaryName } from "../io/atomic-write.js";
import { output } from "../io/output-error.js";

/**
 * The checkpoints of a fit: `epoch-0007.safetensors` and so on, of which the last few are kept, and beside them
 * `best.safetensors`, the one of the best epoch so far.
 */
export class CheckpointFolder {
  constructor(readonly path: string) {}

  /** The file of an epoch. */
  file(epoch: number): string {
    return join(this.path, `epoch-${String(epoch).padStart(4, "0")}.safetensors`);
  }

  /** Epochs that have a checkpoint, the last one first; none where there is no folder. */
  async epochs(): Promise<number[]> {
    const names = await readdir(this.path).catch(() => []);
    const epochs = names.flatMap((name) => /^epoch-(\d{4,})\.safetensors$/.exec(name)?.[1] ?? []).map(Number);
    return epochs.sort((a, b) => b - a);
  }

  /**
   * Gives the checkpoint of `epoch` a second name, `best.safetensors`, in place of the one before.
   *
   * @throws BayesBinnError `ERR_OUTPUT`
   */
  async markBest(epoch: number): Promise<void> {
    const best = join(this.path, "best.safetensors");
    const temporary = temporaryName(best);
    await output(best, async () => {
      await linkFile(this.file(epoch), temporary);
      await rename(temporary, best);
      await syncFolder(this.path);
    });
  }

  /**
   * Removes all but the last `keep` up to `epoch`, and those of later epochs, which another continuation has left.
   *
   * @throws BayesBinnError `ERR_OUTPUT`
   */
  async rotate(epoch: number, keep: number): Promise<void> {
    const epochs = await this.epochs();
    const kept = epochs.filter((other) => other <= epoch).slice(0, keep);
    const old = epochs.filter((other) => !kept.includes(other));
    await Promise.all(old.map((other) => output(this.file(other), () => rm(this.file(other), { force: true }))));
  }
}
