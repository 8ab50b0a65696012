import { access } from "node:fs/promises";
import { join } from "node:path";

import { RunFolder } from "../io/run-folder.js";

/** How far a run has got: nothing there, begun, or with its metrics, which are written last. */
export type RunStatus = "absent" | "started" | "finished";

/** How far the run in `folder` has got. */
export async function runStatus(folder: string): Promise<RunStatus> {
  if (await isThere(join(folder, RunFolder.files.metrics))) return "finished";
  return (await isThere(join(folder, RunFolder.files.config))) ? "started" : "absent";
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
