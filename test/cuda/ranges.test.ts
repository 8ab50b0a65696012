/** The ranges that a profiler sees, as a library in its place records them. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { runDeviceChild } from "./support/on-device.js";

const recorder = process.env["BAYESBINN_RANGE_RECORDER"];
const ranges = suite("ranges of NVTX");
// Built by the test command, where the toolkit has the header.
const test = recorder === undefined ? ranges.skip : ranges;

/** Lines of the ranges that three steps are made of. */
async function recorded(graphs: boolean): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), "bayesbinn-ranges-"));
  try {
    const file = join(folder, "ranges.txt");
    const environment = { NVTX_INJECTION64_PATH: recorder!, BAYESBINN_RANGES: file };
    const ending = await runDeviceChild("ranges-child.ts", [String(graphs)], environment);
    assert.equal([ending.code, ending.signal], [0, null], ending.stderr);
    return readFileSync(file, "utf8").trimEnd().split("\n");
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The tree in the page on profiling. */
function documented(): string[] {
  const page = readFileSync(new URL("../../docs/profiling.md", import.meta.url), "utf8");
  return /```text\n(.*?)\n```/s.exec(page)![1]!.split("\n");
}

test("a step without graphs is the tree that the documentation shows", async () => {
  const tree = documented();
  assert.equal(await recorded(false), [...tree, ...tree.slice(1), ...tree.slice(1)]);
});

test("a step that is replayed is one range, and the steps before it are whole", async () => {
  const tree = documented();
  assert.equal(await recorded(true), [...tree, ...tree.slice(1), "  step"]);
});

ranges.run();
