import type { EpochRecord } from "../training/history.js";
import type { Figure } from "./spec.js";
import { colours, sizes, themed } from "./theme.js";

/** Data of {@link trainingCurves}. */
export interface TrainingCurves {
  readonly runs: readonly {
    /** In the legend; each its own. */
    readonly label: string;
    readonly epochs: readonly Pick<EpochRecord, "epoch" | "train" | "validation" | "test">[];
  }[];
}

const parts = [
  { key: "train", label: "training" },
  { key: "validation", label: "validation" },
  { key: "test", label: "test" },
] as const;

const titles = { loss: "loss", accuracy: "accuracy (%)", meanIou: "mean IoU" };

/** Dashes of lines, by part: training stands back. */
const dashes = { training: [5, 3], validation: [1, 0], test: [1.5, 2] };

/** With few epochs a line has a point for each; a line of a single epoch would not be seen. */
const fewEpochs = 20;

/** From so many epochs on lines are thin, or ups and downs would fill the picture. */
const manyEpochs = 500;

/** Loss and, where there are classes, accuracy by epoch, of pixels also the mean IoU, of one or more runs. */
export const trainingCurves: Figure<TrainingCurves> = {
  name: "training-curves",
  title: "loss and accuracy by epoch",
  spec: ({ runs }) => {
    const values = runs.flatMap(({ label, epochs }) =>
      epochs.flatMap(({ epoch, ...record }) =>
        parts.flatMap(({ key, label: part }) => {
          const { [key]: metrics } = record;
          if (metrics === undefined) return [];
          const { loss, accuracy, meanIou } = metrics;
          const percent = accuracy === undefined ? {} : { accuracy: 100 * accuracy };
          return [{ run: label, epoch, part, loss, ...percent, ...(meanIou !== undefined && { meanIou }) }];
        }),
      ),
    );
    const used = parts.map(({ label }) => label).filter((label) => values.some(({ part }) => part === label));
    const dash = { domain: used, range: used.map((label) => dashes[label]) };
    const part = { field: "part", type: "nominal", title: "samples", sort: used, legend: { symbolType: "stroke" } };
    // Of one run, colours tell the parts apart, which is easier to read than dashes.
    const byRun = runs.length > 1;
    const series = byRun
      ? {
          color: {
            field: "run",
            type: "nominal",
            title: "run",
            sort: runs.map(({ label }) => label),
            legend: { columns: 1, symbolType: "stroke" },
          },
          // Of a single part, dashes would only make it harder to read.
          ...(used.length > 1 && { strokeDash: { ...part, scale: dash } }),
        }
      : { color: { ...part, scale: { domain: used, range: used.map((label) => partColours[label]) } } };
    const longest = Math.max(...runs.map(({ epochs }) => epochs.length));
    const panel = (field: keyof typeof titles, title: string) => ({
      width: sizes.wide,
      height: sizes.panel,
      mark: {
        type: "line",
        point: longest <= fewEpochs && { size: 22, strokeDash: [1, 0] },
        ...(longest >= manyEpochs && { strokeWidth: 1 }),
      },
      encoding: {
        x: { field: "epoch", type: "quantitative", title: "epoch", axis: { tickMinStep: 1 }, scale: { zero: false } },
        y: { field, type: "quantitative", title, scale: { zero: false } },
        ...series,
      },
    });
    const onlyPart = used.length === 1 ? `${used[0]} samples` : undefined;
    const subtitle = byRun ? onlyPart : runs[0]?.label;
    return themed({
      title: { text: "Training curves", ...(subtitle !== undefined && { subtitle }) },
      data: { values },
      spacing: sizes.gap,
      hconcat: (Object.keys(titles) as (keyof typeof titles)[])
        .filter((field) => values.some((value) => field in value))
        .map((field) => panel(field, titles[field])),
    });
  },
};

const partColours = { training: colours.blue, validation: colours.vermilion, test: colours.green };
