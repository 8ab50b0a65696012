import { execFile } from "node:child_process";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";

import type { SystemInfo } from "../../native/contract.js";

/** What the addon says of itself and the machine; without `system`, why it does not and what to do. */
export interface ProbeAnswer {
  readonly system?: SystemInfo;
  readonly problem?: string;
  readonly advice?: string;
}

/** What helps against most addons that do not work. */
export const buildAgain = "build it again: npm run build";

const longestMilliseconds = 30_000;

/** Loads the addon in a child process and asks it about the machine. Never throws: a crash is an answer, too. */
export async function probeAddon(): Promise<ProbeAnswer> {
  const script = fileURLToPath(new URL(`./addon-probe${extname(import.meta.url)}`, import.meta.url));
  const [command, args] = [process.execPath, [...process.execArgv, script]];
  return new Promise((resolve) => {
    execFile(command, args, { timeout: longestMilliseconds }, (error, stdout, stderr) => {
      resolve(readAnswer(stdout) ?? { problem: explain(error, stderr), advice: buildAgain });
    });
  });
}

function readAnswer(text: string): ProbeAnswer | undefined {
  try {
    return JSON.parse(text) as ProbeAnswer;
  } catch {
    return undefined;
  }
}

function explain(error: (Error & { signal?: string | null; killed?: boolean }) | null, stderr: string): string {
  if (error?.killed) return `no answer within ${longestMilliseconds / 1000} s`;
  const last = stderr.trim().split("\n").at(-1);
  const said = last ? `: ${last}` : "";
  return error?.signal ? `it crashed its process (${error.signal})${said}` : `its probe failed${said}`;
}
