import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { temporaryName } from "../../../../lib/io/atomic-write.js";
import { ComparisonFolder } from "../../../../lib/recipes/comparison/folder.js";
import { planComparison } from "../../../../lib/recipes/comparison/plan.js";
import { temporaryFolder } from "../../../support/temporary-folder.js";
import { failure } from "../failure.js";

const folders = suite("folder of a comparison");
const plan = await planComparison("mnist-mlp", { methods: ["adam"], seeds: [1], epochs: 2 });

folders("one that was killed while it wrote its first file is gone on with, and its remains are removed", async () => {
  const path = temporaryFolder();
  await writeFile(temporaryName(join(path, "comparison.json")), "{");
  const folder = await ComparisonFolder.open(plan, path);
  assert.is(folder.path, path);
  assert.equal(await readdir(path), ["run.lock"]);
  await failure(() => ComparisonFolder.open(plan, path), "ERR_BUSY", "is at work in it");
  await folder.close();
  assert.equal(await readdir(path), []);
});

folders("a folder with other content is refused, and its remains stay", async () => {
  const path = temporaryFolder();
  await writeFile(join(path, "notes.txt"), "");
  await writeFile(temporaryName(join(path, "notes.txt")), "");
  await failure(() => ComparisonFolder.open(plan, path), "ERR_OUTPUT", "holds no comparison");
  assert.is((await readdir(path)).length, 2);
});

folders.run();
