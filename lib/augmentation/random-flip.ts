import { z } from "zod";

import { type Augmentation, augmentationType, makeAugmentation } from "./augmentation.js";

export const randomFlipOptions = z.strictObject({
  horizontal: z.number().min(0).max(1).default(0.5).describe("Probability that left and right change places"),
  vertical: z.number().min(0).max(1).default(0).describe("Probability that top and bottom change places"),
});

export const randomFlipType = augmentationType({
  type: "randomFlip",
  options: randomFlipOptions,
  leaves: () => false,
  keepsCentre: true,
  squareOnly: false,
  onceOnly: false,
});

/**
 * Mirrors an image left to right, top to bottom, both or not at all. Pixels stay what they are.
 *
 * @example randomFlip({ horizontal: 0.5, vertical: 0.5 })
 *
 * Options:
 * - `horizontal`: probability that left and right change places, in 0..1. Default `0.5`.
 * - `vertical`: probability that top and bottom change places, in 0..1. Default `0`.
 *
 * Source: as PyTorch's `RandomHorizontalFlip` and `RandomVerticalFlip`.
 */
export function randomFlip(options: z.input<typeof randomFlipOptions> = {}): Augmentation {
  return makeAugmentation(randomFlipType, options);
}
