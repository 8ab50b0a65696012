import { suite } from "uvu";
import * as assert from "uvu/assert";
import { datasets } from "../../../lib/data/index.js";
import type { NamedDataset } from "../../../lib/data/named-dataset.js";
import { failure } from "./idx-files.js";

const test = suite("the list of data sets");

const list: readonly NamedDataset[] = datasets;

test("no name stands twice", () => {
  assert.is(new Set(list.map(({ name }) => name)).size, list.length);
});

for (const { name, description, classes, sampleShape, options, locate } of list) {
  test(`${name}: a kebab-case name, one line of description, sizes, and a default for every option`, () => {
    assert.match(name, /^[a-z0-9]+(-[a-z0-9]+)*$/);
    assert.ok(description.length > 0 && !description.includes("\n"));
    assert.not(options.safeParse({ unknownOption: 1 }).success);
    if (!options.safeParse({}).success) {
      // Data of the user: nothing is known before they are read.
      assert.equal([classes, sampleShape, locate], [undefined, undefined, undefined]);
      assert.equal(requiredOptions(options), ["folder"], "every option but the folder has a default");
      return;
    }
    // Targets of regression are no labels.
    assert.ok(classes === undefined || (Number.isInteger(classes) && classes > 0));
    assert.ok(sampleShape?.length && sampleShape.every((axis) => Number.isInteger(axis) && axis > 0));
  });
}

for (const { name, options, load } of list.filter(({ locate }) => locate !== undefined)) {
  test(`${name}: where data are missing, the message says how to give their folder`, async () => {
    assert.ok("folder" in options.shape);
    await failure(
      () => load({ folder: "/nowhere" }),
      "ERR_DATASET_MISSING",
      `${name}: /nowhere: no such folder`,
      "give their folder as the option `folder` (`--set dataset.folder=<path>`)",
    );
  });
}

function requiredOptions({ shape }: NamedDataset["options"]): string[] {
  return Object.keys(shape).filter((key) => !shape[key].safeParse(undefined).success);
}

test.run();
