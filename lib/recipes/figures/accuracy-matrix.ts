import { accuracyMatrix as figure } from "../../figures/accuracy-matrix.js";
import { isContinualRun, priorOrNone, readLabelled } from "./read-continual.js";
import { runFigure } from "./run-figure.js";

/** Of runs on tasks in sequence. */
export const accuracyMatrix = runFigure({
  figure,
  fits: isContinualRun,
  wanted: priorOrNone,
  data: async (runs) => ({
    runs: (await readLabelled(runs)).map(({ label, tasks, accuracyMatrix: matrix }) => ({ label, tasks, matrix })),
  }),
});
