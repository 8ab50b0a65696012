import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Dataset } from "../../../../lib/data/dataset.js";
import { snelsonScaling } from "../../../../lib/data/snelson.js";
import { figures } from "../../../../lib/figures/index.js";
import { renderSvg } from "../../../../lib/figures/render.js";
import { RunFolder } from "../../../../lib/io/run-folder.js";
import type { Config } from "../../../../lib/recipes/config.js";
import type { FigureRun } from "../../../../lib/recipes/figures/figure-run.js";
import { runFigures } from "../../../../lib/recipes/figures/index.js";
import { refused } from "../../../support/refused.js";
import { temporaryFolder } from "../../../support/temporary-folder.js";
import { marksIn, textsIn } from "../../figures/marks.js";

const test = suite("figures of runs");
const byName = (name: string) => runFigures.find((figure) => figure.name === name)!;

test("every figure is drawn of some run", () => {
  assert.equal(
    runFigures.map(({ name }) => name),
    figures.map(({ name }) => name),
  );
});

test("which figures fit: by data set, loss and the files that are there", () => {
  const all = new Set<string>(Object.values(RunFolder.files));
  const fitting = (dataset: string, loss: string, files = all, more = {}) =>
    runFigures
      .filter(({ fits }) =>
        fits({ dataset: { name: dataset }, loss: { name: loss }, ...more } as unknown as Config, files),
      )
      .map(({ name }) => name);
  const classes = ["training-curves", "reliability-diagram", "confusion-matrix"];
  assert.equal(fitting("mnist", "softmaxCrossEntropy"), classes);
  assert.equal(fitting("mnist", "squaredHinge"), ["training-curves"]);
  assert.equal(fitting("mnist", "softmaxCrossEntropy", new Set(["history.jsonl"])), ["training-curves"]);
  assert.equal(fitting("mnist", "softmaxCrossEntropy", new Set(["config.json"])), []);
  assert.equal(fitting("snelson", "meanSquaredError"), ["training-curves", "regression-band"]);
  assert.equal(fitting("two-moons", "binaryCrossEntropy"), ["training-curves", "probability-map"]);
  const tasks = new Set(["history.jsonl", "final.safetensors", "continual.json"]);
  assert.equal(fitting("permuted-mnist", "softmaxCrossEntropy", tasks, { continual: {} }), [
    ...["training-curves", "probability-histograms", "task-accuracies", "accuracy-matrix"],
  ]);
});

test("a confusion matrix says what it counts: samples, or the pixels of whole images", async () => {
  const images = { ...points(3), classes: 2, classNames: ["membrane", "cell"] };
  const places = [0, 0, 1, 1].map((image) => ({ image, row: 0, column: 0 }));
  const tiling = { images: [1, 2].map(() => ({ rows: 5, columns: 7 })), tiles: places };
  const subtitle = async (test: Dataset) => {
    const confusion = [
      [30, 10],
      [5, 25],
    ];
    const run = { label: "A (a)", data: async () => ({ test }), evaluation: async () => ({ confusion, samples: 10 }) };
    const spec = await byName("confusion-matrix").draw([run as unknown as FigureRun]);
    return (spec as { readonly title?: { readonly subtitle?: string } }).title?.subtitle;
  };
  assert.is(await subtitle(images), "A (a), 3 test samples, mean of 10 draws");
  assert.is(await subtitle({ ...images, tiling }), "A (a), pixels of 2 test images, mean of 10 draws");
});

/** A run whose network predicts the first coordinate as the network sees it, with `std` around it. */
function pointsRun(train: Dataset, std: number): FigureRun {
  const width = train.sampleShape[0]!;
  return {
    label: "A (a)",
    data: async () => ({ train, test: train }),
    samples: (otherwise = 7) => otherwise,
    predictions: async (inputs: Float32Array, samples: number) => {
      const mode = inputs.filter((_, index) => index % width === 0);
      const mean = mode.map((value) => value + 1);
      return { mode, drawn: { mean, epistemicStd: mode.map(() => std) }, samples };
    },
  } as unknown as FigureRun;
}

const points = (width: number): Dataset => ({
  name: "points",
  length: 3,
  sampleShape: [width],
  inputs: Float32Array.from({ length: 4 * width }, (_, index) => Math.floor(index / width) * (1 + (index % width))),
  normalization: { scale: 1, mean: [2], std: [4] },
  targets: Float32Array.of(0, 1, 1, 0),
  targetWidth: 1,
  indices: Uint32Array.of(3, 0, 1),
});

