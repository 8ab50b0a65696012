import { byteTable, scaleAndShift } from "../data/byte-table.js";
import type { Normalization } from "../data/dataset.js";
import { loadAddon } from "../native/binding.js";
import { fromNative } from "../native/errors.js";
import { checkOptions, wrongType } from "../options/check.js";
import { defaultThreads } from "../options/threads.js";
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
  readonly threads?: number;
}

/** What {@link augment} returns. */
export interface Augmented {
  /** `[images, channels, rows, columns]` */
  readonly images: Float32Array;
  /** `[images, ...maskShape]` where masks were given. */
  readonly masks?: Int32Array;
}

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
 * @throws BayesBinnError `ERR_SHAPE_MISMATCH`, `ERR_OPTION_TYPE`, `ERR_OPTION_RANGE`
 */
export function augment(call: AugmentCall): Augmented {
  const { images, shape, masks, seed, epoch, first = 0, threads = defaultThreads() } = call;
  const { normalization = { scale: 1, mean: [0], std: [1] }, maskShape = [shape[2], shape[3]] } = call;
  if (masks !== undefined && !(masks instanceof Int32Array)) throw wrongType("masks", masks, "an Int32Array");
  const steps = checkOptions(augmentationSchema.array(), call.augmentation, "augmentation");
  const bytes = images instanceof Uint8Array;
  const output = new Float32Array(images.length);
  const maskOutput = new Float32Array(masks?.length ?? 0);
  try {
    loadAddon().kernels.augment({
      images,
      shape,
      ...(bytes ? { byteTable: byteTable(normalization) } : scaleAndShift(normalization)),
      augmentation: augmentationSpecs(steps),
      seed,
      epoch,
      first,
      ...(masks !== undefined && { masks: Float32Array.from(masks), maskShape, maskOutput }),
      output,
      threads,
    });
  } catch (error) {
    throw fromNative(error);
  }
  return { images: output, ...(masks !== undefined && { masks: Int32Array.from(maskOutput) }) };
}
