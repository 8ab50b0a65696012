import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type ComparedRun, comparisonOf } from "../../../../lib/recipes/comparison/comparison.js";
import { comparisonCsv } from "../../../../lib/recipes/comparison/csv.js";
import { comparisonMarkdown } from "../../../../lib/recipes/comparison/markdown.js";
import { type PlanOptions, planComparison } from "../../../../lib/recipes/comparison/plan.js";

const tables = suite("tables of a comparison");

const run = (method: string, seed: number, ...[train, validation, mode, mean]: number[]): ComparedRun => ({
  ...{ method, seed, folder: `${method}-seed${seed}` },
  ...(train !== undefined && { result: { bestEpoch: 2, train, validation, mode, mean } }),
});

async function comparison(options: PlanOptions, runs: readonly ComparedRun[], recipe = "mnist-mlp") {
  const methods = ["bayesbinn", "adam"] as const;
  return comparisonOf(await planComparison(recipe, { methods: [...methods], ...options }), runs);
}

const failure = { code: "ERR_NUMERIC", message: "the loss of step 3 is NaN" } as const;
const runs = [
  run("bayesbinn", 1, 0.99, 0.95, 0.9, 0.91),
  run("adam", 1, 0.98, 0.97, 0.96, 0.96),
  run("bayesbinn", 3, 0.97, 0.93, 0.92, 0.91),
  { ...run("adam", 3), failure },
];
const lines = (text: string) => text.split("\n");

tables("Markdown: columns of equal width, the paper's beside them, and why a run failed", async () => {
  const text = comparisonMarkdown(await comparison({ seeds: [1, 3], epochs: 5 }, runs));
  assert.equal(lines(text), [
    "# Methods on mnist-mlp",
    "",
    "Accuracies at the epoch of the best validation accuracy, of 5 epochs; mean +- standard deviation (population form) over runs with seeds 1 and 3.",
    "",
    "| method           | train           | validation      | test            | runs   | paper: train    | paper: validation | paper: test     |",
    "| ---------------- | --------------- | --------------- | --------------- | ------ | --------------- | ----------------- | --------------- |",
    "| BayesBiNN (mode) | 98.00 +- 1.00 % | 94.00 +- 1.00 % | 91.00 +- 1.00 % | 2      | 99.85 +- 0.05 % | 99.02 +- 0.13 %   | 98.86 +- 0.05 % |",
    "| BayesBiNN (mean) | 98.00 +- 1.00 % | 94.00 +- 1.00 % | 91.00 +- 0.00 % | 2      | 99.85 +- 0.05 % | 99.02 +- 0.13 %   | 98.86 +- 0.05 % |",
    "| Full precision   | 98.00 %         | 97.00 %         | 96.00 %         | 1 of 2 | 99.96 +- 0.02 % | 99.15 +- 0.14 %   | 99.01 +- 0.06 % |",
    "",
    "The paper's numbers are those of its Table 10: 500 epochs, 5 runs.",
    "",
    "Failed, and not in the table:",
    "",
    "- `adam-seed3`: ERR_NUMERIC, the loss of step 3 is NaN",
    "",
  ]);
});

tables("where pixels are classified, the mean IoU stands beside the accuracies", async () => {
  const [first, second, third] = [runs[0]!, runs[2]!, runs[1]!].map(({ result, ...run }, i) => ({
    ...run,
    result: { ...result!, ...(i < 2 && { meanIou: { mode: 0.5 + 0.2 * i, mean: 0.75 } }) },
  }));
  const found = await comparison({ seeds: [1, 3], epochs: 5 }, [first!, second!, third!]);
  // Means and deviations of 0.5 and 0.7, and of equal numbers.
  assert.equal(
    found.rows.map(({ meanIou }) => meanIou && [meanIou.mean.toFixed(9), meanIou.std.toFixed(9)]),
    [["0.600000000", "0.100000000"], ["0.750000000", "0.000000000"], undefined],
  );
  const columns = lines(comparisonMarkdown(found))
    .filter((line) => line.startsWith("|"))
    .map((line) => line.split("|")[5]!.trim());
  assert.equal(
    columns.filter((_, row) => row !== 1),
    ["test mean IoU", "0.6000 +- 0.1000", "0.7500 +- 0.0000", "-"],
  );
  const csv = lines(comparisonCsv(found)).map((line) => line.split(",").slice(-2));
  assert.equal(csv[0], ["mean_iou_mean", "mean_iou_std"]);
  assert.equal(csv[2], ["0.75", "0"]);
  assert.equal(csv[3], ["", ""]);
  assert.not.match(comparisonCsv(await comparison({ seeds: [1, 3] }, runs)), "iou");
});

