import { z } from "zod";

import { type Augmentation, augmentationType, makeAugmentation } from "./augmentation.js";

export const randomQuarterTurnOptions = z.strictObject({});

export const randomQuarterTurnType = augmentationType({
  type: "randomQuarterTurn",
  options: randomQuarterTurnOptions,
  leaves: () => false,
  keepsCentre: true,
  squareOnly: true,
  onceOnly: false,
});

/**
 * Turns a square image by 0, 90, 180 or 270 degrees, all equally likely: for images without an up and down, such as those
 * of microscopes and satellites. Pixels stay what they are. No options.
 *
 * @example [randomQuarterTurn(), randomFlip()]
 */
export function randomQuarterTurn(options: z.input<typeof randomQuarterTurnOptions> = {}): Augmentation {
  return makeAugmentation(randomQuarterTurnType, options);
}
