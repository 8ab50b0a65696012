/** Running statistics that overflow: better no file than one that nobody can read. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { batchNorm } from "../../../lib/layers/batch-norm.js";
import { linear } from "../../../lib/layers/linear.js";
import { sequential } from "../../../lib/model/sequential.js";
import { BayesBiNN } from "../../../lib/optimizers/bayesbinn.js";
import { Trainer } from "../../../lib/training/trainer.js";
import { refused } from "../../support/refused.js";
import { temporaryFolder } from "../../support/temporary-folder.js";
import { toyPoints } from "../../support/toy-data.js";

const test = suite("statistics that overflow");

const points = toyPoints(31);
/** Their variances are beyond float32, but a step normalises by those of its batch in numbers that are not. */
const train = { ...points, inputs: (points.inputs as Float32Array).map((value) => 1e20 * value) };

const open = () =>
  new Trainer({
    model: sequential({ inputShape: [2], layers: [batchNorm(), linear({ units: 3 })] }),
    optimizer: new BayesBiNN(),
    threads: 1,
  });

test("a model is not saved", async () => {
  await using trainer = open();
  await trainer.fit({ train, epochs: 1, batchSize: 8 });
  const path = join(temporaryFolder(), "model.safetensors");
  await refused(() => trainer.model.save(path), "ERR_NUMERIC", /running statistic "batchNorm1\.running_var": inf/);
  assert.not(existsSync(path));
});

test("a fit with checkpoints ends, and leaves none", async () => {
  await using trainer = open();
  const folder = temporaryFolder();
  const fit = () => trainer.fit({ train, epochs: 2, batchSize: 8, checkpoints: { folder } });
  await refused(fit, "ERR_NUMERIC", "running statistic");
  assert.equal(
    readdirSync(folder).filter((name) => name.endsWith(".safetensors")),
    [],
  );
});

test.run();
