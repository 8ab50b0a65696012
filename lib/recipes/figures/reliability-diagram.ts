import { reliabilityDiagram as figure } from "../../figures/reliability-diagram.js";
import { RunFolder } from "../../io/run-folder.js";
import { inTurn } from "./in-turn.js";
import { runFigure } from "./run-figure.js";

/** Of classifiers that predict probabilities, with the mean prediction of the best weights on the test samples. */
export const reliabilityDiagram = runFigure({
  figure,
  fits: ({ loss }, files) => loss.name === "softmaxCrossEntropy" && files.has(RunFolder.files.best),
  data: async (runs) => ({
    models: await inTurn(runs, async (run) => {
      const { calibration } = await run.evaluation();
      return { label: run.label, bins: calibration!.reliability };
    }),
  }),
});
