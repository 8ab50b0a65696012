import { mkdir, mkdtemp, readdir, rm, truncate, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { runCli } from "./cli-process.js";

const cli = suite("bayesbinn data as a process");
let folder: string;
cli.before(async () => {
  folder = await mkdtemp(join(tmpdir(), "bayesbinn-data-cli-"));
});
cli.after(() => rm(folder, { recursive: true, force: true }));

const cache = () => ({ BAYESBINN_DATA: join(folder, "cache") });

cli("a network learns from a folder of images", async () => {
  const images = join(folder, "images");
  for (const part of ["train", "test"]) {
    for (const [index, name] of ["dark", "light"].entries()) {
      await mkdir(join(images, part, name), { recursive: true });
      for (let i = 0; i < 10; i++) {
        const background = { r: index * 200 + i, g: index * 200, b: index * 200 + 2 * i };
        const image = sharp({ create: { width: 5, height: 3, channels: 3, background } });
        await image.png().toFile(join(images, part, name, `${i}.png`));
      }
    }
  }
  const { code, events, stderr } = await runCli(
    [
      ...["train", "mnist-mlp", "--set", "dataset.name=image-folder", "--set", `dataset.folder=${images}`],
      ...["--set", "model.hiddenUnits=8", "--set", "model.hiddenLayers=1", "--set", "batchSize=9"],
      ...["--epochs", "3", "--device", "cpu", "--json", "--quiet", "--out", join(folder, "run")],
    ],
    { cwd: folder },
  );
  assert.is(code, 0, stderr);
  const start = events.find(({ event }) => event === "start");
  assert.equal(start?.["samples"], { train: 18, validation: 2, test: 20 });
  assert.equal(start?.["parameters"], { binary: 8 * (45 + 2), real: 0 });
  assert.ok(events.some(({ event }) => event === "summary"));
});

cli("list and doctor agree, without any data in the cache", async () => {
  const list = await runCli(["data", "list", "--json"], { cwd: folder, env: cache() });
  assert.is(list.code, 0, list.stderr);
  const statuses = JSON.parse(list.stdout) as { name: string; state: string }[];
  const doctor = await runCli(["doctor", "--json"], { cwd: folder, env: cache() });
  assert.is(doctor.code, 0, doctor.stdout);
  const { findings } = JSON.parse(doctor.stdout) as { findings: { topic: string; state: string }[] };
  for (const { name, state } of statuses) {
    const finding = findings.find(({ topic }) => topic === `data: ${name}`);
    assert.is(finding?.state === "missing", state === "missing", name);
  }
});

cli("SIGINT in the middle of a download: exit code 130, and nothing stays", async () => {
  // Sends the beginning of a file, and then no more.
  const server = createServer((_, response) => void response.writeHead(200).write("beginning"));
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  try {
    const mirror = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.once("request", (_, response) => response.once("close", () => server.close()));
    const running = runCli(["data", "download", "cifar10", "--mirror", mirror], {
      cwd: folder,
      env: cache(),
      onStart: (child) => server.once("request", () => setTimeout(() => child.kill("SIGINT"), 100)),
    });
    const { code, signal, stderr } = await running;
    assert.is(signal, null);
    assert.is(code, 130, stderr);
    assert.not.match(stderr, /error|\n +at /);
    assert.not.ok((await readdir(folder)).includes("cache"), "not even the cache folder");
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

cli("files that are not the published ones: exit code 2, one line, and nothing stays", async () => {
  const source = join(folder, "zeros");
  await mkdir(source);
  for (const name of ["train.bin", "test.bin"]) await writeFile(join(source, name), "");
  // 10000 records of zeros, which take no place on the disk.
  await truncate(join(source, "test.bin"), 30_740_000);
  const { code, stdout, stderr } = await runCli(["data", "prepare", "cifar100", "--from", source], {
    cwd: folder,
    env: cache(),
  });
  assert.is(code, 2, stderr);
  assert.is(stdout, "");
  assert.match(
    stderr,
    /^error \[ERR_DATASET_FORMAT\]: .*zeros, test\.bin: these are not the published data: [^\n]*\n$/,
  );
  assert.not.ok((await readdir(folder)).includes("cache"), "not even the cache folder");
});

cli.run();
