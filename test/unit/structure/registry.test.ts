import { suite } from "uvu";
import * as assert from "uvu/assert";
import { augmentationTypes } from "../../../lib/augmentation/index.js";
import { layerTypes } from "../../../lib/layers/index.js";
import { lossTypes } from "../../../lib/losses/index.js";
import { loadAddon } from "../../../lib/native/binding.js";
import { optimizerTypes } from "../../../lib/optimizers/index.js";

/** Both halves of the package know the same methods: what one lacks, a user would meet as a failing call. */
const structure = suite("registry");

const lists = {
  layers: layerTypes,
  losses: lossTypes,
  optimizers: optimizerTypes,
  augmentations: augmentationTypes,
};

for (const [list, types] of Object.entries(lists)) {
  structure(`the ${list} of TypeScript and native code have the same names`, () => {
    const native = loadAddon().registry()[list as keyof typeof lists];
    assert.equal(types.map(({ type }) => type).sort(), [...native].sort());
    assert.is(new Set(native).size, native.length, "a name stands twice");
  });
}

structure.run();
