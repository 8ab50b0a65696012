import { taskAccuracies as figure } from "../../figures/task-accuracies.js";
import { isContinualRun, priorOrNone, readLabelled } from "./read-continual.js";
import { runFigure } from "./run-figure.js";

/** Figure 5, of runs on tasks in sequence. */
export const taskAccuracies = runFigure({
  figure,
  fits: isContinualRun,
  wanted: priorOrNone,
  data: async (runs) => ({
    runs: (await readLabelled(runs)).map(({ label, tasks, epochsPerTask, evaluations }) => ({
      label,
      tasks,
      epochsPerTask,
      evaluations,
    })),
  }),
});
