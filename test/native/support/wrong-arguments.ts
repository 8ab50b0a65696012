import * as assert from "uvu/assert";
import type { ErrorCode } from "../../../lib/native/errors.js";
import { refusedBy } from "./refused.js";

type Code = ErrorCode | readonly ErrorCode[];

/** A key of a call's argument, values that it must not have, and the code of the error that says so. */
export type Wrong = readonly [key: string, values: readonly unknown[], code: Code];

/** A call with an argument that works, and what must not be in it. */
export interface WrongCall {
  readonly name: string;
  readonly call: (argument: unknown) => unknown;
  readonly right: Readonly<Record<string, unknown>>;
  readonly wrong: readonly Wrong[];
  /** Keys that may be left out. */
  readonly optional?: readonly string[];
}

export const floats = (count: number, value = 0.5) => new Float32Array(count).fill(value);

export const notNumbers: readonly unknown[] = ["1", true, null, undefined, {}, [1], 1n];

/** Neither a whole number from `low` to `high` nor any other kind of value. */
export function notWhole(key: string, low: number, high: number): Wrong[] {
  const outside = [Number.NaN, Infinity, -Infinity, low - 1, low + 0.5, high + 1, 1e300, -1e300];
  return [
    [key, outside, "ERR_OPTION_RANGE"],
    [key, notNumbers, "ERR_OPTION_TYPE"],
  ];
}

export const notFlag = (key: string): Wrong => [key, [1, 0, "true", null, undefined], "ERR_OPTION_TYPE"];

/** Where nothing computes; undefined stands for the CPU. */
export const notDevice: readonly Wrong[] = [
  ["device", [null, 0, true, ["cpu"], {}], "ERR_OPTION_TYPE"],
  ["device", ["", "auto", "CPU", "gpu", "cuda:0", "cpu\0"], "ERR_OPTION_RANGE"],
];

/** Lists of steps that are no augmentation. */
export function wrongAugmentation(): Wrong[] {
  const crop = { type: "randomCrop", padding: 4, fill: "black" };
  const rotation = { type: "randomRotation", degrees: 15, fill: "black" };
  const elastic = { type: "randomElastic", std: 10, grid: 3, fill: "black" };
  const turn = { type: "randomQuarterTurn" };
  const steps = (key: string, values: readonly unknown[], step: object = crop) =>
    values.map((value) => [turn, { ...step, [key]: value }]);
  return [
    ["augmentation", [3, "randomFlip", {}, turn, new Float32Array(1)], "ERR_OPTION_TYPE"],
    ["augmentation", [[3], [null], [[]], ["randomFlip"], [{}], [{ type: 3 }]], "ERR_OPTION_TYPE"],
    ["augmentation", [[{ type: "" }], [{ type: "flip" }], [{ ...turn, type: "RandomFlip" }]], "ERR_OPTION_RANGE"],
    ["augmentation", [[{ ...turn, times: 2 }], [{ ...crop, degrees: 1 }]], "ERR_OPTION_UNKNOWN"],
    ["augmentation", steps("padding", ["4", undefined, null, true]), "ERR_OPTION_TYPE"],
    ["augmentation", steps("padding", [-1, 0.5, Number.NaN, Infinity, 65536, 1e300]), "ERR_OPTION_RANGE"],
    ["augmentation", steps("fill", [undefined, null, 0, true]), "ERR_OPTION_TYPE"],
    ["augmentation", steps("fill", ["", "white", "Black"]), "ERR_OPTION_RANGE"],
    ["augmentation", steps("degrees", ["1", undefined], rotation), "ERR_OPTION_TYPE"],
    ["augmentation", steps("degrees", [-1, 181, Number.NaN, Infinity], rotation), "ERR_OPTION_RANGE"],
    ["augmentation", [[{ type: "randomFlip", horizontal: 0.5 }]], "ERR_OPTION_TYPE"],
    ["augmentation", steps("horizontal", [-0.1, 1.1], { type: "randomFlip", vertical: 0 }), "ERR_OPTION_RANGE"],
    ["augmentation", [[crop, { ...rotation, fill: "mean" }]], "ERR_OPTION_RANGE"],
    ["augmentation", steps("std", ["1", undefined, null], elastic), "ERR_OPTION_TYPE"],
    ["augmentation", steps("std", [-1, 65536, Number.NaN, Infinity], elastic), "ERR_OPTION_RANGE"],
    ["augmentation", steps("grid", [1, 9, 2.5, Number.NaN, 1e300], elastic), "ERR_OPTION_RANGE"],
    [
      "augmentation",
      [
        [elastic, turn, elastic],
        [{ ...elastic, std: 0 }, elastic],
      ],
      "ERR_OPTION_RANGE",
    ],
  ];
}

/** No Float32Array; null and undefined stand for nothing where a key is optional. */
export function notFloats(key: string, required = true): Wrong {
  const values = [3, "1", [1], new Float64Array(1), new Int32Array(1), new ArrayBuffer(4), {}];
  return [key, required ? [...values, null, undefined] : values, "ERR_OPTION_TYPE"];
}

function show(value: unknown): string {
  if (Array.isArray(value) && value.length < 5) return `[${value.map(show)}]`;
  if (Array.isArray(value) || ArrayBuffer.isView(value)) return `${(value as unknown[]).length} entries`;
  return String(value).slice(0, 60);
}

/** Tests, by name, that each wrong value and each missing key is refused. */
export function* refusals({
  name,
  call,
  right,
  wrong,
  optional = [],
}: WrongCall): Generator<[string, () => Promise<void>]> {
  for (const [key, values, code] of wrong) {
    const refuseValues = async () => {
      for (const value of values) {
        const error = await refusedBy(() => call({ ...right, [key]: value }), code).catch((failure: Error) => {
          throw new Error(`${key}: ${show(value)}: ${failure.message}`);
        });
        assert.ok(error.message.length < 300, "a message of a line or two");
      }
    };
    yield [`${name}, ${key}: ${[code].flat().join(" or ")}`, refuseValues];
  }
  const refuseMissing = async () => {
    for (const key of Object.keys(right).filter((each) => !optional.includes(each))) {
      const rest = Object.fromEntries(Object.entries(right).filter(([other]) => other !== key));
      await refusedBy(() => call(rest), "ERR_OPTION_TYPE", new RegExp(key));
    }
    for (const argument of [undefined, null, 3, "text", [], new Float32Array(1)]) {
      await refusedBy(() => call(argument), "ERR_OPTION_TYPE");
    }
  };
  yield [`${name}: every key is needed, and an object`, refuseMissing];
}

/** Floats of every length but the right one. */
export const wrongLength = (key: string, length: number) =>
  [key, [0, length - 1, length + 1].map((each) => floats(each)), "ERR_SHAPE_MISMATCH"] as const;
