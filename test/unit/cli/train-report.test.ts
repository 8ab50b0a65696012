import { suite } from "uvu";
import * as assert from "uvu/assert";
import { JsonEvents } from "../../../lib/cli/json-events.js";
import { epochLine } from "../../../lib/cli/progress.js";
import { TrainReport } from "../../../lib/cli/train-report.js";
import type { RunStart, RunSummary } from "../../../lib/recipes/run-report.js";
import type { BatchProgress } from "../../../lib/training/callback.js";
import type { EpochRecord } from "../../../lib/training/history.js";
import { Capture } from "./capture.js";

const start: RunStart = {
  recipe: "net",
  dataset: "mnist",
  model: "mlpBinaryConnect",
  optimizer: "bayesbinn",
  device: "cpu",
  deviceReason: "no CUDA device",
  instructionSet: "avx2",
  blas: "OpenBLAS",
  threads: 2,
  packed: true,
  seed: 1,
  firstEpoch: 1,
  checkpoints: true,
  epochs: 20,
  batchSize: 100,
  samples: { train: 540, validation: 60, test: 100 },
  parameters: { binary: 203_264, real: 0 },
  run: "runs/net-seed1-1",
};

const record: EpochRecord = {
  epoch: 3,
  learningRate: 1e-4,
  hyperparameters: { "bayesbinn.learningRate": 1e-4 },
  train: { loss: 0.5, accuracy: 0.9626 },
  validation: { loss: 0.4, accuracy: 0.976 },
  seconds: { train: 12, evaluate: 1 },
  stepsPerSecond: 45,
};

const progress: BatchProgress = {
  ...{ epoch: 3, epochs: 20, step: 2, stepsPerEpoch: 6 },
  ...{ loss: 0.5, accuracy: 0.9, learningRate: 1e-4 },
};

const summary: RunSummary = {
  ...{ recipe: "net", optimizer: "bayesbinn", device: "cpu", seed: 1, epochs: 3, bestEpoch: 2 },
  validation: { loss: 0.4, accuracy: 0.9795 },
  test: { mode: { loss: 0.4, accuracy: 0.9787 }, mean: { loss: 0.4, accuracy: 0.9788, samples: 10 } },
  ...{ trainSeconds: 36, stepSeconds: { median: 0.02 }, peakMemoryBytes: 1e8, run: "runs/net-seed1-1" },
};

const paper = { source: "Table 9", metric: "test.mode.accuracy", value: 0.975, std: 0.0005 };

async function show(options: { json: boolean; quiet: boolean; terminal?: boolean; differing?: readonly string[] }) {
  const [stdout, stderr] = [new Capture(), new Capture(options.terminal)];
  const events = options.json ? new JsonEvents(stdout) : undefined;
  const report = new TrainReport(stderr, {
    events,
    quiet: options.quiet,
    comparison: { paper, differing: options.differing ?? [] },
  });
  const { onStart, callbacks = [] } = report.listeners;
  await onStart?.(start);
  for (const callback of callbacks) {
    await callback.onBatchEnd?.(progress);
    await callback.onEpochEnd?.(record);
  }
  report.summary(summary);
  report.close();
  return { stdout: stdout.text, stderr: stderr.text };
}

const report = suite("report of a training run");

report("the JSON lines have the documented fields, in their order", async () => {
  const { stdout, stderr } = await show({ json: true, quiet: true });
  assert.is(stderr, "");
  assert.ok(stdout.endsWith("\n"));
  const [first, epoch, last, ...rest] = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  assert.equal(rest, []);
  assert.equal(first, { event: "start", ...start });
  assert.equal(Object.keys(epoch), [
    ...["event", "epoch", "learningRate", "train", "validation", "seconds", "stepsPerSecond"],
  ]);
  assert.equal(last, { event: "summary", ...summary });
});

report("lines for people, where stderr is no terminal: one an epoch", async () => {
  const { stdout, stderr } = await show({ json: false, quiet: false });
  assert.is(stdout, "");
  assert.match(stderr, "203 k binary parameters");
  assert.match(
    stderr,
    "epoch  3/20  train loss 0.5000 accuracy 96.26 %  validation loss 0.4000 accuracy 97.60 %  learning rate 1.00e-4",
  );
  assert.match(stderr, "test accuracy: 97.87 % (mode), 97.88 % (mean of 10 samples)");
  assert.match(stderr, "runs/net-seed1-1");
  assert.match(stderr, /\npaper: test accuracy 97\.50 \+- 0\.05 % \(Table 9\); this run: 97\.87 %\n$/);
  assert.not.match(stderr, "\u001b");
});

