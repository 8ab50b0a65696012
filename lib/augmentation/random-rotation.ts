import { z } from "zod";

import { type Augmentation, augmentationType, fillOption, makeAugmentation } from "./augmentation.js";

export const randomRotationOptions = z.strictObject({
  degrees: z.number().min(0).max(180).default(15).describe("Largest angle either way, in degrees"),
  fill: fillOption,
});

export const randomRotationType = augmentationType({
  type: "randomRotation",
  options: randomRotationOptions,
  leaves: ({ degrees }) => degrees > 0,
  keepsCentre: false,
  squareOnly: false,
  onceOnly: false,
});

/**
 * Turns an image about its centre by an angle that is uniform in `-degrees` to `degrees`, counterclockwise where it is
 * positive. Images are interpolated linearly between pixels; targets with a value a pixel are taken from the nearest one.
 *
 * @example randomRotation({ degrees: 30, fill: "reflect" })
 *
 * Options:
 * - `degrees`: largest angle either way, in 0..180. Default `15`.
 * - `fill`: what is seen beyond the edges: `"black"` is 0 before the normalisation, `"mean"` 0 after it, `"reflect"` the
 *   image mirrored about its outermost pixels. The same in all steps of an augmentation. Default `"black"`.
 *
 * Source: as PyTorch's `RandomRotation` with bilinear interpolation.
 */
export function randomRotation(options: z.input<typeof randomRotationOptions> = {}): Augmentation {
  return makeAugmentation(randomRotationType, options);
}
