import { addType } from "./add.js";
import { averagePool2dType } from "./average-pool2d.js";
import { batchNormType } from "./batch-norm.js";
import { centerCrop2dType } from "./center-crop2d.js";
import { concatenateType } from "./concatenate.js";
import { convTranspose2dType } from "./conv-transpose2d.js";
import { conv2dType } from "./conv2d.js";
import { dropoutType } from "./dropout.js";
import { dropout2dType } from "./dropout2d.js";
import { flattenType } from "./flatten.js";
import { globalAveragePool2dType } from "./global-average-pool2d.js";
import { globalMaxPool2dType } from "./global-max-pool2d.js";
import type { LayerType } from "./layer.js";
import { linearType } from "./linear.js";
import { maxPool2dType } from "./max-pool2d.js";
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
  dropout2dType,
  maxPool2dType,
  averagePool2dType,
  globalMaxPool2dType,
  globalAveragePool2dType,
  centerCrop2dType,
  concatenateType,
  addType,
  flattenType,
] as const satisfies readonly LayerType[];
