import "./support/unfused.js";
import { suite } from "uvu";
import { labelled } from "../native/support/specs.js";
import { classes, compare, count, methods, networks } from "./support/twins.js";

const test = suite("training of convolutions on CUDA");

for (const { name, kind, method } of methods) {
  const parts = networks(kind)["images"]!;
  test(`${name}: twenty steps, predictions and evaluations as on the CPU`, () =>
    compare({ ...parts, [kind]: method }, labelled(count, parts.inputShape!, classes)));
}

test.run();
