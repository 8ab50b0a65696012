import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { z } from "zod";
import { unetSizeOptions } from "../../../lib/architectures/unet-sizes.js";
import { augmentationTypes } from "../../../lib/augmentation/index.js";
import { cifar10Options } from "../../../lib/data/cifar/cifar10.js";
import { cifar10JpegOptions } from "../../../lib/data/cifar/cifar10-jpeg.js";
import { cifar100Options } from "../../../lib/data/cifar/cifar100.js";
import { fashionMnistOptions } from "../../../lib/data/fashion-mnist.js";
import { arraysOptions } from "../../../lib/data/from-arrays.js";
import { imageFolderOptions } from "../../../lib/data/images/image-folder.js";
import { mnistOptions } from "../../../lib/data/mnist.js";
import { permuteFeaturesOptions } from "../../../lib/data/permute-features.js";
import { snelsonOptions } from "../../../lib/data/snelson.js";
import { mnistThenFashionOptions } from "../../../lib/data/tasks/mnist-then-fashion.js";
import { permutedMnistOptions } from "../../../lib/data/tasks/permuted-mnist.js";
import { splitMnistOptions } from "../../../lib/data/tasks/split-mnist.js";
import { twoMoonsOptions } from "../../../lib/data/two-moons.js";
import { layerTypes } from "../../../lib/layers/index.js";
import { csvLoggerOptions } from "../../../lib/loggers/csv-logger.js";
import { jsonLinesLoggerOptions } from "../../../lib/loggers/json-lines-logger.js";
import { tensorBoardOptions } from "../../../lib/loggers/tensor-board.js";
import { lossTypes } from "../../../lib/losses/index.js";
import { evaluateOptions } from "../../../lib/model/evaluate.js";
import { functionalOptions } from "../../../lib/model/functional.js";
import { loadOptions, modelOptions } from "../../../lib/model/model.js";
import { predictOptions } from "../../../lib/model/predict.js";
import { segmentOptions } from "../../../lib/model/segmentation/segment.js";
import { sequentialOptions } from "../../../lib/model/sequential.js";
import { optimizerTypes } from "../../../lib/optimizers/index.js";
import { scheduleTypes } from "../../../lib/schedules/index.js";
import { earlyStoppingOptions } from "../../../lib/training/early-stopping.js";
import { fitOptions } from "../../../lib/training/fit-options.js";
import { splitOptions } from "../../../lib/training/split.js";
import { trainerOptions } from "../../../lib/training/trainer.js";
import { sources } from "./sources.js";

/** Descriptions in a schema do not reach the declarations that editors show: doc comments have to say them again. */
const docs = suite("docs of options");

interface Row {
  readonly path: string;
  /** How the line below the doc comment begins; without it, all doc comments of the file count. */
  readonly declaration?: string;
  readonly options: z.ZodObject;
  /** Options beside those of the schema. */
  readonly more?: readonly string[];
}

const listed = (folder: string, types: readonly { readonly type: string; readonly options: z.ZodObject }[]): Row[] =>
  types.map(({ type, options }) => ({
    path: `lib/${folder}/${type.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}.ts`,
    options,
  }));

const loader = (file: string, name: string, options: z.ZodObject): Row => ({
  path: `lib/data/${file}.ts`,
  declaration: `export async function ${name}`,
  options,
});

