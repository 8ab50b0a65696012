import { Command } from "commander";

import { BayesBinnError } from "../../native/errors.js";
import { given, path } from "../arguments.js";
import type { Context } from "../context.js";
import { dataName } from "../data-name.js";
import { createProgressBar } from "../data-progress.js";

interface Options {
  from?: string;
  to?: string;
  quiet?: true;
}

const examples = `
Examples:
  bayesbinn data prepare cifar10 --from cifar-10-binary.tar.gz
  bayesbinn data prepare cifar100 --from cifar-100-binary
  bayesbinn data prepare cifar10-jpeg --from CIFAR-10-images --to data/cifar10

A source is a tar archive (plain or .gz) or a folder. cifar10 and cifar100 take
the official binary version, held against the published checksums. cifar10 also
takes PNG files, and cifar10-jpeg (JPEG-recompressed CIFAR-10) takes JPEG files,
in folders train/<class> and test/<class>.
`;

/** `bayesbinn data prepare <name> --from <archive|folder>`. */
export function dataPrepareCommand(context: Context): Command {
  return new Command("prepare")
    .summary("make a data set of an archive or a folder")
    .description("Makes the files that `bayesbinn train` reads of an archive or a folder.")
    .argument("<name>", "cifar10, cifar10-jpeg or cifar100")
    .option(
      "--from <path>",
      "archive or folder to read; required",
      path("--from", "the path of an archive or a folder"),
    )
    .option("--to <dir>", "folder to make; default: <name> in the cache folder", path("--to", "the path of a folder"))
    .option("--quiet", "write nothing for people but errors")
    .addHelpText("after", examples)
    .action((name: string, options: Options) => prepare(name, options, context));
}

async function prepare(name: string, { from, to, quiet }: Options, context: Context): Promise<void> {
  // Not commander's business: it would complain before it looks for misspelt options.
  if (from === undefined) {
    const message = "required option '--from <path>' not given; see `bayesbinn data prepare --help`";
    throw new BayesBinnError("ERR_CONFIG", message, { path: "--from" });
  }
  const [{ cifarLayouts }, { prepareCifar }] = await Promise.all([
    import("../../data/cifar/layouts.js"),
    import("../../data/prepare/prepare-cifar.js"),
  ]);
  const layout = dataName(name, cifarLayouts);
  const bar = await createProgressBar(context.stderr, {
    quiet,
    format: "{bar} {value}/{total} images ETA {eta_formatted}",
  });
  const { signal } = context;
  try {
    const { folder, train, test } = await prepareCifar(layout, {
      from,
      signal,
      onProgress: bar.update,
      ...given({ to }),
    });
    bar.close();
    if (quiet) return;
    context.stdout.write(
      [
        `${layout.title}: ${folder}`,
        `  ${train.records} training images, SHA-256 of the records ${train.sha256}`,
        `  ${test.records} test images, SHA-256 of the records ${test.sha256}`,
        "",
      ].join("\n"),
    );
  } finally {
    bar.close();
  }
}
