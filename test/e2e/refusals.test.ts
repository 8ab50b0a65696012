import { mkdir, readdir, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { writeTinyDigits } from "../support/tiny-digits.js";
import { runCli } from "./cli-process.js";
import { assertOneLine, type SmallTraining, smallTraining } from "./small-training.js";

let folder: string;
let train: SmallTraining["train"];

const cli = suite("what bayesbinn refuses as a process");
cli.before(async () => {
  ({ folder, train } = await smallTraining());
});
cli.after(() => rm(folder, { recursive: true, force: true }));

cli("an augmentation that does not suit the network: the reason, and no run folder", async () => {
  const out = join(folder, "augmented");
  const result = await train(["--epochs", "1", "--set", 'augmentation=[{"name":"randomFlip"}]', "--out", out]);
  assertOneLine(
    result,
    2,
    /^error \[ERR_SHAPE_MISMATCH\]: augmentation: the network reads vectors \(\[784\]\), accepted: a network of images, /,
  );
  assert.not.ok((await readdir(folder)).includes("augmented"));
});

cli("an output folder that cannot be used: exit code 2, and nothing in it is touched", async () => {
  const occupied = join(folder, "occupied");
  await mkdir(occupied);
  await writeFile(join(occupied, "thesis.txt"), "mine");
  const epochs = ["--epochs", "1"];
  assertOneLine(
    await train([...epochs, "--quiet", "--out", occupied]),
    2,
    /^error \[ERR_OUTPUT\]: .*occupied.*not empty/,
  );
  assert.equal(await readdir(occupied), ["thesis.txt"]);
  const below = join(occupied, "thesis.txt", "run");
  assertOneLine(await train([...epochs, "--quiet", "--out", below]), 2, /^error \[ERR_OUTPUT\]: .*thesis.txt/);
});

cli("data that cannot be used: exit code 2, one line with file and offset, and no run folder", async () => {
  const damaged = join(folder, "damaged");
  await mkdir(damaged);
  await writeTinyDigits(damaged, 30, 10);
  await truncate(join(damaged, "train-images-idx3-ubyte"), 5000);
  const out = join(folder, "never-made");
  const result = await train(["--set", `dataset.folder=${damaged}`, "--out", out]);
  assertOneLine(result, 2, /^error \[ERR_DATASET_FORMAT\]: .*train-images-idx3-ubyte.*5000/);
  assert.not.ok((await readdir(folder)).includes("never-made"));
});

cli("configurations that do not fit: exit code 2, one line, and no run folder", async () => {
  const out = join(folder, "never-made");
  const rows: readonly [setting: string, start: RegExp][] = [
    ["optimizer.temperature=0", /^error \[ERR_OPTION_RANGE\]: optimizer\.temperature: 0/],
    ["batchSize=0", /^error \[ERR_OPTION_RANGE\]: batchSize: 0/],
    ["optimizer.learningRate=-1", /^error \[ERR_OPTION_RANGE\]: optimizer\.learningRate: -1/],
    ["dataset.validationFraction=1.5", /^error \[ERR_OPTION_RANGE\]: dataset\.validationFraction: 1\.5/],
    ["optimizer.name=adam", /^error \[ERR_OPTIMIZER_CLAIM\]: .*linear1\.weight/],
    ["realOptimizer.name=ste", /^error \[ERR_OPTION_RANGE\]: realOptimizer\.name: "ste" .*"adam" or "sgd"/],
    [
      "realOptimizer.name=adam",
      /^error \[ERR_CONFIG\]: realOptimizer: "adam" for the network mlpBinaryConnect, which has no real/,
    ],
    ["earlyStopping.patience=0", /^error \[ERR_OPTION_RANGE\]: earlyStopping\.patience: 0/],
    ["loss.name=meanSquaredError", /^error \[ERR_/],
  ];
  for (const [setting, start] of rows) assertOneLine(await train(["--set", setting, "--out", out]), 2, start);
  assert.not.ok((await readdir(folder)).includes("never-made"));
});

cli("--device cuda where there is none: exit code 2, one line, and no run folder", async () => {
  const { system } = JSON.parse((await runCli(["doctor", "--json"], { cwd: folder })).stdout);
  if (system.cuda.usable) return;
  const out = join(folder, "never-made");
  assertOneLine(await train(["--device", "cuda", "--out", out]), 2, /^error \[ERR_DEVICE_UNAVAILABLE\]: /);
  assert.not.ok((await readdir(folder)).includes("never-made"));
});

cli("failures that are not the user's have exit code 1", async () => {
  const missing = { BAYESBINN_BINDING: join(folder, "none.node") };
  assertOneLine(await train(["--quiet"], { env: missing }), 1, /^error \[ERR_BINDING_LOAD\]: .*none\.node/);
  const defect = join(folder, "defect.cjs");
  await writeFile(defect, "module.exports = {};");
  const { code, stderr } = await train(["--quiet"], { env: { BAYESBINN_BINDING: defect } });
  assert.is(code, 1);
  assert.match(stderr, /^error \[ERR_INTERNAL\].*\n.*TypeError/);
});

cli.run();
