import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { loadAddon, packageRoot, replaceAddon } from "../../../lib/native/binding.js";
import { refused } from "../../support/refused.js";
import { temporaryFolder } from "../../support/temporary-folder.js";

const test = suite("binding");

const folder = temporaryFolder();
const variable = "BAYESBINN_BINDING";

test.before.each(() => {
  replaceAddon(undefined);
  delete process.env[variable];
});

test("the root is the folder of package.json", () => {
  assert.ok(existsSync(join(packageRoot(), "lib", "native", "contract.ts")));
});

test("the addon is loaded once, and has the version of the package", () => {
  const addon = loadAddon();
  assert.is(loadAddon(), addon);
  assert.match(addon.systemInfo().version, /^\d+\.\d+\.\d+/);
});

test("an addon that is not there: the path, the reason and what to run", async () => {
  process.env[variable] = join(folder, "none.node");
  const error = await refused(loadAddon, "ERR_BINDING_LOAD", process.env[variable], "there is no such file", variable);
  assert.equal(error.details.tried, [process.env[variable]]);
});

test("an addon that cannot be loaded: the loader's reason", async () => {
  process.env[variable] = join(folder, "bad.node");
  writeFileSync(process.env[variable], "not an ELF file");
  const error = await refused(loadAddon, "ERR_BINDING_LOAD", process.env[variable]);
  assert.instance(error.cause, Error);
});

test("the variable names another addon, and a failure is not kept", async () => {
  process.env[variable] = join(folder, "later.cjs");
  await refused(loadAddon, "ERR_BINDING_LOAD");
  writeFileSync(process.env[variable], "module.exports = { name: 'another' };");
  assert.equal(loadAddon(), { name: "another" });
});

test.run();
