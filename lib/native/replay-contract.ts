/** The part of the contract with which tests and numerical gradients look into a step. */

/**
 * One step on an explicit batch, with everything that is random given from outside where wanted:
 * the seam through which recorded trajectories and numerical gradients are checked.
 */
export interface ReplayCall {
  readonly inputs: Float32Array;
  /** Absent with `outputGradients`. */
  readonly targets?: Int32Array | Float32Array;
  /** Gradient of a scalar with respect to the network's output, in place of the loss: one array a weight sample. */
  readonly outputGradients?: readonly Float32Array[];
  readonly batch: number;
  /** `train` uses batch statistics and dropout and samples the weights; `eval` uses running statistics and mode weights. */
  readonly phase: "train" | "eval";
  /** Whether the step is committed: latents, counters and running statistics move. `train` only. */
  readonly commit: boolean;
  /** For each optimizer, uniforms in (0,1): `[samples][its parameters]`; absent or undefined entries are drawn. */
  readonly noise?: readonly (Float32Array | undefined)[];
  /**
   * For each dropout layer by name: keep flags (1 = kept) `[samples][batch][features]`, of dropout2d
   * `[samples][batch][channels]`.
   */
  readonly dropoutKeep?: Readonly<Record<string, Uint8Array>>;
  /** For each optimizer, weights used in place of the materialised ones: `[samples][its parameters]`. */
  readonly weights?: readonly (Float32Array | undefined)[];
}

export interface ReplayResult {
  /** For each weight sample: mean loss over the batch (NaN with `outputGradients`). */
  readonly losses: Float64Array;
  /** For each weight sample: `[batch][outputs]` before the link. */
  readonly outputs: readonly Float32Array[];
  /** For each weight sample: d mean loss / d input. */
  readonly inputGradients: readonly Float32Array[];
  /** For each optimizer: the weights used, `[samples][its parameters]`. */
  readonly weights: readonly Float32Array[];
  /** For each optimizer: d mean loss / d weights, `[samples][its parameters]`. */
  readonly gradients: readonly Float32Array[];
}
