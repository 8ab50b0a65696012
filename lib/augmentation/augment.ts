import { z } from "zod";

import { byteTable, scaleAndShift } from "../data/byte-table.js";
import type { Normalization } from "../data/dataset.js";
import { datasetFields } from "../data/validate.js";
import { loadAddon } from "../native/binding.js";
import type { KernelDevice } from "../native/contract.js";
import { BayesBinnError, fromNative } from "../native/errors.js";
import { checkOptions, outOfRange } from "../options/check.js";
import { defaultThreads, mostThreads } from "../options/threads.js";
import type { Augmentation } from "./augmentation.js";
import { augmentationSchema, augmentationSpecs } from "./augmentation-schema.js";

/** Arguments of {@link augment}. */
export interface AugmentCall {
  /** `[images, channels, rows, columns]` */
  readonly images: Uint8Array | Float32Array;
  readonly shape: readonly [images: number, channels: number, rows: number, columns: number];
  /** Steps, in the order in which they are taken. */
  readonly augmentation: readonly Augmentation[];
  /** Of the trainer. */
  readonly seed: number;
  /** From 0, and counting on over the fits of a trainer. */
  readonly epoch: number;
  /** Number of the first image among all that its data set stores; by default 0. */
  readonly first?: number;
  /** By default none: values stay in their unit, and `"mean"` is 0 as `"black"` is. */
  readonly normalization?: Normalization;
  /** Class labels below 2^24, one a position: `[images, ...maskShape]`. */
  readonly masks?: Int32Array;
  /** By default that of the images. */
  readonly maskShape?: readonly [rows: number, columns: number];
  /** By default `"cpu"`. */
  readonly device?: KernelDevice;
  readonly threads?: number;
}

/** What {@link augment} returns. */
export interface Augmented {
  /** `[images, channels, rows, columns]` */
  readonly images: Float32Array;
  /** `[images, ...maskShape]` where masks were given. */
  readonly masks?: Int32Array;
}

const size = z.int().min(1);
const counter = z
  .int()
  .min(0)
  .max(2 ** 32 - 1);

/** Options of {@link augment}. */
export const augmentOptions = z.strictObject({
  images: datasetFields.inputs,
  shape: z
    .tuple([size, size, size, size])
    .readonly()
    .meta({ accepted: "[images, channels, rows, columns], each an integer >= 1" }),
  augmentation: z.array(augmentationSchema).readonly(),
  seed: z.int().min(0),
  epoch: counter,
  first: counter.default(0),
  normalization: datasetFields.normalization.default({ scale: 1, mean: [0], std: [1] }),
  masks: z.custom<Int32Array>((value) => value instanceof Int32Array, "an Int32Array").optional(),
  maskShape: z.tuple([size, size]).readonly().meta({ accepted: "[rows, columns], each an integer >= 1" }).optional(),
  device: z.enum(["cpu", "cuda"]).default("cpu"),
  threads: z.int().min(1).max(mostThreads).optional(),
});

/**
 * Images as a fit with `augmentation` sees them, masks with them. A sample's draws depend on seed, epoch and its place in the
 * data set alone, so that this shows exactly what training computes with.
 *
 * @example
 * const { images } = augment({
 *   images: train.inputs.subarray(0, 8 * 3 * 32 * 32),
 *   shape: [8, 3, 32, 32],
 *   augmentation: [randomCrop({ padding: 4 }), randomFlip()],
 *   seed: 1,
 *   epoch: 0,
 * });
 * @throws BayesBinnError `ERR_SHAPE_MISMATCH`, `ERR_OPTION_TYPE`, `ERR_OPTION_RANGE`, `ERR_OPTION_UNKNOWN`
 */
export function augment(call: AugmentCall): Augmented {
  const options = checkOptions(augmentOptions, call, "augment");
  const { images, shape, masks, normalization, maskShape = [shape[2], shape[3]], seed, epoch, first } = options;
  checkNormalization(normalization, shape[1]);
  checkLabels(masks);
  const output = new Float32Array(images.length);
  const maskOutput = new Float32Array(masks?.length ?? 0);
  try {
    loadAddon().kernels.augment({
      images,
      shape,
      ...(images instanceof Uint8Array ? { byteTable: byteTable(normalization) } : scaleAndShift(normalization)),
      augmentation: augmentationSpecs(options.augmentation),
      seed,
      epoch,
      first,
      ...(masks !== undefined && { masks: Float32Array.from(masks), maskShape, maskOutput }),
      output,
      device: options.device,
      threads: options.threads ?? defaultThreads(),
    });
  } catch (error) {
    throw fromNative(error);
  }
  return { images: output, ...(masks !== undefined && { masks: Int32Array.from(maskOutput) }) };
}

function checkNormalization(normalization: Normalization, channels: number): void {
  for (const key of ["mean", "std"] as const) {
    const { length } = normalization[key];
    if (length === 1 || length === channels) continue;
    const path = `augment.normalization.${key}`;
    const accepted = channels === 1 ? "1" : `1, or ${channels}, one a channel`;
    const message = `${path}: ${length} entries, accepted: ${accepted}`;
    throw new BayesBinnError("ERR_SHAPE_MISMATCH", message, { path, value: length, accepted });
  }
}

/** Labels travel as float32, which holds every integer up to 2^24. */
function checkLabels(masks: Int32Array | undefined): void {
  const wrong = masks?.findIndex((label) => label < 0 || label >= 2 ** 24) ?? -1;
  if (wrong >= 0) throw outOfRange(`augment.masks[${wrong}]`, masks?.[wrong], "labels in 0..2^24 - 1");
}
