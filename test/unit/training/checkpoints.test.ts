/** The files and the folder of checkpoints, with the native addon: which there are, and what is refused. */
import { copyFile, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readSafetensors, writeSafetensors } from "../../../lib/io/safetensors.js";
import type { Callback } from "../../../lib/training/callback.js";
import type { FitOptions } from "../../../lib/training/fit-options.js";
import { refused } from "../../support/refused.js";
import { temporaryFolder } from "../../support/temporary-folder.js";
import { toyPoints } from "../../support/toy-data.js";

import { file, open, options, shape, train, uninterrupted, validation } from "./resumable.js";

const test = suite("checkpoints");

test("every so many epochs, the last few and the best stay", async () => {
  const folder = join(temporaryFolder(), "made", "on", "demand");
  await using trainer = open();
  const checkpoints = { folder, every: 2, keep: 2 };
  const { bestEpoch } = await trainer.fit({ ...options, epochs: 7, checkpoints });
  const names = (await readdir(folder)).filter((name) => name !== "best.safetensors");
  assert.equal(names.sort(), ["epoch-0006.safetensors", "epoch-0007.safetensors"]);
  for (const name of names) {
    const { metadata, tensors } = await readSafetensors(join(folder, name));
    assert.is(JSON.parse(metadata["fit"]!).best.epoch, bestEpoch);
    assert.ok(
      tensors.some((tensor) => tensor.name === "linear1.weight/momentum"),
      "the optimizers' state",
    );
    assert.ok(
      tensors.some((tensor) => tensor.name === "batchNorm1.running_mean"),
      "statistics",
    );
    const hasBest = tensors.some((tensor) => tensor.name === "best/linear1.weight");
    assert.is(hasBest, name !== `epoch-000${bestEpoch}.safetensors`, "the best weights, where they are others");
  }
});

test("the best checkpoint is a whole one, of the best epoch", async () => {
  const { folder } = await uninterrupted();
  const { metadata } = await readSafetensors(join(folder, "best.safetensors"));
  const { epoch, best } = JSON.parse(metadata["fit"]!);
  assert.is(epoch, best.epoch);
  await using trainer = open();
  const history = await trainer.fit({ ...options, resumeFrom: join(folder, "best.safetensors") });
  assert.is(history.epochs.length, 6);
});

test("damage is found wherever it is, and named", async () => {
  const { folder } = await uninterrupted();
  const source = await readFile(file(folder, 3));
  const header = 8 + Number(source.readBigUInt64LE(0));
  const path = join(folder, "damaged.safetensors");
  await using trainer = open();
  const resume = () => trainer.fit({ ...options, resumeFrom: path });
  const { tensors } = await readSafetensors(file(folder, 3));
  const offsets = JSON.parse(source.subarray(8, header).toString()) as Record<
    string,
    { data_offsets: [number, number] }
  >;
  for (const { name } of tensors) {
    const bytes = Buffer.from(source);
    const at = header + offsets[name]!.data_offsets[1] - 1;
    bytes[at] = bytes[at]! ^ 1;
    await writeFile(path, bytes);
    await refused(
      resume,
      "ERR_CHECKPOINT_FORMAT",
      "damaged.safetensors",
      new RegExp(`tensor "${name}" has another SHA-256`),
    );
  }
  const changed = Buffer.from(source);
  const place = changed.indexOf("epochsBefore");
  changed[place] = "E".charCodeAt(0);
  await writeFile(path, changed);
  await refused(resume, "ERR_CHECKPOINT_FORMAT", /the metadata have another SHA-256/);
  await writeFile(path, source.subarray(0, source.length - 1));
  await refused(resume, "ERR_CHECKPOINT_FORMAT", /the file ends before "\S+" does/);
  for (const length of [0, 7, 8, 100, header]) {
    await writeFile(path, source.subarray(0, length));
    await refused(resume, "ERR_CHECKPOINT_FORMAT", "damaged.safetensors");
  }
  await refused(
    () => trainer.fit({ ...options, resumeFrom: join(folder, "none") }),
    "ERR_CHECKPOINT_FORMAT",
    /no such file/,
  );
  const history = await trainer.fit({ ...options, resumeFrom: file(folder, 3) });
  assert.is(history.epochs.length, 6, "the trainer stays usable");
});

