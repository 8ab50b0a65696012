import { accuracyMatrix } from "./accuracy-matrix.js";
import { confusionMatrix } from "./confusion-matrix.js";
import { probabilityHistograms } from "./probability-histograms.js";
import { probabilityMap } from "./probability-map.js";
import { regressionBand } from "./regression-band.js";
import { reliabilityDiagram } from "./reliability-diagram.js";
import { taskAccuracies } from "./task-accuracies.js";
import { trainingCurves } from "./training-curves.js";

/** Every figure. A new one is its own file and one line here; `lib/recipes/figures` says what it shows of a run. */
export const figures = [
  trainingCurves,
  reliabilityDiagram,
  confusionMatrix,
  regressionBand,
  probabilityMap,
  probabilityHistograms,
  taskAccuracies,
  accuracyMatrix,
] as const;
