import { z } from "zod";

import { BayesBinnError } from "../native/errors.js";
import type { FitState } from "./fit-state.js";
import type { EpochRecord } from "./history.js";

/** Options of early stopping. */
export const earlyStoppingOptions = z.strictObject({
  monitor: z
    .enum(["validation.accuracy", "validation.loss", "train.accuracy", "train.loss"])
    .default("validation.accuracy")
    .describe("What has to improve: accuracies upwards, losses downwards"),
  patience: z.int().min(1).default(10).describe("Epochs without an improvement after which the fit stops"),
  minDelta: z.number().min(0).default(0).describe("An improvement is more than this, in the unit of what is monitored"),
});

/** Ends a fit that no longer improves. */
export class EarlyStopping {
  #best = Number.NEGATIVE_INFINITY;
  #waited = 0;

  constructor(private readonly options: z.output<typeof earlyStoppingOptions>) {}

  /** What a fit that is resumed goes on from. */
  get state(): NonNullable<FitState["earlyStopping"]> {
    return { best: this.#best, waited: this.#waited };
  }

  set state({ best, waited }) {
    this.#best = best;
    this.#waited = waited;
  }

  /** Whether the fit should stop. */
  get stops(): boolean {
    return this.#waited >= this.options.patience;
  }

  /** Takes note of an epoch. */
  observe(record: EpochRecord): void {
    const value = this.#valueOf(record);
    if (value > this.#best + this.options.minDelta) {
      this.#best = value;
      this.#waited = 0;
    } else {
      this.#waited++;
    }
  }

  /** Higher is better. */
  #valueOf(record: EpochRecord): number {
    const { monitor } = this.options;
    const [part, metric] = monitor.split(".") as ["train" | "validation", "loss" | "accuracy"];
    const value = record[part]?.[metric];
    if (value === undefined) throw new BayesBinnError("ERR_INTERNAL", `an epoch without ${monitor}`);
    return metric === "loss" ? -value : value;
  }
}
