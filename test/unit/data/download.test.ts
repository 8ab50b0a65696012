import { mkdir, readdir, readFile } from "node:fs/promises";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { loadCifar } from "../../../lib/data/cifar/load.js";
import {
  type DownloadOptions,
  type DownloadProgress,
  downloadDataset,
} from "../../../lib/data/download/download-dataset.js";
import {
  type DownloadName,
  downloadAdvice,
  type PublishedSource,
  sourceOf,
  sources,
} from "../../../lib/data/download/sources.js";
import { loadMnist } from "../../../lib/data/mnist.js";
import { rejection } from "../../support/refused.js";
import { cifar10Files, sha256, tarOf, tinyCifar10 } from "./cifar-files.js";
import { failure, fourFiles, inTempFolder } from "./idx-files.js";

const test = suite("download");

/** A data set published by the server at `base`. */
function published(base: string, files: Readonly<Record<string, Buffer>>): PublishedSource {
  const list = Object.entries(files).map(([name, contents]) => ({
    name,
    bytes: contents.length,
    sha256: sha256(contents),
  }));
  return { name: "tiny", base, files: list };
}

const archive = gzipSync(tarOf(cifar10Files()));
const packed = Object.fromEntries(
  Object.entries(fourFiles()).map(([name, contents]) => [`${name}.gz`, gzipSync(contents)] as const),
);

/** Serves for the duration of `use`, which gets the address and a folder; afterwards nothing unfinished is there. */
async function served(
  answer: RequestListener,
  use: (base: string, to: string) => Promise<unknown>,
  left: readonly string[] = [],
): Promise<void> {
  const server: Server = createServer(answer);
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  try {
    await inTempFolder(async (root) => {
      await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}/files`, join(root, "made"));
      assert.equal(await readdir(root), left);
    });
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => {
      server.close(resolve);
    });
  }
}

/** A server of files below /files. */
const handingOut =
  (files: Readonly<Record<string, Buffer>>): RequestListener =>
  (request, response) => {
    const contents = files[request.url?.replace("/files/", "") ?? ""];
    response.writeHead(contents === undefined ? 404 : 200).end(contents);
  };

const cifar = (base: string, to: string, options: DownloadOptions = {}) =>
  downloadDataset(published(base, { "tiny.tar.gz": archive }), { layout: tinyCifar10, to, ...options });

test("an archive is fetched, checked and unpacked", () =>
  served(
    handingOut({ "tiny.tar.gz": archive }),
    async (base, to) => {
      const progress: DownloadProgress[] = [];
      assert.is(await cifar(base, to, { onProgress: (step) => progress.push(step) }), to);
      assert.is((await loadCifar(tinyCifar10, to)).train.length, 8);
      const fetched = progress.filter(({ stage }) => stage === "fetch").at(-1);
      assert.equal(fetched, { stage: "fetch", done: archive.length, total: archive.length });
      assert.equal(progress.at(-1), { stage: "unpack", done: 12, total: 12 });
      // Once there, it is not fetched again.
      await failure(() => cifar("http://127.0.0.1:1", to), "ERR_OUTPUT", "made exists and is not empty");
    },
    ["made"],
  ));

test("single files are unpacked as they are, and the progress is that of all", () =>
  served(
    handingOut(packed),
    async (base, to) => {
      const done: number[] = [];
      await downloadDataset(published(base, packed), { to, onProgress: (step) => done.push(step.done) });
      for (const [name, contents] of Object.entries(fourFiles())) {
        assert.ok((await readFile(join(to, name))).equals(contents), name);
      }
      assert.is((await loadMnist({ folder: to })).train.length, 5);
      const total = Object.values(packed).reduce((sum, { length }) => sum + length, 0);
      assert.is(done.at(-1), total);
    },
    ["made"],
  ));

test("a mirror serves the same files", () =>
  served(
    handingOut({ "tiny.tar.gz": archive }),
    async (base, to) => {
      const source = published("http://127.0.0.1:1", { "tiny.tar.gz": archive });
      await downloadDataset(source, { layout: tinyCifar10, to, mirror: `${base}//` });
    },
    ["made"],
  ));

test("contents that are not the published ones", async () => {
  const changed = Buffer.from(archive);
  changed[100]! ^= 1;
  const rows: readonly [contents: Buffer, text: string][] = [
    [
      changed,
      `/tiny.tar.gz, byte 0: is not the published file: SHA-256 ${sha256(changed)}, accepted: ${sha256(archive)}`,
    ],
    [archive.subarray(1), `it has ${archive.length - 1} bytes, accepted: ${archive.length}`],
    [Buffer.concat([archive, archive]), `it has more bytes, accepted: ${archive.length}`],
    [Buffer.from("<html>Please log in"), "it has 19 bytes"],
  ];
  for (const [contents, text] of rows) {
    await served(handingOut({ "tiny.tar.gz": contents }), (base, to) =>
      failure(
        () => cifar(base, to),
        "ERR_DATASET_FORMAT",
        text,
        /accepted: \w+\. Try again, .*--mirror.*--from <file>/,
      ),
    );
  }
});

