import { mlpBinaryConnect } from "./mlp-binary-connect.js";
import type { ModelBuilder } from "./model-builder.js";

/** Every network that a recipe or a configuration can name. A new one is its own file and one line here. */
export const modelBuilders = [mlpBinaryConnect] as const satisfies readonly ModelBuilder[];
