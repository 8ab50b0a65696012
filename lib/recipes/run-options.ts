import type { DeviceName } from "../native/contract.js";
import type { BayesBinnError } from "../native/errors.js";
import type { Callback } from "../training/callback.js";
import type { RunStart } from "./run-report.js";

/** Who is told how a run goes. */
export interface RunListeners {
  /** The run folder is there and the first step about to begin. */
  readonly onStart?: (start: RunStart) => void | Promise<void>;
  /** Something that does not stop the run. */
  readonly onWarning?: (warning: BayesBinnError) => void;
  readonly callbacks?: readonly Callback[];
}

/** What of a run may change each time it is taken up, since it changes no result. */
export interface SittingOptions extends RunListeners {
  /** Compute threads; default: one for each core. */
  readonly threads?: number;
  /** Stop after so many epochs of the unchanged schedules. Default: at the end, or where a run that did not get so far was to. */
  readonly stopAfter?: number;
  /**
   * Epochs from one checkpoint to the next; 0 for none. Default: that of the run that is resumed, else that of the recipe,
   * else 1.
   */
  readonly checkpointEvery?: number;
  /** How many of the last checkpoints stay, beside the best one. Default: 2, or that of the run that is resumed. */
  readonly keepCheckpoints?: number;
  /** Write event files for TensorBoard to the run folder. Default: `false`, or as in the run that is resumed. */
  readonly tensorBoard?: boolean;
  /** Stops the run; what was written stays. */
  readonly signal?: AbortSignal;
}

/** Options of {@link runConfig}: what does not belong to the configuration, since it changes no result. */
export interface RunOptions extends SittingOptions {
  /** Default `auto`. */
  readonly device?: DeviceName;
  /** Evaluate the test set after every epoch, beside the end. */
  readonly testEveryEpoch?: boolean;
  /** The run folder, new or empty; default: the first free `runs/<name>-seed<seed>-<n>`. */
  readonly out?: string;
}
