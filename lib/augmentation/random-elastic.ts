import { z } from "zod";

import { type Augmentation, augmentationType, fillOption, makeAugmentation } from "./augmentation.js";

export const randomElasticOptions = z.strictObject({
  std: z.number().min(0).max(65535).default(10).describe("Standard deviation of rows and columns at a knot, in pixels"),
  grid: z.int().min(2).max(8).default(3).describe("Knots on each axis"),
  fill: fillOption,
});

export const randomElasticType = augmentationType({
  type: "randomElastic",
  options: randomElasticOptions,
  leaves: ({ std }) => std > 0,
  keepsCentre: false,
  squareOnly: false,
  onceOnly: true,
});

/**
 * Elastic deformation: bends an image by a smooth field of displacements, as tissue bends. Each of `grid` x `grid` knots,
 * evenly from the image's first to its last row and column, gets a vector whose rows and columns are normal with mean 0 and
 * standard deviation `std`; between knots vectors are interpolated by cubic convolution, which goes through them.
 *
 *     shown(p) = image(p + d(p)),   d(knot) = std * (normal, normal)
 *
 * Images are interpolated linearly between pixels; targets with a value a pixel are taken from the nearest one, by the same
 * displacements. An augmentation has one such step at most, among any others.
 *
 * @example [randomElastic({ fill: "reflect" }), randomFlip()]
 *
 * Options:
 * - `std`: standard deviation of the displacements of a knot on each axis, in pixels, in 0..65535; 0 leaves images as they
 *   are. Suits images of several hundred pixels; well below the distance of two knots nothing folds over. Default `10`.
 * - `grid`: knots on each axis, an integer in 2..8: more bend smaller parts. Default `3`.
 * - `fill`: what is seen beyond the edges: `"black"` is 0 before the normalisation, `"mean"` 0 after it, `"reflect"` the
 *   image mirrored about its outermost pixels. The same in all steps of an augmentation. Default `"black"`.
 *
 * Source: Ronneberger, Fischer, Brox, "U-Net: Convolutional Networks for Biomedical Image Segmentation", MICCAI 2015,
 * section 3.1: 3 by 3 knots of 10 pixels, bicubic in between. Interpolation: Keys, "Cubic Convolution Interpolation for
 * Digital Image Processing", IEEE Transactions on Acoustics, Speech, and Signal Processing 29(6), 1981, with a = -1/2.
 */
export function randomElastic(options: z.input<typeof randomElasticOptions> = {}): Augmentation {
  return makeAugmentation(randomElasticType, options);
}
