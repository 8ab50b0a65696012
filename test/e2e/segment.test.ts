import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { temporaryFolder } from "../support/temporary-folder.js";
import { pixels, png } from "../unit/data/image-files.js";
import { type CliResult, runCli } from "./cli-process.js";
import { assertOneLine, only, smallTraining } from "./small-training.js";

const cli = suite("bayesbinn segment");

const folder = temporaryFolder();
const [rows, columns] = [25, 21];

/** Bright discs, which the mask says, on a dark ground. */
const inDisc = (row: number, column: number, number: number) => Math.hypot(row - 12, column - 5 - 2 * number) < 7;
const image = (number: number) =>
  pixels(rows, columns, 1, (r, c) => (inDisc(r, c, number) ? 200 : 40) + ((r * c) % 13));
const mask = (number: number) => pixels(rows, columns, 1, (r, c) => (inDisc(r, c, number) ? 255 : 0));

async function writeImages(): Promise<void> {
  for (const [part, count] of [
    ["train", 4],
    ["test", 2],
  ] as const) {
    for (const kind of ["images", "masks"]) await mkdir(join(folder, "cells", part, kind), { recursive: true });
    for (let number = 0; number < count; number++) {
      const file = (kind: string) => join(folder, "cells", part, kind, `${part}-${number}.png`);
      await writeFile(file("images"), await png(image(number), [rows, columns, 1]));
      await writeFile(file("masks"), await png(mask(number), [rows, columns, 1]));
    }
  }
}

/** A U-Net that makes 12x12 pixels of 28x28, with a posterior that is wide. */
const training = [
  ...["train", "em-unet-small", "--device", "cpu", "--epochs", "2", "--set", "batchSize=4"],
  ...[
    "--set",
    `dataset=${JSON.stringify({ name: "mask-folder", folder: "cells", tile: [28, 28], margin: 8, overlap: 2, validationFraction: 0 })}`,
  ],
  ...["--set", `model=${JSON.stringify({ name: "unet", depth: 2, width: 4 })}`, "--set", "evaluation.samples=3"],
  ...["--set", "optimizer.temperature=1", "--set", "optimizer.initialLambda=1", "--set", "optimizer.learningRate=0.1"],
  ...["--test-every-epoch", "--out", "runs/cells"],
];
const run = (...args: string[]): Promise<CliResult> => runCli(args, { cwd: folder });
const segment = (...args: string[]) => run("segment", "runs/cells", "--device", "cpu", ...args);

let trained: CliResult;
cli.before(async () => {
  await writeImages();
  trained = await run(...training);
  assert.is(trained.code, 0, trained.stderr);
});

async function sizeOf(file: string) {
  const { width, height } = await sharp(join(folder, file)).metadata();
  return [height, width];
}

cli("a training ends with scores by class, beside those of the constant answer", async () => {
  const { test } = JSON.parse(await readFile(join(folder, "runs/cells/metrics.json"), "utf8"));
  for (const { accuracy, meanIou, segmentation } of [test.mode, test.mean]) {
    assert.is(segmentation.iou.length, 2);
    assert.is(segmentation.pixelAccuracy, accuracy);
    assert.is(segmentation.meanIou, meanIou);
  }
  assert.match(trained.stderr, /test segmentation, over whole images:\n {2}mode: accuracy [\d.]+ % mean IoU 0/);
  assert.match(trained.stderr, /\n {2}constant answer \(class 0\): accuracy/);
});

cli("the test images of a run: pictures, and the scores of evaluate", async () => {
  const { code, stdout, stderr } = await segment();
  assert.is(code, 0, stderr);
  assert.is(stderr, "");
  const there = await readdir(join(folder, "runs/cells/segmentation"));
  const kinds = ["entropy", "mask", "mutual-information", "overview", "probability-1"];
  assert.equal(
    there.sort(),
    [0, 1].flatMap((number) => kinds.map((kind) => `test-${number}.${kind}.png`)),
  );
  const path = "runs/cells/segmentation/test-0";
  for (const kind of kinds.filter((kind) => kind !== "overview")) {
    assert.equal(await sizeOf(`${path}.${kind}.png`), [rows, columns]);
  }
  assert.equal(await sizeOf(`${path}.overview.png`), [rows, 5 * columns + 8]);
  // The input and the true mask are seen first.
  const overview = await sharp(join(folder, `${path}.overview.png`))
    .toColourspace("b-w")
    .raw()
    .toBuffer();
  const part = (left: number) =>
    Array.from({ length: rows }, (_, row) => {
      const start = row * (5 * columns + 8) + left;
      return [...overview.subarray(start, start + columns)];
    }).flat();
  assert.equal(part(0), [...image(0)]);
  assert.equal(part(columns + 2), [...mask(0)]);
  const lines = stdout.trimEnd().split("\n");
  assert.match(
    lines[0]!,
    /^test-0: entropy 0\.\d{4}, mutual information 0\.\d{4}, runs\/cells\/segmentation\/test-0.overview.png$/,
  );
  const evaluation = await run("evaluate", "runs/cells", "--device", "cpu");
  const scored = (text: string) =>
    text
      .replace(/loss [\d.]+ /g, "")
      .split("\n")
      .slice(-6);
  assert.equal(scored(stdout), scored(evaluation.stdout));
  assert.match(stdout, "\n  mean of 3 samples: accuracy");
});

