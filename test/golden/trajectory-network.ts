import { batchNorm } from "../../lib/layers/batch-norm.js";
import { dropout } from "../../lib/layers/dropout.js";
import type { Layer } from "../../lib/layers/layer.js";
import { linear } from "../../lib/layers/linear.js";
import { relu } from "../../lib/layers/relu.js";
import { tanh } from "../../lib/layers/tanh.js";
import { binaryCrossEntropy } from "../../lib/losses/binary-cross-entropy.js";
import { meanSquaredError } from "../../lib/losses/mean-squared-error.js";
import { softmaxCrossEntropy } from "../../lib/losses/softmax-cross-entropy.js";
import { trajectorySettings } from "./bayesbinn-settings.js";
import type { Network } from "./golden-session.js";
import type { Golden } from "./read-golden.js";

/** The network of a trajectory, read off the names and shapes of its parameters. */
export function trajectoryNetwork(golden: Golden): Network {
  const { param_shapes: parameters, drop } = golden.settings(trajectorySettings);
  const weights = parameters.map(([, shape]) => shape).filter((shape) => shape.length === 2);
  const units = weights.map(([outputs]) => outputs!);
  const inputShape = [weights[0]![1]!];
  if (parameters[0]![0].startsWith("fc")) {
    return { inputShape, layers: classifier(units, drop), loss: softmaxCrossEntropy() };
  }
  const normalized = golden.has("bn_running_mean");
  const layers = [...simple(units), ...(normalized ? [norm()] : [])];
  return { inputShape, layers, loss: normalized ? meanSquaredError() : binaryCrossEntropy() };
}

/** MLPBinaryConnect and MLP_CL_h100: batch norm after each linear layer, ReLU between. */
export function classifier(units: readonly number[], drop: number): Layer[] {
  return units.flatMap((width, index) => [
    ...(drop > 0 ? [dropout({ rate: drop })] : []),
    linear({ units: width }),
    norm(),
    ...(index < units.length - 1 ? [relu()] : []),
  ]);
}

/** simple_models.MLP: tanh between linear layers with biases. */
export function simple(units: readonly number[], bias: "binary" | "real" = "binary"): Layer[] {
  return units.flatMap((width, index) => [
    linear({ units: width, bias }),
    ...(index < units.length - 1 ? [tanh()] : []),
  ]);
}

function norm(): Layer {
  return batchNorm({ momentum: 0.15, epsilon: 1e-4 });
}