tables("another experiment than the paper's is not put beside it", async () => {
  const settings = ["model.hiddenUnits=16", "batchSize=20"];
  const { rows, paper } = await comparison({ seeds: [1, 3], settings }, runs);
  assert.ok(rows.every((row) => row.paper === undefined));
  assert.equal(paper?.differing, ["model.hiddenUnits", "batchSize"]);
  const text = comparisonMarkdown(await comparison({ seeds: [1, 3], settings }, runs));
  assert.not.match(text, "paper: ");
  assert.match(text, "\nSettings: `model.hiddenUnits=16`, `batchSize=20`.\n");
  assert.match(text, "since `model.hiddenUnits` and `batchSize` differ from the recipe");
});

tables("where the data lie is in no table", async () => {
  const settings = ["dataset.folder=/a", "batchSize=20", ' dataset . folder = "/b"'];
  const whole = 'dataset={"name":"mnist","folder":"/c","validationFraction":0.2}';
  const plain = await comparison({ seeds: [1, 3], settings: ["batchSize=20"] }, runs);
  assert.equal(await comparison({ seeds: [1, 3], settings }, runs), plain);
  const { settings: written } = await comparison({ seeds: [1, 3], settings: [whole, "batchSize=20"] }, runs);
  assert.equal(written, ['dataset={"name":"mnist","validationFraction":0.2}', "batchSize=20"]);
});

tables("a recipe that the paper has no table of", async () => {
  const { rows, paper } = await comparison({}, [], "fashion-mlp");
  assert.is(paper, undefined);
  assert.ok(rows.every((row) => row.paper === undefined && row.runs === 0 && row.test === undefined));
  const text = comparisonMarkdown(await comparison({ seeds: [4] }, [], "fashion-mlp"));
  assert.match(text, "with seed 4.");
  assert.match(text, /\| Full precision +\| - +\| - +\| - +\| 0 of 1 \|/);
  assert.not.match(text, "aper");
});

tables("without validation samples numbers are of the last epoch", async () => {
  const text = comparisonMarkdown(await comparison({ seeds: [1] }, [], "mnist-lrnet"));
  assert.match(text, "Accuracies at the last epoch, of 190 epochs;");
});

tables("CSV: fractions in full precision, empty where there is none", async () => {
  const text = comparisonCsv(await comparison({ seeds: [1, 3] }, runs.slice(0, 3)));
  const [head, ...body] = lines(text.trimEnd()).map((line) => line.split(","));
  assert.equal(head, [
    ...["method", "prediction", "runs", "train_mean", "train_std", "validation_mean", "validation_std"],
    ...["test_mean", "test_std", "paper_train_mean", "paper_train_std", "paper_validation_mean"],
    ...["paper_validation_std", "paper_test_mean", "paper_test_std"],
  ]);
  assert.equal(
    body.map(([method, prediction, count]) => [method, prediction, count]),
    [
      ["bayesbinn", "mode", "2"],
      ["bayesbinn", "mean", "2"],
      ["adam", "mode", "1"],
    ],
  );
  assert.equal(body[2], [
    ...["adam", "mode", "1", "0.98", "0", "0.97", "0", "0.96", "0"],
    ...["0.9996", "0.0002", "0.9915", "0.0014", "0.9901", "0.0006"],
  ]);
  const other = comparisonCsv(await comparison({ settings: ["batchSize=20"] }, []));
  assert.is(lines(other)[1], "bayesbinn,mode,0,,,,,,,,,,,,");
});

tables.run();
