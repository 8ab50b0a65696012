import sharp from "sharp";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { figures } from "../../../lib/figures/index.js";
import { pngScale, renderPng, renderSvg } from "../../../lib/figures/render.js";
import type { Spec } from "../../../lib/figures/spec.js";
import { trainingCurves } from "../../../lib/figures/training-curves.js";
import { marksIn, textsIn } from "./marks.js";
import { samples } from "./samples.js";

const test = suite("figures");

/** What a figure of the sample data shows: every text of `texts`, and so many marks of each kind. */
const rows: Readonly<Record<string, { texts: readonly string[]; marks: Readonly<Record<string, number>> }>> = {
  "training-curves": {
    texts: ["Training curves", "epoch", "loss", "accuracy (%)", "run", "samples", "STE (ste-seed1)", "validation"],
    // Two panels, two runs, three parts.
    marks: { line: 12 },
  },
  "reliability-diagram": {
    texts: ["Reliability diagram", "accuracy", "confidence (largest probability)", "samples (%)", "STE (ste-seed1)"],
    // The diagonal and two models; ten of their eleven bins have samples.
    marks: { line: 3, symbol: 20, rect: 20 },
  },
  "confusion-matrix": {
    texts: ["Confusion matrix", "actual class", "predicted class", "share of the class (%)", "Ankle boot", "871"],
    marks: { rect: 100, text: 100 },
  },
  "regression-band": {
    texts: ["Regression with uncertainty", "x", "y", "mean \u00b1 2 std", "mean", "mode", "training data"],
    // Modes of both and one mean; the band; points of both, as many as the filter of the samples leaves.
    marks: { line: 3, area: 1, symbol: 2 * pointsOf("regression-band") },
  },
  "probability-map": {
    texts: ["Probability of class 1", "x", "y", "p(class 1)", "class 0", "class 1", "mode", "mean of 10 samples"],
    marks: { rect: 3 * 53 * 47, symbol: 3 * 101 },
  },
  "probability-histograms": {
    texts: ["Probabilities of the weights after each task", "p(w = +1)", "weights (%)", "with prior", "without prior"],
    marks: { rect: 2 * 5 * 20 },
  },
  "task-accuracies": {
    texts: [
      ...["Accuracy on each task over time", "epochs, over all tasks", "test accuracy (%)", "average over tasks seen"],
      ...["with prior", "without prior", "5: permutation 5"],
    ],
    // Two panels of five tasks and their average; the names of five tasks, and the boundaries between them.
    marks: { line: 12, rule: 8, text: 10 },
  },
  "accuracy-matrix": {
    texts: ["Accuracy on each task after each task", "accuracy on task", "after training on task", "test accuracy (%)"],
    marks: { rect: 50, text: 50 },
  },
};

function pointsOf(name: string): number {
  return (samples[name] as { panels: { points: unknown[] }[] }).panels[0]!.points.length;
}

const specs = new Map<string, Spec>(
  figures.map(({ name, spec }) => [name, (spec as (data: unknown) => Spec)(samples[name])]),
);

test("every figure has a row here, and a name of its own", () => {
  assert.equal([...specs.keys()].sort(), Object.keys(rows).sort());
});

for (const [name, { texts, marks }] of Object.entries(rows)) {
  test(`${name}: titles, axes, legend and a mark for each datum, without a warning; the PNG is no blank`, async () => {
    const warnings: string[] = [];
    const svg = await renderSvg(specs.get(name)!, { onWarning: (message) => warnings.push(message) });
    assert.equal(warnings, []);
    const found = textsIn(svg);
    for (const text of texts) assert.ok(found.includes(text), `no text "${text}"`);
    for (const text of found) assert.not.match(text, /\u2026|undefined|NaN/);
    for (const [kind, count] of Object.entries(marks)) assert.is(marksIn(svg, kind), count, kind);

    const png = sharp(await renderPng(svg));
    const [, width, height] = /<svg[^>]* width="(\d+)" height="(\d+)"/.exec(svg)!;
    const size = await png.metadata();
    assert.equal([size.format, size.width, size.height], ["png", pngScale * Number(width), pngScale * Number(height)]);
    const { channels } = await png.stats();
    // White paper and dark ink.
    assert.ok(channels.every(({ min, max, stdev }) => min < 100 && max === 255 && stdev > 5));
  });
}

test("curves of several runs are solid where all are of the training samples, which the subtitle says", async () => {
  const epochs = [3, 2, 1].map((loss, index) => ({ epoch: index + 1, train: { loss } }));
  const runs = ["a", "b"].map((label) => ({ label, epochs }));
  const svg = await renderSvg(trainingCurves.spec({ runs }));
  assert.ok(textsIn(svg).includes("training samples"));
  const dashes = 'stroke-dasharray="5,3"';
  assert.not.match(svg, dashes);
  const withTest = runs.map((run) => ({ ...run, epochs: epochs.map((epoch) => ({ ...epoch, test: epoch.train })) }));
  const both = await renderSvg(trainingCurves.spec({ runs: withTest }));
  assert.not.ok(textsIn(both).includes("training samples"));
  assert.match(both, dashes);
});

