import { readlinkSync } from "node:fs";
import { type FileHandle, mkdir, mkdtemp, open, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { RunFolder } from "../../../lib/io/run-folder.js";
import { BayesBinnError } from "../../../lib/native/errors.js";

let folder: string;
const runs = suite("run folder");
runs.before.each(async () => {
  folder = await mkdtemp(join(tmpdir(), "bayesbinn-run-"));
});
runs.after.each(() => rm(folder, { recursive: true, force: true }));

async function outputError(action: Promise<unknown>, text: string): Promise<void> {
  const error = await action.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  assert.instance(error, BayesBinnError);
  assert.is((error as BayesBinnError).code, "ERR_OUTPUT");
  assert.ok((error as BayesBinnError).message.includes(text), `"${text}" in: ${(error as BayesBinnError).message}`);
}

runs("without a path, it is the first free number below the root", async () => {
  const root = join(folder, "a", "runs");
  await mkdir(join(root, "net-seed7-2"), { recursive: true });
  const paths = [];
  for (let i = 0; i < 3; i++) paths.push((await RunFolder.create({ root, name: "net", seed: 7 })).path);
  assert.equal(
    paths,
    [1, 3, 4].map((n) => join(root, `net-seed7-${n}`)),
  );
});

runs("runs that start at once get folders of their own", async () => {
  const made = await Promise.all(
    Array.from({ length: 8 }, () => RunFolder.create({ root: folder, name: "net", seed: 1 })),
  );
  assert.is(new Set(made.map(({ path }) => path)).size, 8);
});

runs("a given path is made with its parents, or used if it is empty", async () => {
  const path = join(folder, "deep", "run");
  assert.is((await RunFolder.create({ path, name: "net", seed: 1 })).path, path);
  await RunFolder.create({ path, name: "net", seed: 1 });
});

runs("a folder with something in it is refused and left alone", async () => {
  await writeFile(join(folder, "notes.txt"), "mine");
  await outputError(RunFolder.create({ path: folder, name: "net", seed: 1 }), "not empty");
  assert.equal(await readdir(folder), ["notes.txt"]);
});

runs("places that cannot be a folder", async () => {
  const file = join(folder, "file");
  await writeFile(file, "");
  await outputError(RunFolder.create({ path: file, name: "net", seed: 1 }), file);
  await outputError(
    RunFolder.create({ path: join(file, "run"), name: "net", seed: 1 }),
    "part of the path is a file; give a new or an empty folder",
  );
  await outputError(RunFolder.create({ root: file, name: "net", seed: 1 }), file);
});

runs("a place where the system makes no folders is refused, and does not hang", async () => {
  // Below /proc every mkdir fails with ENOENT, although the folder above exists.
  await outputError(RunFolder.create({ path: "/proc/bayesbinn/run", name: "net", seed: 1 }), "/proc/bayesbinn/run");
  await outputError(RunFolder.create({ root: "/proc/bayesbinn", name: "net", seed: 1 }), "/proc/bayesbinn");
});

runs("of two runs that found the same empty folder only one gets it", async () => {
  const [first, second] = [
    await RunFolder.create({ path: folder, name: "net", seed: 1 }),
    await RunFolder.create({ path: folder, name: "net", seed: 2 }),
  ];
  await first.writeConfig({ seed: 1 });
  await outputError(second.writeConfig({ seed: 2 }), "config.json");
  assert.equal(JSON.parse(await readFile(first.file("config"), "utf8")), { seed: 1 });
});

runs("the history is one line of JSON a record", async () => {
  const run = await RunFolder.create({ path: folder, name: "net", seed: 1 });
  await run.append("history", { epoch: 1, train: { loss: 0.5 } });
  await run.append("history", { epoch: 2 });
  assert.is(await readFile(run.file("history"), "utf8"), '{"epoch":1,"train":{"loss":0.5}}\n{"epoch":2}\n');
});

runs("lines are flushed once a second at most, and before the file that ends the run", async () => {
  const run = await RunFolder.create({ path: folder, name: "net", seed: 1 });
  const file = await open(folder, "r");
  const handles = Object.getPrototypeOf(file) as FileHandle;
  await file.close();
  const { sync } = handles;
  const flushed: string[] = [];
  handles.sync = async function (this: FileHandle) {
    const name = basename(readlinkSync(`/proc/self/fd/${this.fd}`));
    flushed.push(name.replace(/^\.(metrics\.json)\..*/, "$1"));
    await sync.call(this);
  };
  try {
    for (let epoch = 1; epoch <= 3; epoch++) await run.append("history", { epoch });
    await run.append("timings", { epoch: 1 });
    assert.equal(flushed.splice(0), ["history.jsonl", "timings.jsonl"]);
    await run.write("metrics", {});
    assert.equal(flushed.splice(0), ["history.jsonl", "metrics.json", basename(folder)]);
    await run.write("metrics", {});
    assert.equal(flushed, ["metrics.json", basename(folder)]);
  } finally {
    handles.sync = sync;
  }
});

runs("a folder that went away while the run trained", async () => {
  const run = await RunFolder.create({ path: folder, name: "net", seed: 1 });
  await rm(folder, { recursive: true });
  await outputError(run.append("history", {}), "history.jsonl");
  await outputError(run.write("metrics", {}), "metrics.json");
});

runs.run();
