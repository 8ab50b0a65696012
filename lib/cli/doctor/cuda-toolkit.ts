import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Release of the `nvcc` on the PATH (or of `$CUDACXX`), such as `13.0`; `undefined` where there is none. */
export async function nvccRelease(): Promise<string | undefined> {
  const command = process.env.CUDACXX || "nvcc";
  try {
    const { stdout } = await promisify(execFile)(command, ["--version"], { timeout: 10_000 });
    return /release ([\d.]+)/.exec(stdout)?.[1] ?? "of unknown release";
  } catch {
    return undefined;
  }
}
