import { layerTypes } from "../layers/index.js";
import type { LayerType } from "../layers/layer.js";
import { showShape, sizeOf } from "../layers/shape.js";
import { inputName, type ModelLayer } from "./graph.js";
import type { Blueprint } from "./host.js";

/** Counts of a layer, or of a whole network. */
interface Counts {
  readonly binary: number;
  readonly real: number;
  readonly multiplyAccumulates: number;
}

const header = ["layer", "type", "reads", "output", "1-bit", "32-bit", "packed", "float", "MACs"] as const;

/** Columns of words; numbers stand at the right. */
const textColumns = 4;

/**
 * A table of a network's layers, with a line for the whole of it.
 *
 * Columns: name, type and inputs of the layer (a dot: the layer above), shape of its output without the batch, its
 * parameters by bits, what they take with binary ones as bits and with all of them as float32, and the
 * multiply-accumulates of one sample in the products of the forward pass.
 */
export function summaryOf({ inputShape, layers }: Blueprint): string {
  const counts = layers.map(countsOf);
  const rows = layers.map((layer, at) => [
    layer.name,
    layer.type,
    readBy(layer, layers[at - 1]?.name ?? inputName),
    showShape(layer.outputShape),
    ...cells(counts[at]!),
  ]);
  const total = counts.reduce(sum, { binary: 0, real: 0, multiplyAccumulates: 0 });
  const first = [inputName, "", "", showShape(inputShape), "", "", "", "", ""];
  return aligned([[...header], first, ...rows, ["total", "", "", "", ...cells(total)]]);
}

function countsOf({ type, options, inputShapes, outputShape, parameters }: ModelLayer): Counts {
  const types: readonly LayerType[] = layerTypes;
  const multiplyAccumulates = types
    .find((candidate) => candidate.type === type)!
    .multiplyAccumulates?.(options as never, inputShapes[0], outputShape);
  const count = (kind: string) =>
    parameters.filter((parameter) => parameter.kind === kind).reduce((values, { shape }) => values + sizeOf(shape), 0);
  return { binary: count("binary"), real: count("real"), multiplyAccumulates: multiplyAccumulates ?? 0 };
}

function sum(a: Counts, b: Counts): Counts {
  return {
    binary: a.binary + b.binary,
    real: a.real + b.real,
    multiplyAccumulates: a.multiplyAccumulates + b.multiplyAccumulates,
  };
}

function cells({ binary, real, multiplyAccumulates }: Counts): string[] {
  const packed = Math.ceil(binary / 8) + 4 * real;
  const float = 4 * (binary + real);
  return [grouped(binary), grouped(real), bytes(packed), bytes(float), grouped(multiplyAccumulates)];
}

function readBy({ inputs }: ModelLayer, above: string): string {
  return inputs.length === 1 && inputs[0] === above ? "." : inputs.join(", ");
}

const grouped = (count: number) => (count === 0 ? "-" : count.toLocaleString("en-US"));

function bytes(count: number): string {
  if (count === 0) return "-";
  if (count < 1024) return `${count} B`;
  return count < 1024 ** 2 ? `${(count / 1024).toFixed(1)} KiB` : `${(count / 1024 ** 2).toFixed(2)} MiB`;
}

function aligned(rows: readonly (readonly string[])[]): string {
  const widths = header.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => (column < textColumns ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join("  ")
      .trimEnd();
  const rule = "-".repeat(widths.reduce((width, column) => width + column, 2 * (widths.length - 1)));
  const [head, ...body] = rows.map(line);
  return [head, rule, ...body.slice(0, -1), rule, body.at(-1)].join("\n");
}
