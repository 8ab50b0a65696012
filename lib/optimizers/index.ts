import { adamType } from "./adam.js";
import { bayesbinnType } from "./bayesbinn.js";
import type { OptimizerType } from "./optimizer.js";

/** Every optimizer. To add one: write its file and name it here. */
export const optimizerTypes = [bayesbinnType, adamType] as const satisfies readonly OptimizerType[];
