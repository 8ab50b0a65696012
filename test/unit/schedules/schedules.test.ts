import { suite } from "uvu";
import * as assert from "uvu/assert";
import { constant } from "../../../lib/schedules/constant.js";
import { cosine } from "../../../lib/schedules/cosine.js";
import { exponential } from "../../../lib/schedules/exponential.js";
import { scheduleTypes } from "../../../lib/schedules/index.js";
import { multiStep } from "../../../lib/schedules/multi-step.js";
import type { Schedule } from "../../../lib/schedules/schedule.js";
import { nextChange, scheduleValue } from "../../../lib/schedules/schedule-value.js";
import { staircase } from "../../../lib/schedules/staircase.js";
import { refused } from "../../support/refused.js";

const test = suite("schedules");

/** Values of all epochs, of ten steps each. */
const values = (schedule: Schedule, initial: number, epochs: number): number[] =>
  Array.from({ length: epochs }, (_, epoch) => scheduleValue(schedule, initial, { epoch, epochs, step: 10 * epoch }));

/** Formulas of a few operations in double precision: equal to a few last bits. */
function close(actual: readonly number[], expected: readonly number[]): void {
  assert.is(actual.length, expected.length);
  for (const [index, value] of actual.entries()) {
    assert.ok(Math.abs(value - expected[index]!) <= 1e-15 * Math.abs(expected[index]!), `${value} at ${index}`);
  }
}

test("every schedule has its initial value in epoch 0", () => {
  const all = [
    constant(),
    cosine({ final: 0.1 }),
    exponential({ gamma: 0.5 }),
    multiStep({ milestones: [1] }),
    staircase({ every: 1, factor: 0.5 }),
  ];
  assert.equal(all.map(({ type }) => type).sort(), scheduleTypes.map(({ type }) => type).sort());
  for (const schedule of all) {
    assert.is(scheduleValue(schedule, 0.3, { epoch: 0, epochs: 7, step: 0 }), 0.3, schedule.type);
  }
});

test("constant", () => {
  assert.equal(values(constant(), 0.25, 3), [0.25, 0.25, 0.25]);
});

test("cosine passes the mean half way and would end at its final value", () => {
  // cos of 0, 45, 90 and 135 degrees.
  const half = Math.SQRT1_2 / 2;
  close(values(cosine(), 1, 4), [1, 0.5 + half, 0.5, 0.5 - half]);
  close(values(cosine({ final: 2 }), 4, 2), [4, 3]);
  close([scheduleValue(cosine({ final: 1e-16 }), 1e-4, { epoch: 500, epochs: 500, step: 0 })], [1e-16]);
});

test("exponential multiplies in each epoch", () => {
  close(values(exponential({ gamma: 0.5 }), 8, 4), [8, 4, 2, 1]);
});

test("multi-step multiplies at each milestone, twice where it is named twice", () => {
  close(values(multiStep({ milestones: [3, 1] }), 1, 5), [1, 0.1, 0.1, 0.01, 0.01]);
  close(values(multiStep({ milestones: [1, 1], gamma: 0.5 }), 1, 2), [1, 0.25]);
});

test("a staircase multiplies after so many steps, within an epoch too, or after so many epochs", () => {
  const stepValues = Array.from({ length: 8 }, (_, step) =>
    scheduleValue(staircase({ every: 3, factor: 0.5 }), 8, { epoch: 0, epochs: 1, step }),
  );
  close(stepValues, [8, 8, 8, 4, 4, 4, 2, 2]);
  close(values(staircase({ every: 2, factor: 0.1, unit: "epochs" }), 1, 5), [1, 1, 0.1, 0.1, 0.01]);
  close(values(staircase({ every: 15, factor: 2 }), 1, 5), [1, 1, 2, 4, 4]);
});

test("a staircase stays within its bounds", () => {
  close(values(staircase({ every: 10, factor: 3, maximum: 10 }), 1, 5), [1, 3, 9, 10, 10]);
  close(values(staircase({ every: 10, factor: 0.1, minimum: 0.05 }), 1, 4), [1, 0.1, 0.05, 0.05]);
  close(values(staircase({ every: 10, factor: 0.5, maximum: 3 }), 8, 4), [3, 3, 2, 1]);
});

test("what grows beyond doubles is the largest one, and 0 stays 0", () => {
  const growing = [
    exponential({ gamma: 1e200 }),
    multiStep({ milestones: [1, 1, 1], gamma: 1e200 }),
    staircase({ every: 10, factor: 1e200 }),
  ];
  for (const schedule of growing) {
    for (const [initial, last] of [
      [3, Number.MAX_VALUE],
      [-3, -Number.MAX_VALUE],
      [0, 0],
    ] as const) {
      assert.is(values(schedule, initial, 5).at(-1), last, `${schedule.type} from ${initial}`);
    }
  }
  assert.is(values(staircase({ every: 10, factor: 1e200, minimum: 2, maximum: 9 }), 0, 5).at(-1), 2);
});

test("only what changes with the steps says when", () => {
  const at = (schedule: Schedule, step: number) => nextChange(schedule, { epoch: 1, epochs: 9, step });
  const steps = staircase({ every: 7, factor: 2 });
  assert.equal(
    [0, 6, 7, 13, 14].map((step) => at(steps, step)),
    [7, 7, 14, 14, 21],
  );
  for (const schedule of [cosine(), staircase({ every: 7, factor: 2, unit: "epochs" })]) {
    assert.is(at(schedule, 3), Number.POSITIVE_INFINITY);
  }
});

test("options are checked", async () => {
  await refused(() => exponential({} as never), "ERR_OPTION_TYPE", "exponential.gamma: missing");
  await refused(() => exponential({ gamma: 0 }), "ERR_OPTION_RANGE", "exponential.gamma: 0");
  await refused(() => multiStep({ milestones: [] }), "ERR_OPTION_RANGE", "multiStep.milestones");
  await refused(() => multiStep({ milestones: [0] }), "ERR_OPTION_RANGE", "multiStep.milestones[0]: 0");
  await refused(() => staircase({ every: 0.5, factor: 1 }), "ERR_OPTION_RANGE", "staircase.every: 0.5");
  await refused(() => staircase({ every: 1, factor: -1 }), "ERR_OPTION_RANGE", "staircase.factor: -1");
  await refused(
    () => staircase({ every: 1, factor: 2, minimum: 3, maximum: 2 }),
    "ERR_OPTION_RANGE",
    "staircase.minimum: 3 is out of range, accepted: a number <= maximum = 2",
  );
  await refused(() => cosine({ finl: 0 } as never), "ERR_OPTION_UNKNOWN", 'did you mean "final"?');
  await refused(
    () => scheduleValue({ type: "cosin", options: {} }, 1, { epoch: 0, epochs: 1, step: 0 }),
    "ERR_OPTION_RANGE",
    'schedule.type: "cosin" is unknown',
    'did you mean "cosine"?',
  );
});

test.run();
