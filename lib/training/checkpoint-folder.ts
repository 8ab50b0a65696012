import { rename, rm } from "node:fs/promises";
import { join } from "node:path";

import { linkFile, syncFolder, temporaryName } from "../io/atomic-write.js";
import { namesIn } from "../io/names-in.js";
import { output } from "../io/output-error.js";
import { readSafetensorsMetadata } from "../io/safetensors.js";

/**
 * The checkpoints of a fit: `epoch-0007.safetensors` and so on, of which the last few are kept, and beside them
 * `best.safetensors`, the last one that was of the best epoch so far.
 */
export class CheckpointFolder {
  constructor(readonly path: string) {}

  /** The file of an epoch. */
  file(epoch: number): string {
    return join(this.path, `epoch-${String(epoch).padStart(4, "0")}.safetensors`);
  }

  /** The checkpoint of the best epoch that got one. */
  get best(): string {
    return join(this.path, "best.safetensors");
  }

  /**
   * Epochs that have a checkpoint, the last one first; none where there is no folder.
   *
   * @throws BayesBinnError `ERR_OUTPUT` where the folder cannot be read
   */
  async epochs(): Promise<number[]> {
    const names = await namesIn(this.path);
    const epochs = names.flatMap((name) => /^epoch-(\d{4,})\.safetensors$/.exec(name)?.[1] ?? []).map(Number);
    return epochs.sort((a, b) => b - a);
  }

  /**
   * Brings the folder to where the fit of a checkpoint stands: later ones are those of a continuation that was given up.
   *
   * @param best the best epoch so far
   * @throws BayesBinnError `ERR_OUTPUT`
   */
  async goBack(epoch: number, best: number | undefined): Promise<void> {
    await this.#remove((await this.epochs()).filter((other) => other > epoch));
    if ((await this.#bestEpoch()) === best) return;
    // Killed before it was marked, or marked by the other continuation.
    if (best !== undefined && (await this.epochs()).includes(best)) await this.markBest(best);
    else await output(this.best, () => rm(this.best, { force: true }));
  }

  async #bestEpoch(): Promise<number | undefined> {
    try {
      const { epoch } = JSON.parse((await readSafetensorsMetadata(this.best))["fit"] ?? "");
      return epoch;
    } catch {
      return undefined;
    }
  }

  async #remove(epochs: readonly number[]): Promise<void> {
    for (const file of epochs.map((epoch) => this.file(epoch))) await output(file, () => rm(file, { force: true }));
  }

  /**
   * Gives the checkpoint of `epoch` a second name, `best.safetensors`, in place of the one before.
   *
   * @throws BayesBinnError `ERR_OUTPUT`
   */
  async markBest(epoch: number): Promise<void> {
    const temporary = temporaryName(this.best);
    await output(this.best, async () => {
      await linkFile(this.file(epoch), temporary);
      await rename(temporary, this.best);
      await syncFolder(this.path);
    });
  }

  /**
   * Removes all but the last `keep`.
   *
   * @throws BayesBinnError `ERR_OUTPUT`
   */
  async rotate(keep: number): Promise<void> {
    await this.#remove((await this.epochs()).slice(keep));
  }
}
