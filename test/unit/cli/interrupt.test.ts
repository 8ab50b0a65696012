import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { abortOnClosedPipe } from "../../../lib/cli/interrupt.js";
import { BayesBinnError } from "../../../lib/native/errors.js";
import { Capture } from "./capture.js";

const interrupt = suite("interrupt");

interrupt("the first signal aborts, one more at the same moment is the same key press, a later one kills", async () => {
  const script = fileURLToPath(new URL("./interrupt-child.ts", import.meta.url));
  const child = spawn(process.execPath, ["--import", "tsx", script], { stdio: ["ignore", "pipe", "pipe"] });
  const closed = once(child, "close");
  await line(child, "ready");
  child.kill("SIGINT");
  child.kill("SIGINT");
  await line(child, "aborted");
  // Longer than what counts as one key press (300 ms); only a lower bound, so that a slow machine does no harm.
  await sleep(500);
  assert.is(child.exitCode, null);
  assert.is(child.signalCode, null);
  child.kill("SIGINT");
  assert.equal(await closed, [null, "SIGINT"]);
});

async function line(child: ChildProcess, text: string): Promise<void> {
  for await (const chunk of child.stdout?.iterator({ destroyOnReturn: false }) ?? []) {
    if (String(chunk).includes(text)) return;
  }
  throw new Error(`the process ended before it wrote "${text}"`);
}

interrupt("a reader that goes away aborts with ERR_OUTPUT", () => {
  const stdout = new Capture();
  const signal = abortOnClosedPipe([stdout], new AbortController().signal);
  assert.not.ok(signal.aborted);
  stdout.emit("error", Object.assign(new Error("write EPIPE"), { code: "EPIPE" }));
  assert.ok(signal.aborted);
  assert.instance(signal.reason, BayesBinnError);
  assert.is(signal.reason.code, "ERR_OUTPUT");
});

interrupt("what aborts the command aborts the combined signal, with its reason", () => {
  const controller = new AbortController();
  const signal = abortOnClosedPipe([], controller.signal);
  controller.abort(new Error("stop"));
  assert.is(signal.reason.message, "stop");
});

interrupt.run();
