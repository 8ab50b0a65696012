// What is asked for is compared with what is free, before anything is allocated.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { NativeSession } from "../../lib/native/contract.js";
import { temporaryFolder } from "../support/temporary-folder.js";
import { addon } from "./support/addon.js";
import { emptySession, openSession } from "./support/lifecycle/training.mjs";
import { runChild } from "./support/run-child.js";

const test = suite("free memory");

interface Answer {
  readonly bytes?: number;
  readonly code?: string;
  readonly message?: string;
  readonly details?: Readonly<Record<string, string>>;
}

/** What a case of memory-child.mjs says on a system with these files. */
async function answer(name: string, files: Readonly<Record<string, string>>): Promise<Answer> {
  const root = temporaryFolder();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const environment = { BAYESBINN_SYSTEM_ROOT: root };
  const { stdout, stderr } = await runChild({ script: "memory-child.mjs", args: [name], environment });
  assert.is(stderr, "");
  return JSON.parse(stdout) as Answer;
}

const available = (bytes: number) => ({
  "proc/meminfo": `MemTotal:       99999999 kB\nMemFree:               1 kB\nMemAvailable:   ${Math.floor(bytes / 1024)} kB\n`,
});

const bytesOf = (each: NativeSession) => each.describe().memoryBytes;
const session = bytesOf(emptySession(addon));
const withData = bytesOf(openSession(addon, { units: 8 }));
const data = withData - bytesOf(emptySession(addon, { units: 8 }));

/** What a refusal says was asked for. */
function askedBy({ code, details }: Answer): number {
  assert.is(code, "ERR_OUT_OF_MEMORY");
  return Number(details!["asked"]);
}

test("a session that takes more than is free is refused, to the byte", async () => {
  const asked = askedBy(await answer("session", available(0)));
  // Some of it, such as weights in another form, may be allocated later.
  assert.ok(asked >= session && asked < 1.5 * session, `${asked} asked, ${session} taken`);
  const most = Math.ceil(asked / 1024) * 1024;
  assert.equal(await answer("session", available(most)), { bytes: session });
  const { message, details } = await answer("session", available(most - 1024));
  assert.equal(details, { asked: String(asked), free: String(most - 1024) });
  const text = `session: ${asked} bytes of memory asked for, accepted: at most the ${most - 1024} that are free`;
  assert.is(message, text);
});

test("a data set whose copy takes more than is free is refused, to the byte", async () => {
  const most = Math.ceil(data / 1024) * 1024;
  assert.equal(await answer("dataset", available(most)), { bytes: withData });
  const { code, message, details } = await answer("dataset", available(most - 1024));
  assert.is(code, "ERR_OUT_OF_MEMORY");
  assert.equal(details, { asked: String(data), free: String(most - 1024) });
  const text = `dataset "waves": ${data} bytes of memory asked for, accepted: at most the ${most - 1024} that are free`;
  assert.is(message, text);
});

// AddressSanitizer keeps what was freed.
const measured = process.env["ASAN_OPTIONS"] === undefined ? test : test.skip;

measured("a convolution takes no more than the session asked for, with its panels", async () => {
  const asked = askedBy(await answer("convolution", available(0)));
  const { bytes } = await answer("convolution", {});
  // Threads and what Node itself takes in between come on top.
  assert.ok(bytes! < asked + 20e6, `${bytes} bytes became resident, ${asked} were asked for`);
  assert.ok(asked < 60e6, `${asked} asked for`);
});

test("an evaluation touches little of the memory that is planned for steps", async () => {
  const { bytes } = await answer("evaluation", {});
  const value = 2000 * 512 * 4;
  // Input and output of the layer at work, beside what products take; a step keeps ten values and more.
  assert.ok(bytes! < 6 * value, `${bytes} bytes became resident, ${value} are a value of the whole batch`);
});

const group = (folder: string, limit: string, used: number, statistics: string) => ({
  [`${folder}/memory.max`]: `${limit}\n`,
  [`${folder}/memory.current`]: `${used}\n`,
  [`${folder}/memory.stat`]: statistics,
});
const oldGroup = (folder: string, limit: number, used: number, statistics: string) => ({
  [`${folder}/memory.limit_in_bytes`]: `${limit}\n`,
  [`${folder}/memory.usage_in_bytes`]: `${used}\n`,
  [`${folder}/memory.stat`]: statistics,
});
const own = "sys/fs/cgroup/user/job";
const cache = "anon 1\ninactive_file 3000\nactive_file 2000\n";
const inGroup = { "proc/self/cgroup": "0::/user/job\n" };
const inOldGroup = { "proc/self/cgroup": "9:name=systemd:/\n4:memory:/not/mounted\n0::/\n" };
const oldCache = "inactive_file 1\ntotal_inactive_file 3000\ntotal_active_file 2000\n";

for (const [name, files, free] of [
  ["the machine", available(204_800), 204_800],
  ["the process's group", { ...inGroup, ...group(own, "100000", 30_000, cache) }, 75_000],
  [
    "a group above it",
    { ...inGroup, ...group(own, "max", 30_000, cache), ...group("sys/fs/cgroup/user", "9000", 8000, "") },
    1000,
  ],
  ["a group that is over its limit", { ...inGroup, ...group(own, "100000", 200_000, cache) }, 0],
  ["the least of them", { ...available(10_240), ...inGroup, ...group(own, "100000", 30_000, cache) }, 10_240],
  [
    "a container's group of version 1",
    { ...inOldGroup, ...oldGroup("sys/fs/cgroup/memory", 100_000, 30_000, oldCache) },
    75_000,
  ],
] as const) {
  test(`what is free: ${name}`, async () => {
    const refusal = await answer("session", files);
    assert.ok(askedBy(refusal) >= session);
    assert.is(refusal.details!["free"], String(free));
  });
}

for (const [name, files] of [
  ["no files", {}],
  ["files that say something else", { "proc/meminfo": "MemAvailable: much\n", "proc/self/cgroup": "memory\n" }],
  ["groups without a limit", { ...inGroup, ...group(own, "max", 30_000, cache) }],
] as const) {
  test(`nothing is checked where the system does not tell: ${name}`, async () => {
    assert.equal(await answer("dataset", files), { bytes: withData });
  });
}

test("a result that V8 finds no memory for rejects its call", async () => {
  const { code, message, details } = await answer("prediction", available(2 ** 40));
  assert.is(code, "ERR_OUT_OF_MEMORY");
  assert.is(message, "result: 40000 bytes could not be allocated");
  assert.equal(details, { asked: "40000", free: String(2 ** 40) });
});

test.run();
