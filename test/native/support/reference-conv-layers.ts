// Layers of convolutions in float64.
import type { LayerSpec } from "../../../lib/native/contract.js";
import { type ConvProblem, convReference, outputSize } from "./reference-conv.js";
import type { Activations, NetworkValues } from "./reference-network.js";

type Pair = readonly [rows: number, columns: number];

/** What the options of a layer say of a convolution. */
export function convolutionOptions(layer: LayerSpec) {
  const [kernelHeight, kernelWidth] = layer["kernelSize"] as Pair;
  const [strideHeight, strideWidth] = layer["stride"] as Pair;
  const [paddingHeight, paddingWidth] = layer["padding"] as Pair;
  return { kernelHeight, kernelWidth, strideHeight, strideWidth, paddingHeight, paddingWidth };
}

/** The layer `conv2d`. */
export function convolution(
  layer: LayerSpec,
  { batch, shape, values: input }: Activations,
  values: NetworkValues,
): Activations {
  const [inChannels, height, width] = shape as readonly [number, number, number];
  const outChannels = layer["channels"] as number;
  const problem: ConvProblem = {
    ...convolutionOptions(layer),
    ...{ batch, inChannels, outChannels, height, width, input, outputGradient: [] },
    weights: values.tensors.get(`${layer.name}.weight`)!,
    bias: values.tensors.get(`${layer.name}.bias`) ?? new Float64Array(outChannels),
  };
  return { batch, shape: [outChannels, ...outputSize(problem)], values: convReference(problem)["output"]!.values };
}

/** The layer `convTranspose2d`: each input pixel adds the kernel times its value to the output, from row * stride - padding on, where there is one. */
export function transposedConvolution(
  layer: LayerSpec,
  { batch, shape, values: input }: Activations,
  values: NetworkValues,
): Activations {
  const [inChannels, height, width] = shape as readonly [number, number, number];
  const channels = layer["channels"] as number;
  const { kernelHeight, kernelWidth, strideHeight, strideWidth, paddingHeight, paddingWidth } =
    convolutionOptions(layer);
  const [moreRows, moreColumns] = layer["outputPadding"] as Pair;
  const rows = (height - 1) * strideHeight - 2 * paddingHeight + kernelHeight + moreRows;
  const columns = (width - 1) * strideWidth - 2 * paddingWidth + kernelWidth + moreColumns;
  const weights = values.tensors.get(`${layer.name}.weight`)!;
  const bias = values.tensors.get(`${layer.name}.bias`);
  const pixels = rows * columns;
  const output = new Float64Array(batch * channels * pixels).map(
    (_, at) => bias?.[Math.floor(at / pixels) % channels] ?? 0,
  );
  for (const [at, value] of input.entries()) {
    const [column, row] = [at % width, Math.floor(at / width) % height];
    const [channel, sample] = [
      Math.floor(at / (width * height)) % inChannels,
      Math.floor(at / (width * height * inChannels)),
    ];
    for (let tap = 0; tap < kernelHeight * kernelWidth; tap++) {
      const r = row * strideHeight - paddingHeight + Math.floor(tap / kernelWidth);
      const c = column * strideWidth - paddingWidth + (tap % kernelWidth);
      if (r < 0 || r >= rows || c < 0 || c >= columns) continue;
      for (let o = 0; o < channels; o++) {
        const weight = weights[(channel * channels + o) * kernelHeight * kernelWidth + tap]!;
        output[(sample * channels + o) * pixels + r * columns + c]! += weight * value;
      }
    }
  }
  return { batch, shape: [channels, rows, columns], values: output };
}
