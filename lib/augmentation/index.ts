import type { AugmentationType } from "./augmentation.js";
import { randomCropType } from "./random-crop.js";
import { randomElasticType } from "./random-elastic.js";
import { randomFlipType } from "./random-flip.js";
import { randomQuarterTurnType } from "./random-quarter-turn.js";
import { randomRotationType } from "./random-rotation.js";

/** Every step of an augmentation. To add one: write its file and name it here. */
export const augmentationTypes = [
  randomCropType,
  randomFlipType,
  randomRotationType,
  randomQuarterTurnType,
  randomElasticType,
] as const satisfies readonly AugmentationType[];
