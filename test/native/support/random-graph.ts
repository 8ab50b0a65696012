import { sizeOf } from "../../../lib/layers/shape.js";
import type { LayerSpec } from "../../../lib/native/contract.js";
import { generator } from "./random.js";
import { node } from "./specs.js";

interface Value {
  readonly name: string;
  readonly shape: readonly number[];
}

export interface RandomGraph {
  readonly inputShape: readonly number[];
  readonly layers: readonly LayerSpec[];
}

const equal = (a: readonly number[], b: readonly number[]) => a.length === b.length && a.every((n, i) => n === b[i]);

const vectorLayers = ["linear", "linear", "tanh", "batchNorm", "normAndRelu", "relu", "dropout"];
const imageLayers = [
  ...["tanh", "batchNorm", "normAndRelu", "flatten", "dropout2d"],
  ...["maxPool2d", "averagePool2d", "globalAveragePool2d", "globalMaxPool2d", "centerCrop2d"],
];

/** A graph that grows by random layers. */
class Growth {
  readonly layers: LayerSpec[] = [];
  readonly values: Value[];
  readonly #next: () => number;

  constructor(inputShape: readonly number[], next: () => number) {
    this.values = [{ name: "input", shape: inputShape }];
    this.#next = next;
  }

  below(count: number): number {
    return Math.floor(this.#next() * count);
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }

  push(type: string, inputs: readonly Value[], shape: readonly number[], options: object = {}): Value {
    const names = inputs.map(({ name }) => name);
    const value = { name: `${type}${this.layers.length + 1}`, shape };
    this.layers.push(node(value.name, type, names, { ...options }));
    this.values.push(value);
    return value;
  }

  /** A layer that reads the newest value or any other. */
  grow(): void {
    const from = this.below(2) === 0 ? this.values.at(-1)! : this.pick(this.values);
    if (this.below(5) < 2) this.#merge(from);
    else if (from.shape.length === 1) this.#extend(from, this.pick(vectorLayers));
    else this.#extend(from, this.pick(imageLayers));
  }

  /** What nothing reads yet, in one vector. */
  join(): Value {
    const read = new Set(this.layers.flatMap(({ inputs }) => inputs));
    const ends = this.values.filter(({ name }) => !read.has(name));
    const vectors = ends.map((end) =>
      end.shape.length === 1 ? end : this.push("flatten", [end], [sizeOf(end.shape)]),
    );
    if (vectors.length === 1) return vectors[0]!;
    return this.push("concatenate", vectors, [vectors.reduce((sum, { shape }) => sum + shape[0]!, 0)]);
  }

  #merge(from: Value): void {
    const { shape } = from;
    const fitting = this.values.filter((other) => equal([1, ...other.shape.slice(1)], [1, ...shape.slice(1)]));
    const inputs = [from, ...Array.from({ length: 1 + this.below(3) }, () => this.pick(fitting))];
    if (this.below(2) === 0 && inputs.every((input) => equal(input.shape, shape))) this.push("add", inputs, shape);
    else {
      const channels = inputs.reduce((sum, input) => sum + input.shape[0]!, 0);
      this.push("concatenate", inputs, [channels, ...shape.slice(1)]);
    }
  }

  #extend(from: Value, type: string): void {
    const { shape } = from;
    const [channels, rows, columns] = shape as [number, number, number];
    if (type === "linear") {
      const units = 2 + this.below(4);
      const kinds = { weights: this.pick(["binary", "real"]), bias: this.pick(["none", "real", "binary"]) };
      this.push(type, [from], [units], { units, ...kinds });
    } else if (type === "batchNorm") {
      this.push(type, [from], shape, { affine: this.below(2) === 0, epsilon: 0.1 });
    } else if (type === "normAndRelu") {
      this.push("relu", [this.push("batchNorm", [from], shape, { epsilon: 0.1 })], shape);
    } else if (type.startsWith("dropout")) {
      this.push(type, [from], shape, { rate: 0.25 });
    } else if (type === "flatten") {
      this.push(type, [from], [sizeOf(shape)]);
    } else if (type.startsWith("global")) {
      this.push(type, [from], [channels]);
    } else if (type === "centerCrop2d") {
      const kept = [1 + this.below(rows), 1 + this.below(columns)];
      this.push(type, [from], [channels, ...kept], { size: kept });
    } else if (type.endsWith("Pool2d")) {
      const axes = [rows, columns].map((pixels) => {
        const padding = this.below(2);
        const [window, stride] = [2 * padding + 1 + this.below(pixels), 1 + this.below(2)];
        return { window, stride, padding, places: Math.floor((pixels + 2 * padding - window) / stride) + 1 };
      });
      const [size, stride, padding] = (["window", "stride", "padding"] as const).map((key) =>
        axes.map((axis) => axis[key]),
      );
      this.push(type, [from], [channels, ...axes.map(({ places }) => places)], { size, stride, padding });
    } else {
      this.push(type, [from], shape);
    }
  }
}

/**
 * A small graph in which any value may have several readers, or one that reads it several times; two outputs. Equal
 * seeds give equal graphs.
 */
export function randomGraph(seed: number): RandomGraph {
  const next = generator(seed);
  const inputShapes = [[5], [3], [1, 3, 4], [2, 3, 3], [3, 2, 1]];
  const inputShape = inputShapes[Math.floor(next() * inputShapes.length)]!;
  const growth = new Growth(inputShape, next);
  const layers = 3 + growth.below(8);
  while (growth.layers.length < layers) growth.grow();
  growth.push("linear", [growth.join()], [2], { units: 2, bias: "real" });
  return { inputShape, layers: growth.layers };
}
