import { cosineToZero } from "./methods/cosine-to-zero.js";
import type { Choice } from "./one-of.js";
import type { Recipe } from "./recipe.js";

const bayesbinn = (): Choice => ({
  name: "bayesbinn",
  learningRate: 1e-3,
  momentum: 0,
  samples: 1,
  temperature: 1e-10,
  initialLambda: 10,
  schedules: cosineToZero,
});

/**
 * Membranes of neurons in slices of electron microscopy with the U-Net of 5 levels: 388x388 pixels in the middle of tiles of
 * 572x572, mirrored beyond the edges of a slice, which are flipped, turned and deformed at random. Steps see one tile, as in
 * the paper.
 *
 * Source: Ronneberger, Fischer, Brox, "U-Net: Convolutional Networks for Biomedical Image Segmentation", MICCAI 2015, for the
 * network and the tiles; the settings of the methods are our own.
 */
export const emUnet = {
  name: "em-unet",
  title: "Membranes in electron microscopy, binary U-Net of 5 levels and 64 channels, BayesBiNN",
  config: {
    name: "em-unet",
    dataset: { name: "isbi2012", validationFraction: 0, tile: [572, 572], margin: 92 },
    model: { name: "unet", depth: 5, width: 64 },
    optimizer: bayesbinn(),
    augmentation: [
      { name: "randomFlip", vertical: 0.5 },
      { name: "randomQuarterTurn" },
      { name: "randomRotation", degrees: 10, fill: "reflect" },
      { name: "randomElastic", fill: "reflect" },
    ],
    epochs: 100,
    batchSize: 1,
    seed: 1,
    evaluation: { samples: 10 },
  },
  settings: {
    bayesbinn,
    ste: () => ({ name: "ste", learningRate: 1e-3, gradientClip: 1, weightClip: 1, schedules: cosineToZero }),
    adam: () => ({ name: "adam", learningRate: 1e-3, schedules: cosineToZero }),
  },
} satisfies Recipe;
