import { emUnet } from "./em-unet.js";
import type { Recipe } from "./recipe.js";

/**
 * The recipe {@link emUnet} with a U-Net that trains on a CPU: 4 levels, the first of 16 channels, on tiles of 188x188
 * pixels, of which it says the class of 100x100. Tiles are flipped and turned by quarters at random.
 */
export const emUnetSmall = {
  ...emUnet,
  name: "em-unet-small",
  title: "Membranes in electron microscopy, binary U-Net of 4 levels and 16 channels, BayesBiNN",
  config: {
    ...emUnet.config,
    name: "em-unet-small",
    dataset: { name: "isbi2012", validationFraction: 0, tile: [188, 188], margin: 44 },
    model: { name: "unet", depth: 4, width: 16 },
    optimizer: emUnet.settings.bayesbinn(),
    augmentation: [{ name: "randomFlip", vertical: 0.5 }, { name: "randomQuarterTurn" }],
    epochs: 10,
    batchSize: 4,
  },
} satisfies Recipe;
