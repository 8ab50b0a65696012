import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { loadCifar } from "../../../lib/data/cifar/load.js";
import { type PrepareOptions, prepareCifar } from "../../../lib/data/prepare/prepare-cifar.js";
import { rejection } from "../../support/refused.js";
import {
  cifar10Files,
  cifar100Files,
  sha256,
  type TarMember,
  tar,
  tarOf,
  tinyCifar10,
  tinyCifar100,
  writeTree,
} from "./cifar-files.js";
import { failure, inTempFolder } from "./idx-files.js";

const test = suite("prepare official files");

const inArchive = (files: Record<string, Buffer>, folder = "cifar-10-batches-bin") =>
  Object.fromEntries(Object.entries(files).map(([name, contents]) => [`${folder}/${name}`, contents]));

/** Prepares `source` (an archive, or files of a folder) and calls `use` with what came out, and with its folder. */
async function prepared(
  source: Buffer | Record<string, Uint8Array>,
  use: (folder: string, result: Awaited<ReturnType<typeof prepareCifar>>) => Promise<void> = async () => {},
  { layout = tinyCifar10, ...options }: Partial<PrepareOptions> & { layout?: typeof tinyCifar10 } = {},
): Promise<void> {
  await inTempFolder(async (root) => {
    const from = join(root, "source");
    if (source instanceof Buffer) await writeTree(root, { source });
    else await writeTree(from, source as Record<string, Uint8Array>);
    const to = join(root, "data", "made");
    try {
      await use(to, await prepareCifar(layout, { from, to, ...options }));
    } catch (error) {
      // Whatever happened: no half of a folder, no temporary one.
      assert.equal(await readdir(join(root, "data")).catch(() => []), []);
      throw error;
    }
    assert.equal(await readdir(join(root, "data")), ["made"]);
  });
}

const text = (contents: string) => Buffer.from(contents);

test("the official archive: packed, plain, and as folders", async () => {
  const files = cifar10Files();
  const archive = tar([
    { path: "cifar-10-batches-bin/", type: "5" },
    { path: "cifar-10-batches-bin/readme.html", contents: text("<html>") },
    // What macOS adds.
    { path: "cifar-10-batches-bin/._data_batch_1.bin", contents: text("attributes") },
    ...Object.entries(inArchive(files)).map(([path, contents]) => ({ path, contents })),
    { path: "cifar-10-batches-bin/batches.meta.txt", contents: text("airplane\n") },
  ]);
  // Tapes are filled up with zeros, also behind the packed data.
  const padded = Buffer.concat([gzipSync(archive), Buffer.alloc(100)]);
  for (const source of [archive, gzipSync(archive), padded, files, inArchive(files)]) {
    await prepared(source, async (folder, { train, test: rest, folder: made }) => {
      assert.is(made, folder);
      for (const [name, contents] of Object.entries(files)) {
        assert.ok((await readFile(join(folder, name))).equals(contents), name);
      }
      const [tested, ...trained] = Object.values(files).reverse();
      assert.equal(train, { records: 8, sha256: sha256(...trained.reverse()) });
      assert.equal(rest, { records: 4, sha256: sha256(tested!) });
      assert.match(await readFile(join(folder, "batches.meta.txt"), "utf8"), /^airplane\nautomobile\n/);
      assert.is((await loadCifar(tinyCifar10, folder)).train.length, 8);
    });
  }
});

test("CIFAR-100 has two lists of names", () =>
  prepared(
    tarOf(inArchive(cifar100Files(), "cifar-100-binary")),
    async (folder) => {
      assert.equal((await readdir(folder)).sort(), [
        ...["SOURCE.txt", "coarse_label_names.txt", "fine_label_names.txt", "test.bin", "train.bin"],
      ]);
      assert.equal([...(await loadCifar(tinyCifar100, folder, 1)).train.targets], [99, 7, 0]);
    },
    { layout: tinyCifar100 },
  ));

test("progress counts records to the last", () =>
  inTempFolder(async (root) => {
    await writeTree(root, { source: tarOf(cifar10Files()) });
    const seen: [number, number][] = [];
    await prepareCifar(tinyCifar10, {
      from: join(root, "source"),
      to: join(root, "made"),
      onProgress: (done, total) => seen.push([done, total]),
    });
    assert.ok(seen.every(([done, total], index) => total === 12 && done >= (seen[index - 1]?.[0] ?? 0)));
    assert.equal(seen.at(-1), [12, 12]);
  }));

