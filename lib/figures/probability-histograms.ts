import type { Distribution } from "../training/history.js";
import type { Figure } from "./spec.js";
import { colours, themed } from "./theme.js";

/** Data of {@link probabilityHistograms}. */
export interface ProbabilityHistograms {
  /** A row of panels each. */
  readonly runs: readonly {
    /** Each its own. */
    readonly label: string;
    /** Names, in their order. */
    readonly tasks: readonly string[];
    /** After each task; nothing for a method that keeps none. */
    readonly distributions: readonly (Distribution | undefined)[];
  }[];
}

/**
 * How the probabilities of the weights to be +1 are spread after each task: nearer to 0 and 1, the surer the weights.
 *
 * Source: Figure 4 of Meng, Bachmann, Khan, "Training Binary Neural Networks using the Bayesian Learning Rule", ICML 2020.
 */
export const probabilityHistograms: Figure<ProbabilityHistograms> = {
  name: "probability-histograms",
  title: "probabilities of the weights after each task (Figure 4)",
  spec: ({ runs }) => {
    const values = runs.flatMap(({ label, tasks, distributions }) =>
      distributions.flatMap((distribution, index) => {
        if (distribution === undefined) return [];
        const { low, high, counts } = distribution;
        const total = counts.reduce((sum, count) => sum + count, 0);
        const width = (high - low) / counts.length;
        return counts.map((count, part) => ({
          run: label,
          task: `after task ${index + 1} (${tasks[index]})`,
          low: low + part * width,
          high: low + (part + 1) * width,
          share: (100 * count) / total,
        }));
      }),
    );
    const quantities = new Set(runs.flatMap(({ distributions }) => distributions.map((one) => one?.quantity)));
    const latent = quantities.has("latent");
    const several = runs.length > 1;
    const tasks = [...new Set(values.map(({ task }) => task))];
    const header = { title: null };
    const column = { field: "task", type: "nominal", sort: tasks, ...header };
    return themed({
      title: {
        text: latent ? "Latent weights after each task" : "Probabilities of the weights after each task",
        ...(!several && { subtitle: runs[0]?.label ?? "" }),
      },
      data: { values },
      spec: {
        width: 170,
        height: 130,
        mark: { type: "bar", binSpacing: 1, color: colours.blue },
        encoding: {
          x: {
            field: "low",
            bin: "binned",
            title: latent ? "latent weight" : "p(w = +1)",
            scale: { nice: false, ...(!latent && { domain: [0, 1] }) },
          },
          x2: { field: "high" },
          y: { field: "share", type: "quantitative", title: "weights (%)" },
        },
      },
      ...(several
        ? { facet: { row: { field: "run", type: "nominal", sort: runs.map(({ label }) => label), ...header }, column } }
        : { facet: { column } }),
    });
  },
};
