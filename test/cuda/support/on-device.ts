import * as assert from "uvu/assert";
import { addon } from "../../native/support/addon.js";
import { type Ending, runChild } from "../../native/support/run-child.js";

/** Whether the device is an emulator, which takes orders from the environment. */
export const emulated = addon.systemInfo().cuda.reason.includes("Virtual");

/** What `child.ts` finds with other variables in its environment. */
export const found = (what: string, environment: Readonly<Record<string, string>> = {}): Promise<unknown> =>
  childFound("child.ts", [what], environment);

/** Runs a script beside this file, in TypeScript, with other variables in its environment. */
export const runDeviceChild = (
  script: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Ending> =>
  runChild({
    script: `../../cuda/support/${script}`,
    args,
    nodeOptions: ["--import", "tsx"],
    environment,
    limitSeconds: 240,
  });

/** The last line that a script beside this file writes: what it found, as JSON. */
export async function childFound(
  script: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<unknown> {
  const ending = await runDeviceChild(script, args, environment);
  assert.equal([ending.code, ending.signal], [0, null], `${script} ${args.join(" ")}: ${ending.stderr}`);
  return JSON.parse(ending.stdout.trim().split("\n").at(-1)!);
}