test("contents that are not the published ones", async () => {
  const changed = cifar10Files();
  changed["data_batch_3.bin"]![1000]! ^= 1;
  await failure(() => prepared(tarOf(changed)), "ERR_DATASET_FORMAT", /data_batch_3\.bin: .*not the published data/);
  const name = "data_batch_5.bin";
  const { [name]: contents, ...rest } = cifar10Files();
  await failure(() => prepared(tarOf(rest)), "ERR_DATASET_FORMAT", "data_batch_5.bin: missing");
  await failure(
    () => prepared(tarOf({ ...rest, [name]: contents!.subarray(1) })),
    "ERR_DATASET_FORMAT",
    "data_batch_5.bin: ends after 3072 bytes; the published file has 3073",
  );
  await failure(
    () => prepared(tarOf({ ...rest, [name]: Buffer.concat([contents!, contents!]) })),
    "ERR_DATASET_FORMAT",
    "data_batch_5.bin: has more than the 3073 bytes",
  );
  await failure(
    () => prepared(tarOf({ ...cifar10Files(), [`again/${name}`]: contents! })),
    "ERR_DATASET_FORMAT",
    `again/${name}: a second ${name}`,
  );
});

test("other versions and other archives", async () => {
  const other = (path: string) => () => prepared(tarOf({ [path]: text("pickle") }));
  await failure(other("cifar-10-batches-py/data_batch_1"), "ERR_DATASET_FORMAT", "binary version is needed");
  await failure(other("cifar-10-batches-mat/test_batch.mat"), "ERR_DATASET_FORMAT", "another version of CIFAR-10");
  await failure(
    other("holiday.txt"),
    "ERR_DATASET_FORMAT",
    "holds nothing of cifar10, accepted: an archive or a folder with data_batch_1.bin, data_batch_2.bin",
    "or PNG images in train/<class>",
  );
  await failure(() => prepared({}, undefined, { layout: tinyCifar100 }), "ERR_DATASET_MISSING", "source: no such file");
  await failure(() => prepared(text("no archive at all")), "ERR_DATASET_FORMAT", "source, byte ", "no tar archive");
  await failure(() => prepared(Buffer.alloc(0)), "ERR_DATASET_FORMAT", "source, byte 0: the file is empty");
  // First bytes by the formats' own documents.
  for (const [packing, start] of [
    ["bzip2", "BZh91AY"],
    ["xz", "\xfd7zXZ\0"],
    ["zip", "PK\x03\x04"],
    ["zstd", "\x28\xb5\x2f\xfd"],
    ["7z", "7z\xbc\xaf\x27\x1c"],
  ] as const) {
    const file = Buffer.concat([Buffer.from(start, "latin1"), Buffer.alloc(600)]);
    await failure(
      () => prepared(file),
      "ERR_DATASET_FORMAT",
      `source, byte 0: is packed with ${packing}, accepted: a tar archive, plain or gzip`,
    );
  }
});

test("damaged archives name the member", async () => {
  const archive = tarOf(inArchive(cifar10Files()));
  await failure(
    () => prepared(archive.subarray(0, 5000)),
    "ERR_DATASET_FORMAT",
    /source, cifar-10-batches-bin\/data_batch_2\.bin: .*Truncated input/,
  );
  const packed = gzipSync(archive);
  await failure(() => prepared(packed.subarray(0, packed.length - 9)), "ERR_DATASET_FORMAT", "gzip data end too early");
  // The second header begins at 512 + 7 * 512: 3073 bytes take seven blocks.
  const damaged = Buffer.from(archive);
  damaged[8 * 512 + 5]! ^= 1;
  await failure(
    () => prepared(damaged),
    "ERR_DATASET_FORMAT",
    /data_batch_1\.bin: .*checksum failure, in this member or/,
  );
});

test("members that lead out of the archive, and links", async () => {
  const good = Object.entries(cifar10Files()).map(([path, contents]): TarMember => ({ path, contents }));
  const withMember = (member: TarMember) => () => prepared(tar([...good.slice(0, 2), member, ...good.slice(2)]));
  const contents = text("evil");
  for (const path of ["../evil.bin", "/evil.bin", "a/../../data_batch_9.bin"]) {
    await failure(withMember({ path, contents }), "ERR_DATASET_FORMAT", `source, ${path}: the path leads out`);
  }
  await failure(
    withMember({ path: "test_batch.bin", type: "2", target: "/etc/passwd" }),
    "ERR_DATASET_FORMAT",
    "test_batch.bin: is a SymbolicLink; files and folders are accepted",
  );
});

test("an abort leaves nothing, and rejects with its reason", async () => {
  const reason = new Error("enough");
  const controller = new AbortController();
  const stopped = () =>
    prepared(tarOf(cifar10Files()), undefined, {
      signal: controller.signal,
      onProgress: (done) => done >= 3 && controller.abort(reason),
    });
  assert.is(await rejection(stopped), reason);
});

test("what is there is never overwritten", () =>
  inTempFolder(async (root) => {
    await writeTree(root, { source: tarOf(cifar10Files()), "made/thesis.txt": "mine" });
    const again = () => prepareCifar(tinyCifar10, { from: join(root, "source"), to: join(root, "made") });
    await failure(again, "ERR_OUTPUT", "made exists and is not empty");
    assert.equal(await readdir(join(root, "made")), ["thesis.txt"]);
  }));

test.run();
