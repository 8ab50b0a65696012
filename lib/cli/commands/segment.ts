import { Command } from "commander";

import { BayesBinnError } from "../../native/errors.js";
import { splits, weightChoices } from "../../recipes/run-choices.js";
import type { SegmentRunOptions } from "../../recipes/segment-run.js";
import { choice, integer, path } from "../arguments.js";
import type { Context } from "../context.js";
import { deviceOption, mostThreads } from "../device-options.js";
import { JsonEvents } from "../json-events.js";
import { imageLine, segmentationText } from "../segmentation-report.js";

type Options = Omit<SegmentRunOptions, "signal" | "onImage"> & { readonly json?: true; readonly quiet?: true };

const examples = `
Examples:
  bayesbinn segment runs/em-unet-small-seed1-1
  bayesbinn segment runs/em-unet-small-seed1-1 --split train --samples 0
  bayesbinn segment runs/em-unet-small-seed1-1 --images slices --out masks
  bayesbinn segment runs/em-unet-small-seed1-1 --samples 100 --json

Of each whole image, grey pictures of 8 bits are written, and those of an
earlier call replaced:

  <name>.overview.png            side by side: image, true mask (of a split),
                                 mask, probability of class 1, entropy
  <name>.mask.png                the most probable class of each pixel, as grey
                                 values that are evenly spread: 0 and 255 of two
  <name>.probability-<class>.png 0..1 from black to white; of two classes that
                                 of class 1, of more that of each
  <name>.entropy.png             0..log(classes) from black to white
  <name>.mutual-information.png  the same; none with --samples 0

A split is scored as well: accuracy, intersection over union (IoU) of each class
and their mean, beside the answer that is the same everywhere.

--images takes PNG and JPEG files of any size. They are converted to the
channels of the network, normalised as the run's data, which have to be there,
and cut into tiles as those, mirrored beyond the edges.

Each image is a line on stdout when its pictures are there, with means over its
pixels in nats, and the result follows. With --json these are lines
{"event":"image"} and one {"event":"segmentation"}, whose accuracies are
fractions, and the text for people goes to stderr.
`;

/** `bayesbinn segment <run>`. */
export function segmentCommand(context: Context): Command {
  return new Command("segment")
    .summary("segment whole images with a run")
    .description("Predicts a class of each pixel of whole images with the weights in a run folder, and draws the maps.")
    .argument("<run>", "run folder that `bayesbinn train` wrote")
    .option("--out <dir>", "folder of the pictures; default: <run>/segmentation", path("--out", "the path of a folder"))
    .option("--split <test|train|validation>", "the run's samples to segment; default: test", choice("--split", splits))
    .option("--images <dir>", "segment the images in a folder instead", path("--images", "the path of a folder"))
    .option(
      "--samples <n>",
      "weight samples of the mean prediction, 0 for the mode; default: those of the run",
      integer("--samples", 0, 2 ** 20),
    )
    .option(
      "--weights <best|final>",
      "weights of the best validation epoch (default) or of the last",
      choice("--weights", weightChoices),
    )
    .option("--reestimate-batch-norm", "take batch-norm statistics of these weights on the training samples")
    .option(...deviceOption)
    .option("--threads <n>", "compute threads; default: one for each core", integer("--threads", 1, mostThreads))
    .option("--json", "write JSON lines to stdout")
    .option("--quiet", "write nothing for people but errors")
    .addHelpText("after", examples)
    .action((run: string, options: Options) => segment(run, options, context));
}

async function segment(run: string, { json, quiet, ...options }: Options, context: Context): Promise<void> {
  if (options.images !== undefined && options.split !== undefined) {
    const message = `--split ${options.split} beside --images; accepted: one of them`;
    throw new BayesBinnError("ERR_CONFIG", message, { path: "--split", value: options.split });
  }
  const { segmentRun } = await import("../../recipes/segment-run.js");
  const events = json && new JsonEvents(context.stdout);
  // The text is the result, unless that is JSON.
  const tell = (text: string) => {
    if (!quiet) (json ? context.stderr : context.stdout).write(text);
  };
  const segmentation = await segmentRun(run, {
    ...options,
    signal: context.signal,
    onImage: (image) => {
      if (events) events.write("image", image);
      tell(imageLine(image));
    },
  });
  if (events) events.write("segmentation", segmentation);
  tell(segmentationText(segmentation));
}
