/** Every code that a {@link BayesBinnError} can carry, with what it means. */
export const errorCodes = {
  ERR_OPTION_UNKNOWN: "An option or key that does not exist",
  ERR_OPTION_TYPE: "A value of the wrong type",
  ERR_OPTION_RANGE: "A value outside its range",
  ERR_SHAPE_MISMATCH: "Shapes or lengths that do not fit together",
  ERR_DEVICE_UNAVAILABLE: "The device asked for cannot be used here",
  ERR_CUDA: "A call of the CUDA driver failed",
  ERR_OUT_OF_MEMORY: "Memory ran out",
  ERR_NUMERIC: "NaN or infinity where numbers are needed",
  ERR_CHECKPOINT_FORMAT: "A model or checkpoint file that cannot be read",
  ERR_CHECKPOINT_MISMATCH: "A model or checkpoint file of another network",
  ERR_OPTIMIZER_CLAIM: "A parameter claimed by no optimizer, by two, or by one of the wrong kind",
  ERR_BUSY: "A second call while one runs",
  ERR_DISPOSED: "Use after dispose",
  ERR_BINDING_LOAD: "The native addon cannot be loaded",
  ERR_DATASET_FORMAT: "Data that cannot be read",
  ERR_DATASET_MISSING: "Data that is not there",
  ERR_CONFIG: "A configuration or command line that cannot be used",
  ERR_OUTPUT: "A place that cannot be written",
  ERR_INTERNAL: "A defect of this package",
} as const;

export type ErrorCode = keyof typeof errorCodes;

/**
 * The one error type of the package.
 *
 * `code` is stable and meant to be compared; `message` names the thing, the value given and what is
 * accepted; `details` holds the same as data (such as `path`, `value`, `accepted`, `nearest`).
 */
export class BayesBinnError extends Error {
  override readonly name = "BayesBinnError";

  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly details: Readonly<Record<string, unknown>> = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Turns what native code throws into a {@link BayesBinnError}; anything else passes unchanged. */
export function fromNative(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof BayesBinnError) return error;
  const { code, details } = error as Error & { code?: string; details?: Record<string, unknown> };
  if (code === undefined || !(code in errorCodes)) return error;
  return new BayesBinnError(code as ErrorCode, error.message, details ?? {}, { cause: error });
}