test("a server that does not have the file, or is not there, with what to do", async () => {
  await served(handingOut({}), async (base, to) => {
    await failure(
      () => cifar(base, to),
      "ERR_DATASET_MISSING",
      `${base}/tiny.tar.gz: the server answers 404 Not Found. Try again, give another address with --mirror`,
      "bayesbinn data prepare tiny --from <file>",
    );
    await failure(() => cifar("http://127.0.0.1:1", to), "ERR_DATASET_MISSING", "cannot be reached: ", "--mirror");
  });
  // The third of four: the first two must go as well.
  const { "t10k-images-idx3-ubyte.gz": missing, ...rest } = packed;
  assert.ok(missing);
  await served(handingOut(rest), (base, to) =>
    failure(() => downloadDataset(published(base, packed), { to }), "ERR_DATASET_MISSING", "t10k-images", "404"),
  );
});

test("a name that no server has, as fetch reports it", async () => {
  const { fetch } = globalThis;
  globalThis.fetch = () =>
    Promise.reject(new TypeError("fetch failed", { cause: new Error("getaddrinfo ENOTFOUND data.example") }));
  try {
    await inTempFolder((root) =>
      failure(
        () => cifar("https://data.example", join(root, "made")),
        "ERR_DATASET_MISSING",
        "https://data.example/tiny.tar.gz: cannot be reached: getaddrinfo ENOTFOUND data.example. Try again",
      ).then(() => undefined),
    );
  } finally {
    globalThis.fetch = fetch;
  }
});

test("a connection that is cut in the middle", () =>
  served(
    (_, response) => {
      response.writeHead(200, { "content-length": archive.length });
      response.write(archive.subarray(0, archive.length / 2), () => response.destroy());
    },
    (base, to) =>
      failure(() => cifar(base, to), "ERR_DATASET_MISSING", /the connection ended after \d+ of \d+ bytes: .*--mirror/),
  ));

test("an abort stops the transfer, and rejects with its reason", async () => {
  const reason = new Error("enough");
  const controller = new AbortController();
  await served(
    // Never ends.
    (_, response) => void response.writeHead(200).write(archive.subarray(0, 10)),
    async (base, to) => {
      const stopped = () => cifar(base, to, { signal: controller.signal, onProgress: () => controller.abort(reason) });
      assert.is(await rejection(stopped), reason);
      assert.is(await rejection(() => cifar(base, to, { signal: controller.signal })), reason, "before it begins");
    },
  );
});

test("an abort while it is unpacked", async () => {
  const reason = new Error("enough");
  const controller = new AbortController();
  const abort = ({ stage }: DownloadProgress) => stage === "unpack" && controller.abort(reason);
  await served(handingOut({ "tiny.tar.gz": archive }), async (base, to) => {
    assert.is(await rejection(() => cifar(base, to, { signal: controller.signal, onProgress: abort })), reason);
  });
});

test("an empty folder may be there", () =>
  served(
    handingOut({ "tiny.tar.gz": archive }),
    async (base, to) => {
      await mkdir(to);
      await cifar(base, to);
    },
    ["made"],
  ));

test("the list of sources is complete, and the advice names command, address, size and checksum", () => {
  assert.equal(
    sources.map(({ name }) => name),
    ["cifar10", "cifar100", "mnist", "fashion-mnist"],
  );
  for (const { base, files } of sources as readonly PublishedSource[]) {
    assert.ok(URL.canParse(base) && !base.endsWith("/"));
    for (const { bytes, sha256 } of files) assert.ok(Number.isInteger(bytes) && /^[0-9a-f]{64}$/.test(sha256));
    assert.is(new Set(files.map(({ sha256 }) => sha256)).size, files.length);
  }
  assert.is(
    downloadAdvice("cifar100"),
    "`bayesbinn data download cifar100` (https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz, 168513733 bytes, " +
      "SHA-256 58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec)",
  );
  assert.match(downloadAdvice("mnist"), /4 files of https:\/\/storage.*, 11594722 bytes, checked by SHA-256/);
});

test("the checksums of MNIST and Fashion-MNIST are those that TensorFlow Datasets publishes", () => {
  const published = {
    mnist: [
      "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
      "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
      "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
      "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
    ],
    "fashion-mnist": [
      "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
      "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
      "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
      "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
    ],
  };
  const names = ["train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"];
  for (const [name, checksums] of Object.entries(published)) {
    assert.equal(
      sourceOf(name as DownloadName).files.map(({ name, sha256 }) => [name, sha256]),
      names.map((file, index) => [`${file}-ubyte.gz`, checksums[index]]),
    );
  }
});

test.run();