test("foreign files are told from checkpoints, and checkpoints of other fits from its own", async () => {
  const { folder } = await uninterrupted();
  const path = join(folder, "foreign.safetensors");
  await using trainer = open();
  await trainer.model.save(path);
  const resume = (more: Partial<FitOptions>) => () => trainer.fit({ ...options, ...more });
  await refused(
    resume({ resumeFrom: path }),
    "ERR_CHECKPOINT_FORMAT",
    /no checkpoint: its format is "bayesbinn-model-1"/,
  );
  await writeSafetensors(path, { metadata: {}, tensors: [] });
  await refused(resume({ resumeFrom: path }), "ERR_CHECKPOINT_FORMAT", /no checkpoint: its format is undefined/);

  const resumeFrom = file(folder, 3);
  const before = await trainer.predict(validation);
  const others: [Partial<FitOptions>, RegExp][] = [
    [{ batchSize: 11 }, /fit\.batchSize was 10 and is 11 now/],
    [{ shuffle: false }, /fit\.shuffle was true and is false now/],
    [{ augmentation: [] }, /fit\.augmentation/],
    [{ train: toyPoints(96, shape) }, /fit\.train\.samples was 97 and is 96 now/],
    [{ train: { ...train, name: "other" } }, /fit\.train\.name was "toy" and is "other" now/],
    [{ train: { ...train, targets: train.targets.map((label) => (label + 1) % 3) } }, /fit\.train\.targets/],
    [
      { train: { ...train, permutation: Uint32Array.of(1, 0) }, augmentation: [] },
      /fit\.train\.permutation was undefined and is "/,
    ],
    [{ validation: toyPoints(30, shape) }, /fit\.validation\.samples was 31 and is 30 now/],
    [{ earlyStopping: { patience: 3 } }, /fit\.earlyStopping\.patience was 50 and is 3 now/],
  ];
  for (const [more, text] of others) {
    await refused(resume({ resumeFrom, ...more }), "ERR_CHECKPOINT_MISMATCH", "epoch-0003", text);
  }
  for (const more of [{ seed: 6 }, { momentum: 0.5 }]) {
    await using other = open(more);
    const text =
      "seed" in more ? /seed was 5 and is 6 now/ : /optimizers\.0\.options\.momentum was 0\.9 and is 0\.5 now/;
    await refused(() => other.fit({ ...options, resumeFrom }), "ERR_CHECKPOINT_MISMATCH", text);
  }
  await refused(resume({ resumeFrom, epochs: 2 }), "ERR_OPTION_RANGE", /^fit\.epochs: 2 .*at least 3/);
  await refused(resume({ resumeFrom, stopAfter: 1 }), "ERR_OPTION_RANGE", /^fit\.stopAfter: 1 .*at least 3/);
  assert.equal(await trainer.predict(validation), before, "nothing was changed");
});

test("going back to an earlier checkpoint gives up what came after it, at once", async () => {
  const { folder } = await uninterrupted();
  const { metadata } = await readSafetensors(file(folder, 2));
  const best = JSON.parse(metadata["fit"]!).best.epoch;
  await using trainer = open();
  const seen: string[][] = [];
  const onEpochBegin = async () => void seen.push((await readdir(folder)).sort());
  const checkpoints = { folder, keep: 100 };
  await trainer.fit({ ...options, checkpoints, resumeFrom: file(folder, 2), callbacks: [{ onEpochBegin }] });
  assert.equal(seen[0], ["best.safetensors", "epoch-0001.safetensors", "epoch-0002.safetensors"]);
  const marked = await readFile(join(folder, "best.safetensors"));
  assert.ok(marked.length > 0 && best <= 2);
});

test("the mark of the best checkpoint comes back where it is missing or of another continuation", async () => {
  const { folder } = await uninterrupted();
  const bestOf = async () =>
    JSON.parse((await readSafetensors(join(folder, "best.safetensors"))).metadata["fit"]!).epoch;
  const last = JSON.parse((await readSafetensors(file(folder, 6))).metadata["fit"]!).best.epoch;
  assert.is(await bestOf(), last);
  for (const spoil of [
    () => rm(join(folder, "best.safetensors")),
    async () => {
      await rm(join(folder, "best.safetensors"));
      await copyFile(file(folder, last === 1 ? 2 : 1), join(folder, "best.safetensors"));
    },
  ]) {
    await spoil();
    await using trainer = open();
    await trainer.fit({ ...options, checkpoints: { folder, keep: 100 }, resumeFrom: file(folder, 6) });
    assert.is(await bestOf(), last);
  }
});

test("a fit that begins anew does not replace the checkpoints of another", async () => {
  const { folder } = await uninterrupted();
  const before = (await readdir(folder)).sort();
  await using trainer = open();
  const fit = () => trainer.fit({ ...options, checkpoints: { folder } });
  await refused(fit, "ERR_OUTPUT", /holds the checkpoints of another fit/);
  assert.equal((await readdir(folder)).sort(), before);
});

test("a place that cannot be written ends the fit, and the checkpoint before stays", async () => {
  const folder = temporaryFolder();
  await using trainer = open();
  const checkpoints = { folder };
  const obstacle: Callback = {
    // A folder in the place of the next file.
    onEpochEnd: async ({ epoch }) => {
      if (epoch === 3) await mkdir(file(folder, 3));
    },
  };
  await refused(() => trainer.fit({ ...options, checkpoints, callbacks: [obstacle] }), "ERR_OUTPUT", /epoch-0003/);
  assert.ok((await stat(file(folder, 2))).isFile());
  assert.equal(
    (await readdir(folder)).filter((name) => name.endsWith(".tmp")),
    [],
    "no leftovers",
  );
  await using other = open();
  const history = await other.fit({ ...options, resumeFrom: file(folder, 2) });
  assert.is(history.epochs.length, 6);
});

test("what a killed process left half written goes, other hidden files stay", async () => {
  const folder = temporaryFolder();
  const left = ".epoch-0003.safetensors.0123abcd-0000-4000-8000-0123456789ab.tmp";
  for (const name of [left, ".other.tmp"]) await writeFile(join(folder, name), "half");
  await using trainer = open();
  await trainer.fit({ ...options, epochs: 1, checkpoints: { folder } });
  const names = await readdir(folder);
  assert.not.ok(names.includes(left));
  assert.ok(names.includes(".other.tmp"));
});

test.run();
