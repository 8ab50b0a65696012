/** Sequences of tasks, from small files. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Dataset } from "../../../lib/data/dataset.js";
import { networkInputs } from "../../../lib/data/network-inputs.js";
import { permuteFeatures } from "../../../lib/data/permute-features.js";
import { taskSequences } from "../../../lib/data/tasks/index.js";
import { loadMnistThenFashion } from "../../../lib/data/tasks/mnist-then-fashion.js";
import { loadPermutedMnist } from "../../../lib/data/tasks/permuted-mnist.js";
import { loadSplitMnist } from "../../../lib/data/tasks/split-mnist.js";
import type { TaskSequence } from "../../../lib/data/tasks/task-sequence.js";
import { validateDataset } from "../../../lib/data/validate.js";
import { failure, fourFiles, idx, inTempFolder, pattern, writeFiles } from "./idx-files.js";

const test = suite("task sequences");

const list: readonly TaskSequence[] = taskSequences;

test("no name stands twice", () => {
  assert.is(new Set(list.map(({ name }) => name)).size, list.length);
});

/** Folder options of each. */
const folders = (options: TaskSequence["options"], folder: string) =>
  Object.fromEntries(Object.keys(options.shape).flatMap((key) => (/older$/.test(key) ? [[key, folder]] : [])));

for (const { name, description, options, load } of list) {
  test(`${name}: a kebab-case name, one line of description, a default for every option, tasks alike`, () =>
    inTempFolder(async (folder) => {
      assert.match(name, /^[a-z0-9]+(-[a-z0-9]+)*$/);
      assert.ok(description.length > 0 && !description.includes("\n"));
      assert.ok(options.safeParse({}).success);
      await failure(() => load({ unknownOption: 1 }), "ERR_OPTION_UNKNOWN", "unknownOption");
      await writeFiles(folder, fourFiles(43, 29));
      const tasks = await load(folders(options, folder));
      assert.is(new Set(tasks.map((task) => task.name)).size, tasks.length);
      for (const task of tasks) {
        assert.match(task.name, /^[a-z0-9]+(-[a-z0-9]+)*$/);
        for (const part of ["train", "test"] as const) {
          validateDataset(task[part]);
          assert.is(task[part].name, `${name}.${task.name}.${part}`);
          assert.is(task[part].classes, tasks[0]!.train.classes);
          assert.equal(task[part].sampleShape, tasks[0]!.train.sampleShape);
        }
      }
    }));

  test(`${name}: where data are missing, the message says so`, async () => {
    await failure(() => load(folders(options, "/nowhere")), "ERR_DATASET_MISSING", "/nowhere: no such folder");
  });
}

/** Loads of four files with 43 and 29 images, whose labels are the ten digits over and over, by threes. */
const withFiles = <T>(use: (folder: string) => Promise<T>): Promise<T> =>
  inTempFolder(async (folder) => {
    await writeFiles(folder, fourFiles(43, 29));
    return use(folder);
  });

test("permuted MNIST: an order a task, the same for both parts, over the same arrays", () =>
  withFiles(async (folder) => {
    const tasks = await loadPermutedMnist({ folder, seed: 7 });
    assert.equal(
      tasks.map(({ name }) => name),
      [1, 2, 3, 4, 5].map((number) => `permutation-${number}`),
    );
    const [{ train, test }] = tasks as [(typeof tasks)[0]];
    assert.is(new Set(tasks.map((task) => task.train.permutation!.join())).size, 5);
    for (const [draw, task] of tasks.entries()) {
      assert.is(task.train.inputs, train.inputs);
      assert.is(task.train.targets, train.targets);
      assert.is(task.test.inputs, test.inputs);
      assert.equal(task.test.permutation, task.train.permutation);
      const { permutation: _, ...stored } = task.train;
      assert.equal(task.train.permutation, permuteFeatures(stored, { seed: 7, draw }).permutation);
    }
    const pixels = pattern(29 * 784, 239);
    const { permutation, normalization } = tasks[2]!.test;
    const expected = Float32Array.from(
      permutation!,
      (from) => (pixels[28 * 784 + from]! * normalization.scale - 0.1307) / 0.3081,
    );
    assert.equal(networkInputs(tasks[2]!.test, 28), expected);
  }));