test("a figure is a function of its data, and plain JSON", () => {
  for (const { name, spec } of figures) {
    const again = (spec as (data: unknown) => Spec)(samples[name]);
    assert.equal(again, specs.get(name), name);
    assert.equal(JSON.parse(JSON.stringify(again)).$schema, "https://vega.github.io/schema/vega-lite/v6.json");
  }
});

test("text is drawn with a font: a title darkens its place in the PNG", async () => {
  const spec = (title: string): Spec => ({ title, mark: "point", width: 90, height: 30, data: { values: [{}] } });
  const ink = async (title: string) => {
    const { channels } = await sharp(await renderPng(await renderSvg(spec(title)))).stats();
    return 255 - channels[0]!.mean;
  };
  assert.ok((await ink("MMMMMMMM")) > 2 * (await ink(" ")));
});

test("what vega finds odd is told, not printed", async () => {
  const warnings: string[] = [];
  // An axis of no data has no extent.
  const reliability = figures.find(({ name }) => name === "reliability-diagram")!.spec as (data: unknown) => Spec;
  const empty = { low: 0, high: 1, count: 0, confidence: 0, accuracy: 0 };
  const spec = reliability({ models: [{ label: "a", bins: [empty] }] });
  await renderSvg(spec, { onWarning: (message) => warnings.push(message) });
  assert.match(warnings.join("\n"), /Infinite extent for field "share"/);
});

test("one run, one task, one epoch, one class, and labels that mean something in XML", async () => {
  const label = `<b> & "x" 'y'`;
  const single: Readonly<Record<string, unknown>> = {
    "training-curves": { runs: [{ label, epochs: [{ epoch: 1, train: { loss: 0.5 } }] }] },
    "reliability-diagram": { models: [{ label, bins: [{ low: 0, high: 1, count: 1, confidence: 1, accuracy: 0 }] }] },
    "confusion-matrix": { label, classes: [label], counts: [[0]] },
    "regression-band": {
      panels: [
        {
          label,
          points: [{ x: 0, y: 1 }],
          curve: [
            { x: 0, mode: 1 },
            { x: 1, mode: 2 },
          ],
        },
      ],
    },
    "probability-map": {
      panels: [
        { label, points: [], x: { low: 0, high: 1, parts: 1 }, y: { low: 0, high: 1, parts: 1 }, probabilities: [0.5] },
      ],
    },
    "probability-histograms": {
      runs: [{ label, tasks: [label], distributions: [{ quantity: "latent", low: -1, high: 1, counts: [3] }] }],
    },
    "task-accuracies": {
      runs: [{ label, tasks: [label], epochsPerTask: 1, evaluations: [{ task: 1, epoch: 1, accuracies: [0.5] }] }],
    },
    "accuracy-matrix": { runs: [{ label, tasks: [label], matrix: [[0.5]] }] },
  };
  for (const { name, spec } of figures) {
    const warnings: string[] = [];
    const data = (spec as (data: unknown) => Spec)(single[name]);
    const svg = await renderSvg(data, { onWarning: (message) => warnings.push(message) });
    assert.equal(warnings, [], name);
    assert.not.match(svg, /<b>|NaN/, name);
    assert.ok((await renderPng(svg)).length > 0, name);
  }
});

test("many classes and many tasks have room", async () => {
  const classes = Array.from({ length: 100 }, (_, index) => `class ${index}`);
  const counts = classes.map((_, of) => classes.map((_, as) => (of === as ? 90 : 0)));
  const confusion = figures.find(({ name }) => name === "confusion-matrix")!.spec as (data: unknown) => Spec;
  const svg = await renderSvg(confusion({ classes, counts }));
  assert.is(marksIn(svg, "rect"), 1e4);
  assert.is(marksIn(svg, "text"), 0);

  const tasks = classes.slice(0, 11);
  const evaluations = tasks.map((_, task) => ({ task: task + 1, epoch: 1, accuracies: tasks.map(() => 0.5) }));
  const accuracies = figures.find(({ name }) => name === "task-accuracies")!.spec as (data: unknown) => Spec;
  const lines = await renderSvg(accuracies({ runs: [{ label: "a", tasks, epochsPerTask: 1, evaluations }] }));
  const strokes = [...lines.matchAll(/<g class="mark-line role-mark[^>]*><path[^>]* stroke="([^"]+)"/g)];
  assert.is(new Set(strokes.map(([, stroke]) => stroke)).size, 12, "eleven tasks and the average, each its own colour");
});

test.run();
