import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { temporaryFolder } from "../../support/temporary-folder.js";

const exporting = suite("export of epochs");

exporting("a step that mixes pixels is refused before any work, since bytes could not hold what it gives", () => {
  const folder = join(temporaryFolder(), "epochs");
  const setting = 'augmentation=[{"name":"randomFlip"},{"name":"randomRotation"}]';
  const args = ["--import", "tsx", "scripts/compare/export-epochs.ts", folder, "mnist-lrnet", setting];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  assert.is(status, 2, stderr);
  assert.match(stderr, "augmentation: randomRotation mixes pixels, accepted: ");
  assert.not.ok(existsSync(folder));
});

exporting.run();
