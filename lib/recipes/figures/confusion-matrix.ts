import { confusionMatrix as figure } from "../../figures/confusion-matrix.js";
import { RunFolder } from "../../io/run-folder.js";
import { runFigure } from "./run-figure.js";

/** Of classifiers that predict probabilities, each its own, with the mean prediction of the best weights on the test samples. */
export const confusionMatrix = runFigure({
  figure,
  picture: "own",
  fits: ({ loss }, files) => loss.name === "softmaxCrossEntropy" && files.has(RunFolder.files.best),
  data: async (runs) => {
    const run = runs[0]!;
    const { test } = await run.data();
    const { confusion, samples } = await run.evaluation();
    // Of tiles, the pixels of whole images are counted.
    const { tiling } = test;
    const counted =
      tiling === undefined ? `${test.length} test samples` : `pixels of ${tiling.images.length} test images`;
    return {
      label: `${run.label}, ${counted}, mean of ${samples} draws`,
      counts: confusion!,
      classes: test.classNames ?? confusion!.map((_, index) => String(index)),
    };
  },
});
