import { suite } from "uvu";
import * as assert from "uvu/assert";
import { sources } from "./sources.js";

/** One concept a file keeps files short; a longer one wants to be two. */
const limit = 350;

const structure = suite("file length");

for (const folder of ["lib", "native", "scripts"]) {
  structure(`files of ${folder}/ have at most ${limit} lines`, () => {
    const wrong = sources(folder, /\.(ts|mjs|h|cpp|cu|cuh)$/)
      .map(({ path, text }) => ({ path, lines: text.split("\n").length - 1 }))
      .filter(({ lines }) => lines > limit)
      .map(({ path, lines }) => `${path}: ${lines} lines`);
    assert.equal(wrong, []);
  });
}

structure.run();
