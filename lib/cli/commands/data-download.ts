import { Command } from "commander";

import { outOfRange } from "../../options/check.js";
import { given, path } from "../arguments.js";
import type { Context } from "../context.js";
import { dataName } from "../data-name.js";
import { createProgressBar } from "../data-progress.js";

interface Options {
  mirror?: string;
  to?: string;
  quiet?: true;
}

const examples = `
Examples:
  bayesbinn data download cifar10
  bayesbinn data download fashion-mnist --to data/fashion
  bayesbinn data download mnist --mirror https://example.org/mnist

Every file is held against its published length and SHA-256, wherever it comes
from. A mirror is the address of a folder with the same file names.
`;

/** `bayesbinn data download <name>`. */
export function dataDownloadCommand(context: Context): Command {
  return new Command("download")
    .summary("download a data set")
    .description("Downloads a data set from where it is published, checks it and unpacks it.")
    .argument("<name>", "cifar10, cifar100, mnist or fashion-mnist")
    .option("--mirror <url>", "other address of the folder of the files", address)
    .option("--to <dir>", "folder to make; default: <name> in the cache folder", path("--to", "the path of a folder"))
    .option("--quiet", "write nothing for people but errors")
    .addHelpText("after", examples)
    .action((name: string, options: Options) => download(name, options, context));
}

async function download(name: string, { quiet, ...options }: Options, context: Context): Promise<void> {
  const [{ cifarLayouts }, { downloadDataset }, { sources }] = await Promise.all([
    import("../../data/cifar/layouts.js"),
    import("../../data/download/download-dataset.js"),
    import("../../data/download/sources.js"),
  ]);
  const source = dataName(name, sources);
  const bar = await createProgressBar(context.stderr, { quiet, format: "{bar} {percentage} % ETA {eta_formatted}" });
  try {
    const folder = await downloadDataset(source, {
      ...options,
      ...given({ layout: cifarLayouts.find((layout) => layout.name === name) }),
      signal: context.signal,
      onProgress: ({ done, total }) => bar.update(done, total),
    });
    bar.close();
    if (!quiet) context.stdout.write(`${name}: ${folder}\n`);
  } finally {
    bar.close();
  }
}

/** A reader of an address, for commander. */
function address(text: string): string {
  const protocol = URL.canParse(text) ? new URL(text).protocol : "";
  // Names of files are put behind it.
  if ((protocol === "http:" || protocol === "https:") && !/[?#]/.test(text)) return text;
  throw outOfRange("--mirror", text, "the address of a folder, with http:// or https:// and without ? and #");
}
