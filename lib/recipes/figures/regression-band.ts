import { snelsonGrid, snelsonScaling } from "../../data/snelson.js";
import { regressionBand as figure } from "../../figures/regression-band.js";
import { RunFolder } from "../../io/run-folder.js";
import type { FigureRun } from "./figure-run.js";
import { inTurn } from "./in-turn.js";
import { hasPosterior } from "./predictions.js";
import { runFigure } from "./run-figure.js";
import { asNetworkInputs, coordinatesOf, targetsOf } from "./samples-of.js";

/** Few draws would leave the band ragged, and these points cost little. */
const draws = 100;

/** Figure 2: regressions on Snelson's points, in the units of the data. */
export const regressionBand = runFigure({
  figure,
  fits: ({ dataset }, files) => dataset.name === "snelson" && files.has(RunFolder.files.best),
  wanted: [
    { name: "ste", method: "ste" },
    { name: "bayesbinn", method: "bayesbinn" },
  ],
  data: async (runs) => ({ panels: await inTurn(runs, panelOf) }),
});

async function panelOf(run: FigureRun) {
  const { train } = await run.data();
  const xs = coordinatesOf(train);
  const ys = targetsOf(train);
  const grid = snelsonGrid();
  const predictions = await run.predictions(asNetworkInputs(train, grid), run.samples(draws));
  const { mode, drawn } = predictions;
  const posterior = hasPosterior(predictions);
  return {
    label: run.label,
    points: xs.map((x, index) => ({ x, y: inUnits(ys[index]!) })),
    curve: Array.from(grid, (x, index) => ({
      x,
      mode: inUnits(mode[index]!),
      ...(posterior && { mean: inUnits(drawn.mean[index]!), std: target.std * drawn.epistemicStd![index]! }),
    })),
  };
}

const { target } = snelsonScaling;

/** Of a target or a prediction, which are standardised. */
function inUnits(value: number): number {
  return value * target.std + target.mean;
}
