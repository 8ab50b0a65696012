import { taskAccuracies as figure } from "../../figures/task-accuracies.js";
import { inTurn } from "./in-turn.js";
import { isContinualRun, priorOrNone, readContinual } from "./read-continual.js";
import { runFigure } from "./run-figure.js";

/** Figure 5, of runs on tasks in sequence. */
export const taskAccuracies = runFigure({
  figure,
  fits: isContinualRun,
  wanted: priorOrNone,
  data: async (runs) => ({
    runs: await inTurn(runs, async (run) => {
      const { tasks, epochsPerTask, evaluations } = await readContinual(run);
      return { label: run.label, tasks, epochsPerTask, evaluations };
    }),
  }),
});
