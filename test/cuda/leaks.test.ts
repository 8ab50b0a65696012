/** What is left of sessions that were disposed of, as the emulated driver counts it. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { emulated, found } from "./support/on-device.js";

const leaks = suite("leaks on CUDA");
const test = emulated ? leaks : leaks.skip;

test("trained, evaluated and disposed of: no memory, stream, event or graph is left", async () => {
  const folder = mkdtempSync(join(tmpdir(), "bayesbinn-leaks-"));
  try {
    const file = join(folder, "report.txt");
    await found("digest", { VIRTUAL_GPU_STATS: file });
    const report = readFileSync(file, "utf8").trim().split("\n");
    assert.equal(report.slice(-3, -1), ["faults 0 invalid-calls 0", "leaks 0 bytes 0"]);
    // Kernels stay loaded for sessions to come.
    assert.match(report.at(-1)!, /^open streams 0 events 0 modules \d+ graphs 0$/);
    assert.match(report.at(-4)!, /^total launches [1-9]/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

leaks.run();
