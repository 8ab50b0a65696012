import { z } from "zod";

import { type Augmentation, augmentationType, fillOption, makeAugmentation } from "./augmentation.js";

export const randomCropOptions = z.strictObject({
  padding: z.int().min(0).max(65535).default(4).describe("Pixels added on all sides before the cut"),
  fill: fillOption,
});

export const randomCropType = augmentationType({
  type: "randomCrop",
  options: randomCropOptions,
  leaves: ({ padding }) => padding > 0,
  keepsCentre: false,
  squareOnly: false,
  onceOnly: false,
});

/**
 * Pads an image on all sides and cuts out a window of the old size anywhere: a shift by `-padding` to `padding` pixels on
 * each axis, all equally likely. Pixels stay what they are.
 *
 * @example trainer.fit({ train, epochs: 10, augmentation: [randomCrop({ padding: 4 }), randomFlip()] })
 *
 * Options:
 * - `padding`: pixels added on all sides, an integer in 0..65535. Default `4`.
 * - `fill`: what is seen beyond the edges. `"black"` is 0 before the normalisation, as in the code of the authors of
 *   BayesBiNN; `"mean"` 0 after it, as their paper says; `"reflect"` the image mirrored about its outermost pixels, which
 *   is what targets with a value a pixel need. The same in all steps of an augmentation. Default `"black"`.
 *
 * Source: He, Zhang, Ren, Sun, "Deep Residual Learning for Image Recognition", CVPR 2016, section 4.2; as PyTorch's
 * `RandomCrop(size, padding)`.
 */
export function randomCrop(options: z.input<typeof randomCropOptions> = {}): Augmentation {
  return makeAugmentation(randomCropType, options);
}
