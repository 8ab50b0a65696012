import { suite } from "uvu";
import * as assert from "uvu/assert";
import { datasets } from "../../../lib/data/index.js";
import type { NamedDataset } from "../../../lib/data/named-dataset.js";

const test = suite("the list of data sets");

const list: readonly NamedDataset[] = datasets;

test("no name stands twice", () => {
  assert.is(new Set(list.map(({ name }) => name)).size, list.length);
});

for (const { name, description, classes, sampleShape, options } of list) {
  test(`${name}: a kebab-case name, one line of description, sizes, and a default for every option`, () => {
    assert.match(name, /^[a-z0-9]+(-[a-z0-9]+)*$/);
    assert.ok(description.length > 0 && !description.includes("\n"));
    assert.ok(Number.isInteger(classes) && classes > 0);
    assert.ok(sampleShape.length > 0 && sampleShape.every((axis) => Number.isInteger(axis) && axis > 0));
    assert.ok(options.safeParse({}).success, "every option has a default");
    assert.not(options.safeParse({ unknownOption: 1 }).success);
  });
}

test.run();
