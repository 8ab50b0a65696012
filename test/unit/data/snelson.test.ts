import { suite } from "uvu";
import * as assert from "uvu/assert";
import { networkInputs } from "../../../lib/data/network-inputs.js";
import { loadSnelson, snelsonGrid, snelsonScaling } from "../../../lib/data/snelson.js";
import { validateDataset } from "../../../lib/data/validate.js";
import { failure } from "./idx-files.js";

const test = suite("snelson");

test("200 points: first, last and outermost numbers of the public files", async () => {
  const { train } = await loadSnelson();
  validateDataset(train);
  assert.equal([train.length, train.sampleShape, train.targetWidth], [200, [1], 1]);
  const inputs = train.inputs as Float32Array;
  assert.equal([inputs[0], inputs[199]], [Math.fround(5.7007757), Math.fround(5.9657729)]);
  assert.equal([Math.min(...inputs), Math.max(...inputs)], [Math.fround(0.059167804), Math.fround(5.9657729)]);
  const { mean, std } = snelsonScaling.target;
  const outputs = Array.from(train.targets, (value) => value * std + mean);
  // Targets are rounded to float32 once.
  const close = (actual: number, wanted: number) => assert.ok(Math.abs(actual - wanted) < 1e-6, `${actual}, ${wanted}`);
  close(outputs[0]!, -0.4536778);
  close(outputs[199]!, -0.40577463);
  close(Math.min(...outputs), -2.1522765);
  close(Math.max(...outputs), 1.2473979);
});

test("the scaling is that of float64 arithmetic on the files, and is that of the network", async () => {
  // Oracle: mean and stdev of Python's module statistics, which computes with exact fractions.
  const { input, target } = snelsonScaling;
  const printed = [input.mean, input.std, target.mean, target.std].map((value) => value.toFixed(9));
  assert.equal(printed, ["2.981428690", "1.688810273", "-0.342744680", "0.844744163"]);
  const { train } = await loadSnelson();
  for (const values of [[...networkInputs(train)], [...train.targets]]) {
    const mean = values.reduce((sum, value) => sum + value, 0) / 200;
    const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    // 200 values rounded to float32.
    assert.ok(Math.abs(mean) < 1e-6 && Math.abs(Math.sqrt(squares / 199) - 1) < 1e-6);
  }
});

test("test points are the training points", async () => {
  const { train, test: held } = await loadSnelson();
  assert.equal([held.inputs, held.targets, held.normalization], [train.inputs, train.targets, train.normalization]);
});

test("every load has arrays of its own", async () => {
  const [first, second] = [await loadSnelson(), await loadSnelson()];
  assert.is.not(first.train.inputs, second.train.inputs);
});

test("the grid: 301 points from -3 to 10", () => {
  const grid = snelsonGrid();
  assert.equal([grid.length, grid[0], grid[150], grid[300]], [301, -3, 3.5, 10]);
  assert.is(grid[1], Math.fround(-3 + 13 / 300));
});

test("it takes no options", async () => {
  await failure(() => loadSnelson({ folder: "x" } as never), "ERR_OPTION_UNKNOWN", "loadSnelson", "folder");
});

test.run();
