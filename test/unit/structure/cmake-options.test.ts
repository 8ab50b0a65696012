import { spawnSync } from "node:child_process";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { temporaryFolder } from "../../support/temporary-folder.js";
import { root } from "./sources.js";

const test = suite("CMake options");

/** What `cmake` itself says, without the scripts of this package, which check these values as well. */
function configure(define: string) {
  const args = ["-S", root, "-B", temporaryFolder(), `-D${define}`];
  const { status, stderr } = spawnSync("cmake", args, { encoding: "utf8" });
  return { status, message: stderr.replace(/\s+/g, " ") };
}

for (const [define, accepted] of [
  ["BAYESBINN_BLAS=OPENBLASS", "AUTO, OPENBLAS, BUILTIN"],
  ["BAYESBINN_BLAS=builtin", "AUTO, OPENBLAS, BUILTIN"],
  ["BAYESBINN_BLAS=", "AUTO, OPENBLAS, BUILTIN"],
  ["BAYESBINN_CUDA=YES", "AUTO, ON, SHIPPED, OFF"],
] as const) {
  test(`${define} is refused, with the values that are accepted`, () => {
    const { status, message } = configure(define);
    assert.is(status, 1);
    assert.ok(message.includes(`${define}: accepted are ${accepted}`), message);
  });
}

test.run();
