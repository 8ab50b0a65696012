import { probabilityHistograms as figure } from "../../figures/probability-histograms.js";
import { inTurn } from "./in-turn.js";
import { isContinualRun, priorOrNone, readContinual } from "./read-continual.js";
import { runFigure } from "./run-figure.js";

/** Figure 4, of runs on tasks in sequence. */
export const probabilityHistograms = runFigure({
  figure,
  fits: isContinualRun,
  wanted: priorOrNone,
  data: async (runs) => ({
    runs: await inTurn(runs, async (run) => {
      const { tasks, distributions } = await readContinual(run);
      return { label: run.label, tasks, distributions };
    }),
  }),
});
