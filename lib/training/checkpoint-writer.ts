import type { z } from "zod";

import { removeLeftovers } from "../io/atomic-write.js";
import { makeFolders } from "../io/make-folders.js";
import { output } from "../io/output-error.js";
import type { Session } from "../model/session.js";
import { BayesBinnError } from "../native/errors.js";
import { show } from "../options/show.js";
import type { BestWeights } from "./best-weights.js";
import { type CheckpointFacts, writeCheckpointFile } from "./checkpoint-file.js";
import { CheckpointFolder } from "./checkpoint-folder.js";
import type { checkpointOptions } from "./checkpoint-options.js";
import type { FitState } from "./fit-state.js";

/**
 * Writes checkpoints while training goes on: `save` waits for a copy of the state in memory, not for the disk. One file
 * is written at a time.
 */
export class CheckpointWriter {
  readonly #folder: CheckpointFolder;
  readonly #every: number;
  readonly #keep: number;
  #writing: Promise<void> = Promise.resolve();

  constructor(
    { folder, every, keep }: z.output<typeof checkpointOptions>,
    private readonly best: BestWeights,
  ) {
    this.#folder = new CheckpointFolder(folder);
    this.#every = every;
    this.#keep = keep;
  }

  /**
   * Makes the folder, or brings it to where a fit that is resumed stands, and removes what a killed process left half written.
   *
   * @throws BayesBinnError `ERR_OUTPUT`, also where a fit that begins anew would replace the checkpoints of another one
   */
  async open(resumed: FitState | undefined): Promise<void> {
    const { path } = this.#folder;
    await output(path, () => makeFolders(path));
    await removeLeftovers(path);
    if (resumed !== undefined) {
      await this.#folder.goBack(resumed.epoch, resumed.best?.epoch);
    } else if ((await this.#folder.epochs()).length > 0) {
      const message = `${show(path)} holds the checkpoints of another fit: resume from one of them, or give another folder`;
      throw new BayesBinnError("ERR_OUTPUT", message, { path, reason: "not empty" });
    }
  }

  /** Whether `epoch` gets a checkpoint although it is not the last one. */
  isDue(epoch: number): boolean {
    return epoch % this.#every === 0;
  }

  /**
   * Begins to write the state of `session` after the epoch of `facts`.
   *
   * @param session the view that may make calls now
   * @throws BayesBinnError `ERR_OUTPUT`, also for the checkpoint before this one
   */
  async save(facts: CheckpointFacts, session: Session): Promise<void> {
    await this.#writing;
    await session.keepState("snapshot");
    this.#writing = this.#write(facts, session);
    // Whoever waits for it sees the failure.
    this.#writing.catch(() => undefined);
  }

  /** Resolves when the last checkpoint is on the disk. */
  async finish(): Promise<void> {
    await this.#writing;
  }

  async #write(facts: CheckpointFacts, session: Session): Promise<void> {
    const { epoch, best } = facts.fit;
    const path = this.#folder.file(epoch);
    const snapshot = session.kept("snapshot");
    if (best === undefined || best.epoch === epoch) {
      await writeCheckpointFile(path, facts, snapshot, undefined);
      if (best !== undefined) await this.#folder.markBest(epoch);
    } else {
      await this.best.read((weights) => writeCheckpointFile(path, facts, snapshot, weights));
    }
    await this.#folder.rotate(this.#keep);
  }
}
