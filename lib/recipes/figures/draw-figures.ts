import { join } from "node:path";

import { type FigureFiles, saveFigure } from "../../figures/save-figure.js";
import { BayesBinnError } from "../../native/errors.js";
import { showText } from "../../options/show.js";
import { FigureRun, type PredictionOptions } from "./figure-run.js";
import { runFigures } from "./index.js";
import type { RunFigure } from "./run-figure.js";

/** A figure that has been written. */
export interface DrawnFigure extends FigureFiles {
  readonly name: string;
  readonly title: string;
  /** Folders of the runs in it. */
  readonly runs: readonly string[];
}

/** Options of {@link drawFigures}. */
export interface DrawOptions extends PredictionOptions {
  /** Folder of the figures; default: `figures` in the run folder. Several runs need one. */
  readonly out?: string;
  /** Told of each figure when its files are there. */
  readonly onFigure?: (figure: DrawnFigure) => void;
  /** Told what the drawing found odd. */
  readonly onWarning?: (message: string) => void;
}

interface Picture {
  readonly name: string;
  readonly figure: RunFigure;
  readonly runs: readonly FigureRun[];
}

/**
 * Draws of runs what fits them, as SVG and PNG: see {@link runFigures}. Runs share a picture, but for those that have no
 * room for several: these are named after the run, `<figure>-<folder>`.
 *
 * @example await drawFigures(["runs/mnist-mlp-seed1-1", "runs/mnist-mlp-seed1-2"], { out: "figures" });
 * @param paths run folders, which need not be finished
 * @throws BayesBinnError `ERR_CONFIG` for a folder that is no run, runs of which nothing can be drawn yet, and several runs
 *   without `out`; `ERR_OUTPUT`; what loading data and predicting throw; after an abort the signal's reason
 */
export async function drawFigures(
  paths: readonly string[],
  { out, onFigure, onWarning = () => {}, ...options }: DrawOptions = {},
): Promise<DrawnFigure[]> {
  const folder = out ?? folderOf(paths);
  const runs = await FigureRun.open(paths, options);
  const pictures = runFigures.flatMap((figure) => picturesOf(figure, runs));
  if (pictures.length === 0) throw nothing(paths);
  const drawn: DrawnFigure[] = [];
  for (const { name, figure, runs } of pictures) {
    options.signal?.throwIfAborted();
    const spec = await figure.draw(runs);
    const files = await saveFigure(folder, name, spec, { onWarning: (message) => onWarning(`${name}: ${message}`) });
    drawn.push({ name, title: figure.title, runs: runs.map(({ path }) => path), ...files });
    onFigure?.(drawn.at(-1)!);
  }
  return drawn;
}

function folderOf(paths: readonly string[]): string {
  if (paths.length === 1) return join(paths[0]!, "figures");
  const message = `figures of ${paths.length} runs need a folder of their own, accepted: --out <dir>`;
  throw new BayesBinnError("ERR_CONFIG", message, { path: "out", accepted: "a folder" });
}

function picturesOf(figure: RunFigure, all: readonly FigureRun[]): Picture[] {
  const runs = all.filter(({ config, files }) => figure.fits(config, files));
  if (runs.length === 0) return [];
  if (figure.picture === "shared" || all.length === 1) return [{ name: figure.name, figure, runs }];
  return runs.map((run) => ({ name: `${figure.name}-${fileNameOf(run)}`, figure, runs: [run] }));
}

/** The name of a run as part of a file name. */
function fileNameOf({ name }: FigureRun): string {
  return name.replace(/[^\w.-]+/g, "-").replace(/^[-.]+/, "");
}

function nothing(paths: readonly string[]): BayesBinnError {
  const accepted = "runs that have come through an epoch";
  const message = `${paths.map(showText).join(", ")}: nothing to draw yet; accepted: ${accepted}`;
  return new BayesBinnError("ERR_CONFIG", message, { path: paths[0], accepted });
}