test("permuted MNIST: the first task as it is, more tasks, another seed", () =>
  withFiles(async (folder) => {
    const orders = async (options: object) =>
      (await loadPermutedMnist({ folder, ...options })).map(({ train }) => train.permutation?.join());
    const five = await orders({});
    assert.equal(await orders({ tasks: 3, seed: 1 }), five.slice(0, 3));
    assert.equal(await orders({ first: "identity" }), [undefined, ...five.slice(1)]);
    const [first] = await loadPermutedMnist({ folder, first: "identity" });
    assert.is(first!.name, "mnist");
    const other = await orders({ seed: 2 });
    assert.is(new Set([...five, ...other]).size, 10, "tasks of another seed are others");
    await failure(() => loadPermutedMnist({ folder, tasks: 0 }), "ERR_OPTION_RANGE", "loadPermutedMnist.tasks");
    await failure(() => loadPermutedMnist({ first: "none" as never }), "ERR_OPTION_RANGE", '"identity"');
  }));

/** The digits of a part of a task, from its labels and names. */
const digitsOf = ({ indices, targets, classNames }: Dataset) =>
  Array.from(indices!, (at) => Number(classNames![targets[at]!]));

test("split MNIST: some digits a task, labels from 0, every image once", () =>
  withFiles(async (folder) => {
    for (const classesPerTask of [2, 5, 10] as const) {
      const tasks = await loadSplitMnist({ folder, classesPerTask });
      assert.is(tasks.length, 10 / classesPerTask);
      for (const [part, count, labels] of [
        ["train", 43, pattern(43, 10)],
        ["test", 29, pattern(29, 10)],
      ] as const) {
        const seen = tasks.flatMap((task) => [...task[part].indices!]);
        assert.equal(
          seen.sort((one, other) => one - other),
          [...new Array(count).keys()],
        );
        for (const [number, task] of tasks.entries()) {
          const { indices, classes, inputs, targets } = task[part];
          assert.is(classes, classesPerTask);
          assert.is(inputs, tasks[0]![part].inputs);
          assert.is(targets, tasks[0]![part].targets);
          assert.equal(
            digitsOf(task[part]),
            Array.from(indices!, (at) => labels[at]!),
          );
          for (const digit of digitsOf(task[part])) assert.is(Math.floor(digit / classesPerTask), number);
        }
      }
    }
    const [first, second] = await loadSplitMnist({ folder });
    assert.equal([first!.name, second!.name], ["digits-0-1", "digits-2-3"]);
    assert.equal(second!.test.classNames, ["2", "3"]);
    for (const wrong of [1, 3, 0, 20]) {
      await failure(
        () => loadSplitMnist({ folder, classesPerTask: wrong as 2 }),
        "ERR_OPTION_RANGE",
        "loadSplitMnist.classesPerTask",
      );
    }
  }));

test("split MNIST: files without an image of some digits", () =>
  inTempFolder(async (folder) => {
    await writeFiles(folder, { ...fourFiles(3, 2), "train-labels-idx1-ubyte": idx([3], [0, 1, 9]) });
    await failure(() => loadSplitMnist({ folder }), "ERR_DATASET_FORMAT", "mnist.train: no image of the digits 2 to 3");
  }));

test("MNIST, then Fashion-MNIST: each from its folder, with its own normalisation", () =>
  withFiles((mnistFolder) =>
    inTempFolder(async (fashionFolder) => {
      await writeFiles(fashionFolder, fourFiles(11, 7));
      const tasks = await loadMnistThenFashion({ mnistFolder, fashionFolder });
      assert.equal(
        tasks.map(({ name, train, test }) => [name, train.length, test.length, train.normalization.mean[0]]),
        [
          ["mnist", 43, 29, 0.1307],
          ["fashion-mnist", 11, 7, 0.286],
        ],
      );
      await failure(() => loadMnistThenFashion({ mnistFolder: "" }), "ERR_OPTION_RANGE", "mnistFolder");
    }),
  ));

test.run();
