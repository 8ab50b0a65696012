import { z } from "zod";

/** The option `folder` of data sets that lie in files. */
export const folderOption = z
  .string()
  .refine((folder) => folder !== "", { error: "the path of a folder", params: { code: "ERR_OPTION_RANGE" } });

/** How to give it, for error messages about data that are not there. */
export const folderAdvice = "give their folder as the option `folder` (`--set dataset.folder=<path>`)";
