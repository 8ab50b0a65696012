import { lstat, mkdir, readdir, readFile, realpath, symlink, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { makeFolderAtomically, withScratchFolder } from "../../../lib/io/atomic-folder.js";
import { FileWriter } from "../../../lib/io/file-writer.js";
import { refused, rejection } from "../../support/refused.js";
import { temporaryFolder } from "../../support/temporary-folder.js";

const folders = suite("atomic folder");

const fill = async (folder: string) => {
  await writeFile(join(folder, "a"), "1");
  return 7;
};

folders("appears complete, with the folders above it, and leaves no neighbour", async () => {
  const root = temporaryFolder();
  const path = join(root, "deep", "er", "data");
  const seen: string[][] = [];
  const result = await makeFolderAtomically(path, async (temporary) => {
    const value = await fill(temporary);
    seen.push((await readdir(join(root, "deep", "er"))).filter((name) => !name.startsWith(".")));
    return value;
  });
  assert.is(result, 7);
  assert.equal(seen, [[]], "not there before it is complete");
  assert.equal(await readdir(join(root, "deep", "er")), ["data"]);
  assert.is(await readFile(join(path, "a"), "utf8"), "1");
});

folders("an error leaves nothing", async () => {
  const root = temporaryFolder();
  const reason = new Error("stop");
  const failing = makeFolderAtomically(join(root, "data"), async (temporary) => {
    await fill(temporary);
    throw reason;
  });
  assert.is(await rejection(() => failing), reason);
  assert.equal(await readdir(root), []);
});

folders("an empty folder is taken, anything else is kept", async () => {
  const root = temporaryFolder();
  await mkdir(join(root, "empty"));
  await makeFolderAtomically(join(root, "empty"), fill);
  assert.equal(await readdir(join(root, "empty")), ["a"]);
  let called = false;
  const again = () =>
    makeFolderAtomically(join(root, "empty"), async () => {
      called = true;
    });
  await refused(again, "ERR_OUTPUT", /empty exists and is not empty; remove it/);
  assert.not(called, "before any work");
  await refused(() => makeFolderAtomically(join(root, "empty", "a"), fill), "ERR_OUTPUT", /part of the path is a file/);
  // Somebody else was faster.
  const late = makeFolderAtomically(join(root, "late"), async (temporary) => {
    await fill(temporary);
    await mkdir(join(root, "late"));
    await writeFile(join(root, "late", "theirs"), "");
  });
  await refused(() => late, "ERR_OUTPUT", /late.*there already/);
  assert.equal(await readdir(join(root, "late")), ["theirs"]);
});

folders("after an error the folders above are as they were", async () => {
  const root = temporaryFolder();
  await mkdir(join(root, "there"));
  const failing = () =>
    makeFolderAtomically(join(root, "there", "new", "er", "data"), async () => {
      throw new Error("stop");
    });
  assert.is(((await rejection(failing)) as Error).message, "stop");
  assert.equal(await readdir(join(root, "there")), []);
  // Of two, one of which fails, the other keeps what both need.
  await makeFolderAtomically(join(root, "there", "new", "data"), async () => {
    await rejection(failing);
  });
  assert.equal(await readdir(join(root, "there", "new")), ["data"]);
});

folders("the current folder is refused before any work", async () => {
  const root = await realpath(temporaryFolder());
  const before = process.cwd();
  process.chdir(root);
  try {
    for (const path of [".", root, `../${basename(root)}`]) {
      const error = await refused(
        () => makeFolderAtomically(path, fill),
        "ERR_OUTPUT",
        /is the current folder, .*folder in it/,
      );
      assert.ok(error.message.startsWith(`${path} `), error.message);
    }
    await makeFolderAtomically("data", fill);
    assert.equal(await readdir(root), ["data"]);
  } finally {
    process.chdir(before);
  }
});

folders("a link to an empty folder stays a link", async () => {
  const root = temporaryFolder();
  await mkdir(join(root, "disk", "data"), { recursive: true });
  await symlink(join(root, "disk", "data"), join(root, "link"));
  await makeFolderAtomically(join(root, "link"), fill);
  assert.equal((await readdir(root)).sort(), ["disk", "link"]);
  assert.equal(await readdir(join(root, "disk", "data")), ["a"]);
  assert.ok((await lstat(join(root, "link"))).isSymbolicLink());
});

folders("a place where the system makes no folders is refused, and does not hang", async () => {
  // Below /proc every mkdir fails with ENOENT, although the folder above exists.
  for (const path of ["/proc/x", "/proc/x/y"]) {
    await refused(
      () => makeFolderAtomically(path, fill),
      "ERR_OUTPUT",
      `"${path}" cannot be written: no folders can be made`,
    );
  }
});

folders("a scratch folder goes, whatever is in it", async () => {
  const root = temporaryFolder();
  await withScratchFolder(join(root, "data"), fill);
  assert.equal(await readdir(root), []);
});

folders("a file writer never overwrites, and knows what it wrote", async () => {
  const path = join(temporaryFolder(), "abc");
  const writer = await FileWriter.create(path);
  await writer.write(Buffer.from("a"));
  await writer.write(Buffer.from("bc"));
  assert.is(writer.bytes, 3);
  // Published with the standard (FIPS 180-4 examples).
  assert.is(await writer.finish(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  assert.is(await readFile(path, "utf8"), "abc");
  await refused(() => FileWriter.create(path), "ERR_OUTPUT", /there already/);
  await refused(() => FileWriter.create(join(path, "below")), "ERR_OUTPUT", /part of the path is a file/);
});

folders.run();
