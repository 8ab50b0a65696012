import { batchNormType } from "./batch-norm.js";
import { convTranspose2dType } from "./conv-transpose2d.js";
import { conv2dType } from "./conv2d.js";
import { dropoutType } from "./dropout.js";
import { flattenType } from "./flatten.js";
import type { LayerType } from "./layer.js";
import { linearType } from "./linear.js";
import { reluType } from "./relu.js";
import { tanhType } from "./tanh.js";

/** Every layer. To add one: write its file and name it here. */
export const layerTypes = [
  linearType,
  conv2dType,
  convTranspose2dType,
  batchNormType,
  reluType,
  tanhType,
  dropoutType,
  flattenType,
] as const satisfies readonly LayerType[];