const model = "lib/model/model.ts";
const trainer = "lib/training/trainer.ts";
const rows: readonly Row[] = [
  ...listed("layers", layerTypes).map((row) => ({ ...row, more: ["name"] })),
  ...listed("augmentation", augmentationTypes),
  ...listed("losses", lossTypes),
  ...listed("optimizers", optimizerTypes),
  ...listed("schedules", scheduleTypes),
  { path: "lib/model/sequential.ts", declaration: "export function sequential", options: sequentialOptions },
  { path: "lib/model/functional.ts", declaration: "export function functional", options: functionalOptions },
  {
    path: "lib/architectures/unet-sizes.ts",
    declaration: "export function unetOutputSize",
    options: unetSizeOptions,
  },
  { path: model, declaration: "export class Model", options: modelOptions },
  { path: model, declaration: "  static async load", options: loadOptions },
  { path: model, declaration: "  async predict", options: predictOptions },
  { path: model, declaration: "  async evaluate", options: evaluateOptions },
  { path: model, declaration: "  async *segment", options: segmentOptions },
  { path: trainer, declaration: "export class Trainer", options: trainerOptions },
  { path: trainer, declaration: "  async fit", options: fitOptions },
  { path: trainer, declaration: "  async fit", options: earlyStoppingOptions },
  { path: trainer, declaration: "  async predict", options: predictOptions },
  { path: trainer, declaration: "  async evaluate", options: evaluateOptions },
  { path: trainer, declaration: "  async *segment", options: segmentOptions },
  { path: "lib/loggers/csv-logger.ts", declaration: "export function csvLogger", options: csvLoggerOptions },
  {
    path: "lib/loggers/json-lines-logger.ts",
    declaration: "export function jsonLinesLogger",
    options: jsonLinesLoggerOptions,
  },
  { path: "lib/loggers/tensor-board.ts", declaration: "export function tensorBoard", options: tensorBoardOptions },
  { path: "lib/training/split.ts", declaration: "export function splitDataset", options: splitOptions },
  loader("mnist", "loadMnist", mnistOptions),
  loader("fashion-mnist", "loadFashionMnist", fashionMnistOptions),
  loader("cifar/cifar10", "loadCifar10", cifar10Options),
  loader("cifar/cifar10-jpeg", "loadCifar10Jpeg", cifar10JpegOptions),
  loader("cifar/cifar100", "loadCifar100", cifar100Options),
  loader("images/image-folder", "loadImageFolder", imageFolderOptions),
  loader("tasks/permuted-mnist", "loadPermutedMnist", permutedMnistOptions),
  loader("tasks/split-mnist", "loadSplitMnist", splitMnistOptions),
  loader("tasks/mnist-then-fashion", "loadMnistThenFashion", mnistThenFashionOptions),
  {
    path: "lib/data/permute-features.ts",
    declaration: "export function permuteFeatures",
    options: permuteFeaturesOptions,
  },
  loader("snelson", "loadSnelson", snelsonOptions),
  loader("two-moons", "loadTwoMoons", twoMoonsOptions),
  { path: "lib/data/from-arrays.ts", declaration: "export function fromArrays", options: arraysOptions },
];

const texts = new Map(sources("lib", /\.ts$/).map(({ path, text }) => [path, text]));

for (const { path, declaration, options, more = [] } of rows) {
  docs(`${path}: ${declaration?.trim() ?? "its doc comments"}`, () => {
    const lines = optionLines(docComment(path, declaration));
    for (const key of more) assert.ok(lines.has(key), `no line for ${key}`);
    for (const [key, schema] of Object.entries(options.shape as Record<string, z.ZodType>)) {
      const line = lines.get(key);
      if (line === undefined) throw new Error(`no line for ${key}`);
      const { data: value, success } = schema.safeParse(undefined);
      assert.is(/Required\./.test(line), !success, `${key}: required or not, ${line}`);
      const stated = /Default `([^`]*)`\./.exec(line)?.[1];
      // "Default: ..." says in words what depends on the machine or on other options, or is no plain value.
      const inWords = /Default: /.test(line);
      if (stated !== undefined) assert.equal(plainValue(stated), value, `${key}: the default`);
      else assert.ok(!success || inWords, `${key}: no default in "${line}"`);
    }
  });
}

/** The text of the doc comment in front of a declaration, or of all of a file, without asterisks. */
function docComment(path: string, declaration: string | undefined): string {
  const text = texts.get(path);
  if (text === undefined) throw new Error(`there is no ${path}`);
  const end = declaration === undefined ? text.length : text.indexOf(`\n${declaration}`);
  assert.ok(end > 0, `no ${declaration}`);
  const comments = text.slice(0, end).match(/\/\*\*[\s\S]*?\*\//g) ?? [];
  const chosen = declaration === undefined ? comments : comments.slice(-1);
  return chosen.join("\n").replace(/^ *(\/\*\*| \*\/| \*) ?/gm, "");
}

/** Text by option, of lists such as "- `name`: what it is. Default `1`." with indented lines to follow. */
function optionLines(text: string): Map<string, string> {
  const items = text.matchAll(/^ *- `(\w+)`: ((?:.*)(?:\n {2,}(?!- ).*)*)/gm);
  return new Map([...items].map(([, key, line]) => [key!, line!.replace(/\s+/g, " ")]));
}

function plainValue(text: string): unknown {
  const power = /^(\d+) \*\* (-?\d+)$/.exec(text);
  return power === null ? JSON.parse(text) : Number(power[1]) ** Number(power[2]);
}

docs.run();
