import { probabilityMap as figure, type Parts, type ProbabilityMap } from "../../figures/probability-map.js";
import { RunFolder } from "../../io/run-folder.js";
import type { FigureRun } from "./figure-run.js";
import { inTurn } from "./in-turn.js";
import { hasPosterior } from "./predictions.js";
import { runFigure } from "./run-figure.js";
import { asNetworkInputs, coordinatesOf, targetsOf } from "./samples-of.js";

/** Cells of an axis. */
const parts = 65;

/** What a map shows beyond the training samples, in their extent. */
const margin = 0.25;

/** Figure 3: the probability of a moon over the plane; with a posterior, of the mode and of the mean prediction. */
export const probabilityMap = runFigure({
  figure,
  fits: ({ dataset }, files) => dataset.name === "two-moons" && files.has(RunFolder.files.best),
  wanted: [
    { name: "ste", method: "ste" },
    { name: "bayesbinn", method: "bayesbinn" },
  ],
  data: async (runs) => ({ panels: (await inTurn(runs, panelsOf)).flat() }),
});

async function panelsOf(run: FigureRun): Promise<ProbabilityMap["panels"][number][]> {
  const { train } = await run.data();
  const [xs, ys, labels] = [coordinatesOf(train, 0), coordinatesOf(train, 1), targetsOf(train)];
  const [x, y] = [partsOf(xs), partsOf(ys)];
  const middle = ({ low, high }: Parts, index: number) => low + ((high - low) * (index + 0.5)) / parts;
  const grid = Float32Array.from({ length: 2 * parts * parts }, (_, index) => {
    const cell = Math.floor(index / 2);
    return index % 2 === 0 ? middle(x, cell % parts) : middle(y, Math.floor(cell / parts));
  });
  const draws = await run.predictions(asNetworkInputs(train, grid), run.samples());
  const points = xs.map((x, index) => ({ x, y: ys[index]!, label: labels[index]! }));
  const panel = (subtitle: string, outputs: Float32Array) => ({
    label: run.label,
    subtitle,
    points,
    x,
    y,
    probabilities: ofClassOne(outputs),
  });
  const mode = panel("mode", draws.mode);
  return hasPosterior(draws) ? [mode, panel(`mean of ${draws.samples} samples`, draws.drawn.mean)] : [mode];
}

function partsOf(values: readonly number[]): Parts {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return { low: low - margin * (high - low), high: high + margin * (high - low), parts };
}

/** Of networks with an output for the class, or one for each of the two. */
function ofClassOne(outputs: Float32Array): Float32Array {
  return outputs.length === parts * parts ? outputs : outputs.filter((_, index) => index % 2 === 1);
}
