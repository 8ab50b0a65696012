import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { addonPath } from "./addon.js";

/** How a child process ended; `signal` is set after a crash. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ChildOptions {
  /** Script beside this file, without TypeScript. Its arguments are the addon's file and `args`. */
  readonly script: string;
  readonly args: readonly string[];
  readonly nodeOptions?: readonly string[];
  /** Set beside this process's own. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Far more than it takes: only for what hangs. By default 60. */
  readonly limitSeconds?: number;
}

/** Runs a script in a process of its own: what crashes or hangs there is a failed test here. */
export function runChild({
  script,
  args,
  nodeOptions = [],
  environment,
  limitSeconds = 60,
}: ChildOptions): Promise<Ending> {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const child = spawn(process.execPath, [...nodeOptions, path, addonPath(), ...args], {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 1000 * limitSeconds,
    killSignal: "SIGKILL",
  });
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      output[name] += text;
    });
  }
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code, signal, ...output }));
  });
}
