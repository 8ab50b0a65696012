import { trainingCurves as figure } from "../../figures/training-curves.js";
import { RunFolder } from "../../io/run-folder.js";
import { readHistory } from "./read-history.js";
import { runFigure } from "./run-figure.js";

/** Of every run that has come through an epoch. */
export const trainingCurves = runFigure({
  figure,
  fits: (_, files) => files.has(RunFolder.files.history),
  data: async (runs) => ({
    runs: await Promise.all(runs.map(async (run) => ({ label: run.label, epochs: await readHistory(run) }))),
  }),
});
