import { reliabilityDiagram as figure } from "../../figures/reliability-diagram.js";
import { RunFolder } from "../../io/run-folder.js";
import { outputsOf } from "../outputs-of.js";
import { reliabilityOf } from "./assessment.js";
import { inTurn } from "./in-turn.js";
import { runFigure } from "./run-figure.js";
import { targetsOf } from "./samples-of.js";

/** Equal parts of the confidences, as is common. */
const bins = 15;

/** Of classifiers that predict probabilities, with the mean prediction of the best weights on the test samples. */
export const reliabilityDiagram = runFigure({
  figure,
  fits: ({ loss }, files) => loss.name === "softmaxCrossEntropy" && files.has(RunFolder.files.best),
  data: async (runs) => ({
    models: await inTurn(runs, async (run) => {
      const { test } = await run.data();
      const settings = { classes: outputsOf(test), bins };
      return { label: run.label, bins: reliabilityOf(await run.testPredictions(), targetsOf(test), settings) };
    }),
  }),
});
