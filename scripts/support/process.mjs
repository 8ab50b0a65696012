import { spawn, spawnSync } from "node:child_process";
import { root } from "./paths.mjs";

/** A failure that is explained by its message alone: shown without a stack. */
export class ScriptError extends Error {}

/**
 * Runs a command with its output shown, and rejects where it fails. Ctrl+C reaches the command itself,
 * which may need a moment to stop: this process waits for it.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {Pick<import("node:child_process").SpawnOptions, "env" | "cwd" | "stdio">} [options]
 */
export async function run(command, args, options = {}) {
  const { code, signal } = await runToEnd(command, args, options);
  if (code === 0) return;
  const how = signal ? `was ended by ${signal}` : `exited with ${code}`;
  throw new ScriptError(`${[command, ...args].join(" ")} ${how}`);
}

/**
 * As {@link run}, but tells how the command ended; `code` is null where a signal ended it.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {Pick<import("node:child_process").SpawnOptions, "env" | "cwd" | "stdio">} [options]
 * @returns {Promise<{ code: number | null, signal: NodeJS.Signals | null }>}
 */
export function runToEnd(command, args, options = {}) {
  const wait = () => {};
  process.on("SIGINT", wait);
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: "inherit", ...options });
    child.on("error", (error) => reject(new ScriptError(`${command} could not be started: ${error.message}`)));
    child.on("close", (code, signal) => resolve({ code, signal }));
  }).finally(() => process.off("SIGINT", wait));
}

/**
 * Output of a command, or undefined where it is missing or fails.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {string} [input]
 */
export function capture(command, args, input) {
  const result = spawnSync(command, args, { cwd: root, input, encoding: "utf8", stdio: ["pipe", "pipe", "ignore"] });
  return result.status === 0 ? result.stdout : undefined;
}

/**
 * Runs a script's body: what it throws becomes one line (a {@link ScriptError}) or a stack, and exit code 1.
 *
 * @param {() => void | Promise<void>} body
 */
export async function main(body) {
  try {
    await body();
  } catch (error) {
    console.error(error instanceof ScriptError ? `\n${error.message}` : error);
    process.exitCode = 1;
  }
}
