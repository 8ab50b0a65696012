import { suite } from "uvu";
import { refusals } from "./support/wrong-arguments.js";
import { wrongProducts } from "./support/wrong-products.js";

const test = suite("bad input: products");

for (const each of wrongProducts) {
  for (const [name, refusal] of refusals(each)) test(name, refusal);
}

test.run();
