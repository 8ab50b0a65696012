import { hasFile } from "./read-run.js";

/** How far a run got: there is none, it was begun, or its results are there. */
export type RunStatus = "absent" | "started" | "finished";

/** Looks at a run folder, which need not exist. */
export async function runStatus(path: string): Promise<RunStatus> {
  if (!(await hasFile(path, "config"))) return "absent";
  return (await hasFile(path, "metrics")) ? "finished" : "started";
}
