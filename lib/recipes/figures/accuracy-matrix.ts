import { accuracyMatrix as figure } from "../../figures/accuracy-matrix.js";
import { inTurn } from "./in-turn.js";
import { isContinualRun, priorOrNone, readContinual } from "./read-continual.js";
import { runFigure } from "./run-figure.js";

/** Of runs on tasks in sequence. */
export const accuracyMatrix = runFigure({
  figure,
  fits: isContinualRun,
  wanted: priorOrNone,
  data: async (runs) => ({
    runs: await inTurn(runs, async (run) => {
      const { tasks, accuracyMatrix: matrix } = await readContinual(run);
      return { label: run.label, tasks, matrix };
    }),
  }),
});
