import { readdir } from "node:fs/promises";

import { output } from "./output-error.js";

/**
 * Names of what is in a folder; none where there is no folder.
 *
 * @throws BayesBinnError `ERR_OUTPUT` where it cannot be read
 */
export async function namesIn(folder: string): Promise<string[]> {
  return output(folder, () =>
    readdir(folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return [];
      throw error;
    }),
  );
}
