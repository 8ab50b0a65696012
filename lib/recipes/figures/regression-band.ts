import { regressionBand as figure } from "../../figures/regression-band.js";
import { RunFolder } from "../../io/run-folder.js";
import type { FigureRun } from "./figure-run.js";
import { inTurn } from "./in-turn.js";
import { hasPosterior } from "./predictions.js";
import { runFigure } from "./run-figure.js";
import { asNetworkInputs, coordinatesOf, targetsOf } from "./samples-of.js";

/** Points of a curve; odd, so that one is in the middle. */
const gridPoints = 301;

/** Figure 2: regressions on Snelson's points. */
export const regressionBand = runFigure({
  figure,
  fits: ({ dataset }, files) => dataset.name === "snelson" && files.has(RunFolder.files.best),
  wanted: [
    { name: "ste", method: "ste" },
    { name: "bayesbinn", method: "bayesbinn" },
  ],
  data: async (runs) => ({ yTitle: "y (standardised)", panels: await inTurn(runs, panelOf) }),
});

async function panelOf(run: FigureRun) {
  const { train } = await run.data();
  const xs = coordinatesOf(train);
  const ys = targetsOf(train);
  const [low, high] = [Math.min(...xs), Math.max(...xs)];
  // Half as far again on either side, where the data say nothing.
  const grid = Float32Array.from(
    { length: gridPoints },
    (_, index) => low + (high - low) * ((2 * index) / (gridPoints - 1) - 0.5),
  );
  const draws = await run.predictions(asNetworkInputs(train, grid));
  const posterior = hasPosterior(draws);
  return {
    label: run.label,
    points: xs.map((x, index) => ({ x, y: ys[index]! })),
    curve: Array.from(grid, (x, index) => ({
      x,
      mode: draws.mode[index]!,
      ...(posterior && { mean: draws.mean[index]!, std: draws.std[index]! }),
    })),
  };
}