report("two optimizers are both named", async () => {
  const stderr = new Capture();
  const report = new TrainReport(stderr, { events: undefined, quiet: false });
  await report.listeners.onStart?.({ ...start, realOptimizer: "adam", parameters: { binary: 203_264, real: 7 } });
  report.close();
  assert.match(stderr.text, "203 k binary and 7 real parameters");
  assert.match(stderr.text, "bayesbinn and adam on cpu");
});

report("a method without a learning rate: no word of one", () => {
  assert.match(epochLine(record, 20), "learning rate");
  const { learningRate: _, ...without } = record;
  assert.not.match(epochLine(without, 20), /learning rate|NaN|undefined/);
});

report("a run of another experiment than the paper's stands beside no number of it", async () => {
  const rows: readonly [differing: readonly string[], text: string][] = [
    [["dataset.name"], "dataset.name differs from the recipe"],
    [["dataset.name", "model.width"], "dataset.name and model.width differ from the recipe"],
    [["a", "b", "c"], "a, b and c differ from the recipe"],
    [["a", "b", "c", "d", "e"], "a, b, c and 2 more differ from the recipe"],
  ];
  for (const [differing, text] of rows) {
    const { stdout, stderr } = await show({ json: true, quiet: false, differing });
    assert.ok(stderr.endsWith(`\npaper: not comparable, ${text}\n`), stderr);
    assert.not.match(stdout + stderr, /97\.50|0\.975/);
  }
});

report("a run that was stopped: the command that goes on, as a shell takes it", async () => {
  const stderr = new Capture();
  const report = new TrainReport(stderr, { events: undefined, quiet: false });
  await report.listeners.onStart?.({ ...start, run: "runs/c c" });
  report.stopped();
  assert.ok(stderr.text.endsWith("\ngo on with `bayesbinn train --resume 'runs/c c'`\n"), stderr.text);
});

report("on a terminal there is a bar, which is taken away again", async () => {
  const { stderr } = await show({ json: false, quiet: false, terminal: true });
  assert.match(stderr, "2/6");
  // The cursor, which the bar hides, is shown again.
  assert.ok(stderr.lastIndexOf("\u001b[?25h") > stderr.lastIndexOf("\u001b[?25l"));
  assert.match(stderr, "epoch  3/20  train");
});

report("a loss without an accuracy is called what it is", () => {
  const stderr = new Capture();
  const test = { mode: { loss: 0.34567 }, mean: { loss: 0.25, samples: 10 } };
  const { validation: _, ...rest } = summary;
  new TrainReport(stderr, { events: undefined, quiet: false }).summary({ ...rest, test });
  assert.match(stderr.text, "test loss: 0.3457 (mode), 0.2500 (mean of 10 samples), at epoch 2\n");
});

report("of pixels: mean IoU and IoU of each class, beside those of the constant answer", () => {
  const stderr = new Capture();
  const constant = { class: 1, pixelAccuracy: 0.8, iou: [0, 0.8], meanIou: 0.4 };
  const segmentation = { pixelAccuracy: 0.91, iou: [0.625, 0.9], meanIou: 0.7625, constant };
  const mode = { loss: 0.3, accuracy: 0.91, meanIou: 0.7625, segmentation };
  const better = { ...segmentation, pixelAccuracy: 0.92, iou: [0.65, 0.9], meanIou: 0.775 };
  const test = { mode, mean: { ...mode, accuracy: 0.92, meanIou: 0.775, segmentation: better, samples: 10 } };
  new TrainReport(stderr, { events: undefined, quiet: false }).summary({ ...summary, test });
  const lines = [
    "test accuracy: 91.00 % (mode), 92.00 % (mean of 10 samples), at epoch 2, the best on validation (97.95 %)",
    "test segmentation, over whole images:",
    "  mode: accuracy 91.00 % mean IoU 0.7625",
    "    IoU of each class: 0.6250 0.9000",
    "  mean of 10 samples: accuracy 92.00 % mean IoU 0.7750",
    "    IoU of each class: 0.6500 0.9000",
    "  constant answer (class 1): accuracy 80.00 % mean IoU 0.4000, IoU of each class: 0.0000 0.8000",
    "trained for 36.0 s; the run is in runs/net-seed1-1",
  ];
  assert.is(stderr.text, `${lines.join("\n")}\n`);
});

report.run();
