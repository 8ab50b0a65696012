import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { capture, ScriptError } from "../support/process.mjs";
import type { Contestant } from "./measurement.js";

const script = fileURLToPath(new URL("pytorch.py", import.meta.url));

/** The version of torch that a Python has, or undefined. */
export function torchVersion(python: string): string | undefined {
  return capture(python, ["-W", "ignore", "-c", "import torch; print(torch.__version__)"])?.trim();
}

/** The same work in PyTorch: a process that waits while others have their turn. */
export class PyTorch {
  readonly #child: ChildProcess;
  readonly #replies: AsyncIterator<string>;

  constructor(python: string) {
    this.#child = spawn(python, ["-W", "ignore", script], { stdio: ["pipe", "pipe", "inherit"] });
    // A process that is gone shows as the end of its output.
    this.#child.on("error", () => undefined);
    this.#child.stdin?.on("error", () => undefined);
    this.#replies = createInterface({ input: this.#child.stdout! })[Symbol.asyncIterator]();
  }

  /** One turn at the row `name`; empty where PyTorch has nothing beside it. */
  async turn(name: string, threads: number): Promise<Contestant[]> {
    this.#child.stdin!.write(`${JSON.stringify({ name, threads })}\n`);
    const reply = await this.#replies.next();
    if (reply.done) throw new ScriptError(`PyTorch ended while it measured "${name}": see above.`);
    const values: Record<string, number> = JSON.parse(reply.value);
    return Object.entries(values).map(([contestant, value]) => ({ name: contestant, values: [value] }));
  }

  close(): void {
    this.#child.stdin!.end();
  }
}
