import { Command } from "commander";

import type { Context } from "../context.js";
import { dataDownloadCommand } from "./data-download.js";
import { dataListCommand } from "./data-list.js";
import { dataPrepareCommand } from "./data-prepare.js";

const examples = `
Examples:
  bayesbinn data list
  bayesbinn data download cifar10
  bayesbinn data download mnist --mirror https://example.org/mnist
  bayesbinn data prepare cifar10 --from cifar-10-binary.tar.gz
  bayesbinn data prepare cifar10-jpeg --from CIFAR-10-images --to data/cifar10

Data sets go to the folder that BAYESBINN_DATA names, else to bayesbinn in the
user's cache folder ($XDG_CACHE_HOME or ~/.cache). A folder is made complete or
not at all, also after Ctrl+C, and none is ever overwritten.
`;

/** `bayesbinn data <list|prepare|download>`. */
export function dataCommand(context: Context): Command {
  return new Command("data")
    .summary("list, download and prepare data sets")
    .description("Lists, downloads and prepares the data sets that `bayesbinn train` reads.")
    .addCommand(dataListCommand(context))
    .addCommand(dataDownloadCommand(context))
    .addCommand(dataPrepareCommand(context))
    .addHelpText("after", examples);
}