cli("--json, with the mode of other weights on another split", async () => {
  const args = ["--split", "train", "--samples", "0", "--weights", "final", "--out", "new/maps", "--json", "--quiet"];
  const { code, events, stdout, stderr } = await segment(...args);
  assert.is(code, 0, stderr);
  assert.is(stderr, "");
  assert.is(stdout.trimEnd().split("\n").length, events.length);
  assert.equal(
    events.map(({ event, name }) => [event, name]),
    [...[0, 1, 2, 3].map((number) => ["image", `train-${number}`]), ["segmentation", undefined]],
  );
  const [first] = events;
  assert.not.ok("mutualInformation" in first!["files"]);
  assert.is(first!["meanMutualInformation"], 0);
  assert.equal([first!["rows"], first!["columns"]], [rows, columns]);
  const { mode, mean, ...rest } = only(events, "segmentation");
  assert.equal(rest, {
    ...{ event: "segmentation", recipe: "em-unet-small", weights: "final", samples: 0, split: "train", count: 4 },
    ...{ out: "new/maps", run: "runs/cells" },
  });
  assert.is(mean, undefined);
  assert.is(mode.iou.length, 2);
  // The scores are those of the masks that were written.
  let [right, all] = [0, 0];
  for (const number of [0, 1, 2, 3]) {
    const written = sharp(join(folder, `new/maps/train-${number}.mask.png`)).toColourspace("b-w");
    const truth = mask(number);
    for (const [at, value] of (await written.raw().toBuffer()).entries()) {
      all += 1;
      right += Number(value === truth[at]);
    }
  }
  assert.is(mode.pixelAccuracy, right / all);
});

cli(
  "images of other sizes in a folder, also with re-estimated statistics; the same image has the same maps",
  async () => {
    const own = join(folder, "own");
    await mkdir(own);
    await cp(join(folder, "cells/test/images/test-1.png"), join(own, "z.png"));
    // Of other channels and size.
    await writeFile(
      join(own, "a b.png"),
      await png(
        pixels(9, 40, 3, (r, c, k) => 5 * r + 3 * c + k),
        [9, 40, 3],
      ),
    );
    const { code, stdout, stderr } = await segment("--images", "own", "--out", "of-own", "--samples", "3");
    assert.is(code, 0, stderr);
    assert.match(
      stdout,
      "runs/cells, best weights, images of own:\n  2 whole images (mean of 3 samples), pictures in of-own\n",
    );
    assert.not.match(stdout, "accuracy");
    assert.equal(await sizeOf("of-own/a b.mask.png"), [9, 40]);
    assert.equal(await sizeOf("of-own/a b.overview.png"), [9, 4 * 40 + 6]);
    const bytes = (file: string) => readFile(join(folder, file));
    for (const kind of ["mask", "entropy", "probability-1", "mutual-information"]) {
      const before = await bytes(`runs/cells/segmentation/test-1.${kind}.png`);
      assert.ok(before.equals(await bytes(`of-own/z.${kind}.png`)), kind);
    }
    const other = await segment(
      "--images",
      "own",
      "--out",
      "of-own",
      "--samples",
      "3",
      "--reestimate-batch-norm",
      "--quiet",
    );
    assert.equal([other.code, other.stdout, other.stderr], [0, "", ""]);
    const probabilities = await bytes("runs/cells/segmentation/test-1.probability-1.png");
    assert.not.ok(probabilities.equals(await bytes("of-own/z.probability-1.png")));
  },
);

cli("mistakes are one line, and leave no folder", async () => {
  await writeFile(join(folder, "file"), "");
  const rows: [string[], RegExp][] = [
    [["--split", "validation"], /ERR_CONFIG.*the run held back no validation samples/],
    [["--images", "none"], /ERR_DATASET_MISSING.*none: no such folder/],
    [["--out", "file"], /ERR_OUTPUT.*file/],
  ];
  for (const [args, pattern] of rows) {
    const out = args.includes("--out") ? [] : ["--out", "no"];
    assertOneLine(await segment(...args, ...out), 2, pattern);
  }
  const { folder: digits, train } = await smallTraining();
  await train(["--epochs", "1", "--quiet", "--out", join(folder, "runs/digits")]);
  const refused = await run("segment", "runs/digits", "--out", "no");
  assertOneLine(
    refused,
    2,
    /ERR_CONFIG.*runs\/digits: mlpBinaryConnect.* segments nothing; accepted: runs that predict/i,
  );
  await rm(digits, { recursive: true });
  assert.not.ok((await readdir(folder)).includes("no"));
});

cli("Ctrl+C ends it, with the pictures so far", async () => {
  await mkdir(join(folder, "many"));
  const file = await png(image(0), [rows, columns, 1]);
  for (let number = 0; number < 40; number++) await writeFile(join(folder, "many", `${number}.png`), file);
  const args = [
    "segment",
    "runs/cells",
    "--device",
    "cpu",
    "--images",
    "many",
    "--out",
    "stopped",
    "--json",
    "--quiet",
  ];
  const { code, events, stderr } = await runCli(args, {
    cwd: folder,
    onEvent: ({ name }, child) => name === "0" && child.kill("SIGINT"),
  });
  assert.is(code, 130, stderr);
  assert.ok(events.length < 40 && events.every(({ event }) => event === "image"));
  const there = await readdir(join(folder, "stopped"));
  assert.ok(there.includes("0.overview.png") && there.every((name) => name.endsWith(".png") && !name.startsWith(".")));
});

cli.run();
