import { type ChildProcess, spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");

/** The command as users run it. */
export const cliFile = join(root, "dist", "cli", "main.js");

/** A JSON line of the command. */
// biome-ignore lint/suspicious/noExplicitAny: what is in it is what the tests are about
export type Event = { readonly event: string } & Record<string, any>;

export interface CliResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The lines of stdout, where they are JSON. */
  readonly events: readonly Event[];
}

export interface CliOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Called with each JSON line as it comes. */
  readonly onEvent?: (event: Event, child: ChildProcess) => void;
  /** Called once the process is there. */
  readonly onStart?: (child: ChildProcess) => void;
}

/** Runs `bayesbinn` with `args` to its end. */
export async function runCli(
  args: readonly string[],
  { cwd, env = {}, onEvent, onStart }: CliOptions,
): Promise<CliResult> {
  const child = spawn(process.execPath, [cliFile, ...args], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  onStart?.(child);
  const stdout: string[] = [];
  let stderr = "";
  createInterface({ input: child.stdout }).on("line", (line) => {
    stdout.push(line);
    const event = parse(line);
    if (event !== undefined) onEvent?.(event, child);
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) => {
    child.on("close", (...ending) => resolve(ending));
  });
  const events = stdout.flatMap((line) => parse(line) ?? []);
  return { code, signal, stdout: stdout.map((line) => `${line}\n`).join(""), stderr, events };
}

function parse(line: string): Event | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    return JSON.parse(line) as Event;
  } catch {
    return undefined;
  }
}