test("regression: samples by their indices and a curve from -3 to 10, in the units of the data", async () => {
  const spec = await byName("regression-band").draw([pointsRun(points(1), 0), pointsRun(points(1), 0.5)]);
  type Row = { readonly [field: string]: number };
  const panels = (spec as unknown as { hconcat: { layer: { data: { values: Row[] } }[] }[] }).hconcat;
  assert.equal(
    panels.map(({ layer }) => layer.length),
    [2, 4],
    "a band only where draws differ",
  );
  const near = (actual: Row | undefined, expected: Row) => {
    assert.equal(Object.keys(actual!), Object.keys(expected));
    // Numbers from float32, of at most 10.
    for (const [field, value] of Object.entries(expected)) assert.ok(Math.abs(actual![field]! - value) < 2e-6, field);
  };
  // y = 0 and 1 are the mean of Snelson's targets and one standard deviation more.
  const { mean, std } = snelsonScaling.target;
  const [mode, training] = panels[0]!.layer.map(({ data }) => data.values);
  assert.equal(training, [
    { x: 3, y: mean },
    { x: 0, y: mean },
    { x: 1, y: std + mean },
  ]);
  assert.is(mode!.length, 301);
  // The network of this test sees (x - 2) / 4, and predicts that.
  for (const x of [-3, 3.5, 10]) {
    const index = ((x + 3) / 13) * 300;
    near(mode![index], { x, mode: ((x - 2) / 4) * std + mean });
    const middle = ((x - 2) / 4 + 1) * std + mean;
    const [band] = panels[1]!.layer.map(({ data }) => data.values);
    near(band![index], { x, mean: middle, low: middle - std, high: middle + std });
  }
});

test("regressions are drawn with 100 samples unless another number is asked for", async () => {
  const asked: number[] = [];
  const run = (samples?: number) => {
    const { predictions, ...rest } = pointsRun(points(1), 0.5);
    const told = (inputs: Float32Array, number: number) => {
      asked.push(number);
      return predictions(inputs, number);
    };
    return { ...rest, predictions: told, ...(samples !== undefined && { samples: () => samples }) } as FigureRun;
  };
  await byName("regression-band").draw([run(), run(3)]);
  assert.equal(asked, [100, 3]);
});

test("map: a panel for the mode and, where draws differ, one for the mean", async () => {
  const svg = await renderSvg(
    await byName("probability-map").draw([pointsRun(points(2), 0), pointsRun(points(2), 0.5)]),
  );
  assert.is(marksIn(svg, "rect"), 3 * 65 * 65);
  assert.is(marksIn(svg, "symbol"), 3 * 3);
  assert.ok(textsIn(svg).includes("mean of 7 samples"));
});

test("tasks: what continual.json has, and a file that no run wrote", async () => {
  const path = temporaryFolder();
  const distribution = { quantity: "probability", low: 0, high: 1, counts: [5, 0, 7] };
  const content = {
    ...{ tasks: ["one", "two"], epochsPerTask: 3, distributions: [distribution, null] },
    evaluations: [1, 2].map((task) => ({ task, epoch: 3, samples: 10, accuracies: [0.9, task / 3] })),
    accuracyMatrix: [
      [0.9, 0.1],
      [0.8, 0.9],
    ],
  };
  writeFileSync(join(path, "continual.json"), JSON.stringify(content));
  const runWith = (prior: string, label: string) => ({ path, label, config: { continual: { prior } } }) as FigureRun;
  const run = runWith("previous", "A (a)");
  const [histograms, accuracies, matrix] = ["probability-histograms", "task-accuracies", "accuracy-matrix"].map(byName);
  assert.is(marksIn(await renderSvg(await histograms!.draw([run])), "rect"), 3);
  assert.is(marksIn(await renderSvg(await accuracies!.draw([run])), "line"), 3);
  const texts = textsIn(await renderSvg(await matrix!.draw([run])));
  for (const text of ["90.0", "10.0", "80.0", "1: one"]) assert.ok(texts.includes(text), text);
  const runs = [run, runWith("none", "A (b)"), runWith("none", "A (c)")];
  const labels = textsIn(await renderSvg(await matrix!.draw(runs)));
  for (const text of ["with prior", "A (b), without prior", "A (c), without prior"])
    assert.ok(labels.includes(text), text);
  writeFileSync(join(path, "continual.json"), JSON.stringify({ ...content, tasks: "one" }));
  await refused(() => matrix!.draw([run]), "ERR_OPTION_TYPE", /continual.json.*tasks/);
});

test.run();
