import * as assert from "uvu/assert";
import { addon } from "../../native/support/addon.js";
import { runChild } from "../../native/support/run-child.js";

/** Whether the device is an emulator, which takes orders from the environment. */
export const emulated = addon.systemInfo().cuda.reason.includes("Virtual");

/** What `child.ts` finds with other variables in its environment. */
export async function found(what: string, environment: Readonly<Record<string, string>> = {}): Promise<unknown> {
  const script = "../../cuda/support/child.ts";
  const ending = await runChild({
    script,
    args: [what],
    nodeOptions: ["--import", "tsx"],
    environment,
    limitSeconds: 240,
  });
  assert.equal([ending.code, ending.signal], [0, null], `${what}: ${ending.stderr}`);
  return JSON.parse(ending.stdout.trim().split("\n").at(-1)!);
}
