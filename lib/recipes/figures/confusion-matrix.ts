import { confusionMatrix as figure } from "../../figures/confusion-matrix.js";
import { RunFolder } from "../../io/run-folder.js";
import { outputsOf } from "../outputs-of.js";
import { confusionOf } from "./assessment.js";
import { runFigure } from "./run-figure.js";
import { targetsOf } from "./samples-of.js";

const ofClasses: readonly string[] = ["softmaxCrossEntropy", "squaredHinge"];

/** Of classifiers, each its own, with the mean prediction of the best weights on the test samples. */
export const confusionMatrix = runFigure({
  figure,
  picture: "own",
  fits: ({ loss }, files) => ofClasses.includes(loss.name) && files.has(RunFolder.files.best),
  data: async (runs) => {
    const run = runs[0]!;
    const { test } = await run.data();
    const classes = outputsOf(test);
    return {
      label: `${run.label}, ${test.length} test samples, mean of ${run.samples} draws`,
      counts: confusionOf(await run.testPredictions(), targetsOf(test), classes),
      classes: test.classNames ?? Array.from({ length: classes }, (_, index) => String(index)),
    };
  },
});
