import { Writable } from "node:stream";
import type { Context } from "../../../lib/cli/context.js";
import { runProgram } from "../../../lib/cli/program.js";

/** A stream that keeps what is written to it. */
export class Capture extends Writable {
  text = "";

  constructor(readonly isTTY = false) {
    super({ decodeStrings: false });
  }

  override _write(chunk: string | Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

/** Runs one command line in this process. */
export async function runLine(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const [stdout, stderr] = [new Capture(), new Capture()];
  const context: Context = { stdout, stderr, signal: new AbortController().signal, exitCode: 0 };
  const code = await runProgram(args, "1.2.3", context);
  return { code, stdout: stdout.text, stderr: stderr.text };
}
