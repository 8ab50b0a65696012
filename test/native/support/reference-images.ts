// Pooling, cropping and joining of images in float64, one output after the other.
import type { LayerSpec } from "../../../lib/native/contract.js";
import type { Activations } from "./reference-network.js";

/** Options of a layer, rows and columns each, or those of one axis. */
type Windows<Count> = { readonly size: Count; readonly stride: Count; readonly padding: Count };

/** Maps each window of each channel; what lies in the padding is `outside`. */
function pool(
  layer: LayerSpec,
  { batch, shape, values }: Activations,
  outside: number,
  reduce: (window: readonly number[]) => number,
): Activations {
  const [channels, rows, columns] = shape as [number, number, number];
  const whole = layer.type.startsWith("global");
  const { size, stride, padding }: Windows<readonly number[]> = whole
    ? { size: [rows, columns], stride: [1, 1], padding: [0, 0] }
    : (layer as unknown as Windows<readonly number[]>);
  const axis = (at: number): Windows<number> => ({ size: size[at]!, stride: stride[at]!, padding: padding[at]! });
  const [down, across] = [axis(0), axis(1)];
  const places = (pixels: number, { size, stride, padding }: Windows<number>) =>
    Math.floor((pixels + 2 * padding - size) / stride) + 1;
  const [outRows, outColumns] = [places(rows, down), places(columns, across)];
  const output: number[] = [];
  for (let image = 0; image < batch * channels; image++) {
    for (let r = 0; r < outRows; r++) {
      for (let c = 0; c < outColumns; c++) {
        const window: number[] = [];
        for (let i = 0; i < down.size; i++) {
          for (let j = 0; j < across.size; j++) {
            const [row, column] = [r * down.stride - down.padding + i, c * across.stride - across.padding + j];
            const within = row >= 0 && row < rows && column >= 0 && column < columns;
            window.push(within ? values[(image * rows + row) * columns + column]! : outside);
          }
        }
        output.push(reduce(window));
      }
    }
  }
  const outShape = whole ? [channels] : [channels, outRows, outColumns];
  return { batch, shape: outShape, values: Float64Array.from(output) };
}

export function maxPool(layer: LayerSpec, input: Activations): Activations {
  return pool(layer, input, Number.NEGATIVE_INFINITY, (window) => Math.max(...window));
}

export function averagePool(layer: LayerSpec, input: Activations): Activations {
  return pool(layer, input, 0, (window) => window.reduce((sum, value) => sum + value, 0) / window.length);
}

/** Rows above and columns before what is kept: half of those that are not, halves to the even number. */
const before = (pixels: number, kept: number) => {
  const half = (pixels - kept) / 2;
  return Number.isInteger(half) ? half : 2 * Math.round(half / 2);
};

export function centerCrop({ batch, shape, values }: Activations, [height, width]: [number, number]): Activations {
  const [channels, rows, columns] = shape as [number, number, number];
  const [top, left] = [before(rows, height), before(columns, width)];
  const output: number[] = [];
  for (let image = 0; image < batch * channels; image++) {
    for (let r = 0; r < height; r++) {
      const start = (image * rows + top + r) * columns + left;
      output.push(...values.subarray(start, start + width));
    }
  }
  return { batch, shape: [channels, height, width], values: Float64Array.from(output) };
}

export function concatenate(inputs: readonly Activations[]): Activations {
  const { batch, shape } = inputs[0]!;
  const output: number[] = [];
  for (let b = 0; b < batch; b++) {
    for (const { values } of inputs) {
      const features = values.length / batch;
      output.push(...values.subarray(b * features, (b + 1) * features));
    }
  }
  const channels = inputs.reduce((sum, input) => sum + input.shape[0]!, 0);
  return { batch, shape: [channels, ...shape.slice(1)], values: Float64Array.from(output) };
}
