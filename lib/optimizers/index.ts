import { adamType } from "./adam.js";
import { bayesbinnType } from "./bayesbinn.js";
import { bopType } from "./bop.js";
import type { OptimizerType } from "./optimizer.js";
import { pmfType } from "./pmf.js";
import { sgdType } from "./sgd.js";
import { steType } from "./ste.js";

/** Every optimizer. To add one: write its file and name it here. */
export const optimizerTypes = [
  bayesbinnType,
  steType,
  bopType,
  pmfType,
  adamType,
  sgdType,
] as const satisfies readonly OptimizerType[];
