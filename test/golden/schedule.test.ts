/*
 * Learning rates of every epoch against those of PyTorch's schedulers, and hyperparameters of every step against those of
 * the authors of PMF: both go from one value to the next where ours are closed formulas.
 */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { z } from "zod";
import { cosine } from "../../lib/schedules/cosine.js";
import { exponential } from "../../lib/schedules/exponential.js";
import { multiStep } from "../../lib/schedules/multi-step.js";
import type { Schedule } from "../../lib/schedules/schedule.js";
import { scheduleValue } from "../../lib/schedules/schedule-value.js";
import { staircase } from "../../lib/schedules/staircase.js";
import { replayed } from "./cases.js";
import { readGolden } from "./read-golden.js";

const test = suite("learning rates");

const golden = readGolden(replayed.schedules);

/** The recursion adds a rounding of double precision or two each epoch; 3e-15 is reached in 500 epochs. */
const rounding = 2 ** -52;

/** Milestones as the authors' code writes them; 150 stands there twice for 200 epochs. */
const milestones = (epochs: number) => [Math.floor(epochs / 2), Math.floor(epochs / 4) * 3, 150, 250, 350, 450];

const runs: readonly {
  readonly name: string;
  readonly initial: number;
  readonly epochs: number;
  schedule: Schedule;
}[] = [
  { name: "cos_lr0.0001_E5", initial: 1e-4, epochs: 5, schedule: cosine({ final: 1e-16 }) },
  { name: "cos_lr0.0003_E500", initial: 3e-4, epochs: 500, schedule: cosine({ final: 1e-16 }) },
  { name: "expo_lr0.001_E20", initial: 1e-3, epochs: 20, schedule: exponential({ gamma: 1e-6 ** (1 / 20) }) },
  { name: "mstep_lr0.001_E200", initial: 1e-3, epochs: 200, schedule: multiStep({ milestones: milestones(200) }) },
];

for (const { name, initial, epochs, schedule } of runs) {
  // The authors step the scheduler before an epoch instead of after it: they never use the first value.
  for (const [order, shift] of Object.entries({ normal: 0, authors: 1 })) {
    test(`${name}, ${order} order`, () => {
      const recorded = golden.f64(`${name}_${order}`);
      assert.is(recorded.length, epochs);
      for (const [epoch, expected] of recorded.entries()) {
        const value = scheduleValue(schedule, initial, { epoch: epoch + shift, epochs, step: 0 });
        assert.ok(
          Math.abs(value / expected - 1) <= epochs * rounding,
          `epoch ${epoch}: ${value}, recorded ${expected}`,
        );
      }
    });
  }
}

const pmf = golden.settings(z.object({ pmf: z.record(z.string(), z.unknown()) })).pmf;
const number = (name: string): number => z.number().parse(pmf[name]);

const stairs = [
  {
    array: "pmf_lr_per_iteration",
    initial: number("lr0"),
    every: number("lr_interval"),
    schedule: staircase({ every: number("lr_interval"), factor: number("lr_scale") }),
  },
  {
    array: "pmf_beta_per_iteration",
    initial: number("beta_start"),
    every: number("beta_interval"),
    schedule: staircase({
      every: number("beta_interval"),
      factor: number("beta_scale"),
      maximum: number("beta_max"),
    }),
  },
];

for (const { array, initial, every, schedule } of stairs) {
  test(`${array}`, () => {
    const recorded = golden.f64(array);
    for (const [iteration, expected] of recorded.entries()) {
      // The authors multiply after iteration 0 for the first time: they are every - 1 steps ahead.
      const step = iteration + every - 1;
      const value = scheduleValue(schedule, initial, { epoch: 0, epochs: 1, step });
      const allowed = recorded.length * rounding;
      assert.ok(Math.abs(value / expected - 1) <= allowed, `step ${iteration}: ${value}, recorded ${expected}`);
    }
  });
}

test.run();
