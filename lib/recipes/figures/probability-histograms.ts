import { probabilityHistograms as figure } from "../../figures/probability-histograms.js";
import { isContinualRun, priorOrNone, readLabelled } from "./read-continual.js";
import { runFigure } from "./run-figure.js";

/** Figure 4, of runs on tasks in sequence. */
export const probabilityHistograms = runFigure({
  figure,
  fits: isContinualRun,
  wanted: priorOrNone,
  data: async (runs) => ({
    runs: (await readLabelled(runs)).map(({ label, tasks, distributions }) => ({ label, tasks, distributions })),
  }),
});
