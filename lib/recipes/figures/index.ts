import { accuracyMatrix } from "./accuracy-matrix.js";
import { confusionMatrix } from "./confusion-matrix.js";
import { probabilityHistograms } from "./probability-histograms.js";
import { probabilityMap } from "./probability-map.js";
import { regressionBand } from "./regression-band.js";
import { reliabilityDiagram } from "./reliability-diagram.js";
import type { RunFigure } from "./run-figure.js";
import { taskAccuracies } from "./task-accuracies.js";
import { trainingCurves } from "./training-curves.js";

/** What can be drawn of runs. A new one is its own file and one line here. */
export const runFigures: readonly RunFigure[] = [
  trainingCurves,
  reliabilityDiagram,
  confusionMatrix,
  regressionBand,
  probabilityMap,
  probabilityHistograms,
  taskAccuracies,
  accuracyMatrix,
];
