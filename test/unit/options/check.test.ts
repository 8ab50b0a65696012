import { suite } from "uvu";
import * as assert from "uvu/assert";
import { z } from "zod";
import { checkOptions } from "../../../lib/options/check.js";
import { refused } from "../../support/refused.js";

const test = suite("options");

const shape = z.discriminatedUnion("name", [
  z.strictObject({ name: z.literal("cosine"), final: z.number().default(0) }),
  z.strictObject({ name: z.literal("exponential"), gamma: z.number().gt(0) }),
]);
const schema = z.strictObject({
  rate: z.number().gt(0).lt(1).default(0.5),
  units: z.int().min(1),
  kind: z.enum(["binary", "real"]).default("binary"),
  size: z.union([z.literal("auto"), z.int().min(1)]).default("auto"),
  flag: z.boolean().default(false),
  milestones: z.array(z.int().min(1)).min(1).optional(),
  shape: shape.optional(),
  pair: z.tuple([z.int().min(1), z.number()]).optional(),
  signal: z.custom<AbortSignal>((value) => value instanceof AbortSignal, "an AbortSignal").optional(),
  name: z
    .string()
    .regex(/^[a-z]+$/, "lower-case letters")
    .optional(),
  even: z
    .number()
    .refine((value) => value % 2 === 0, { message: "an even number", params: { code: "ERR_OPTION_RANGE" } })
    .optional(),
});

const check = (options: object, path = "") => checkOptions(schema, { units: 3, ...options }, path);

test("fills in the defaults", () => {
  assert.equal(check({}), { units: 3, rate: 0.5, kind: "binary", size: "auto", flag: false });
});

test("out of range: path, value and what is accepted", async () => {
  const error = await refused(
    () => check({ rate: 0 }),
    "ERR_OPTION_RANGE",
    /^rate: 0 is out of range, accepted: a number > 0 and < 1$/,
  );
  assert.equal(error.details, { path: "rate", value: 0, accepted: "a number > 0 and < 1", nearest: undefined });
  await refused(
    () => check({ units: 1.5 }),
    "ERR_OPTION_RANGE",
    "units: 1.5 is out of range, accepted: an integer >= 1",
  );
  await refused(() => check({ units: Number.NaN }), "ERR_OPTION_RANGE", "units: NaN is out of range");
  await refused(
    () => check({ units: Number.POSITIVE_INFINITY }),
    "ERR_OPTION_RANGE",
    "units: Infinity is out of range",
  );
  await refused(() => check({ units: 2 ** 60 }), "ERR_OPTION_RANGE", "an integer >= 1");
  await refused(() => check({ milestones: [] }), "ERR_OPTION_RANGE", "milestones: [] is out of range");
  await refused(() => check({ milestones: [1, 0] }), "ERR_OPTION_RANGE", "milestones[1]: 0 is out of range");
  await refused(
    () => check({ pair: [0, 1] }),
    "ERR_OPTION_RANGE",
    "pair[0]: 0 is out of range, accepted: an integer >= 1",
  );
  await refused(
    () => check({ pair: [1, "1"] }),
    "ERR_OPTION_TYPE",
    'pair[1]: "1" has the wrong type, accepted: a number',
  );
  await refused(
    () => check({ size: 0 }),
    "ERR_OPTION_RANGE",
    'size: 0 is out of range, accepted: "auto" or an integer >= 1',
  );
  await refused(() => check({ even: 3 }), "ERR_OPTION_RANGE", "even: 3 is out of range, accepted: an even number");
  await refused(
    () => check({ name: "A" }),
    "ERR_OPTION_RANGE",
    'name: "A" is not accepted, accepted: lower-case letters',
  );
});

test("of the wrong type", async () => {
  await refused(
    () => check({ rate: "0.5" }),
    "ERR_OPTION_TYPE",
    'rate: "0.5" has the wrong type, accepted: a number > 0',
  );
  await refused(() => check({ flag: 1 }), "ERR_OPTION_TYPE", "flag: 1 has the wrong type, accepted: true or false");
  await refused(
    () => check({ kind: 3 }),
    "ERR_OPTION_TYPE",
    'kind: 3 has the wrong type, accepted: "binary" or "real"',
  );
  await refused(() => check({ milestones: 3 }), "ERR_OPTION_TYPE", "an array of at least 1, each an integer >= 1");
  await refused(
    () => check({ signal: {} }),
    "ERR_OPTION_TYPE",
    "signal: an object has the wrong type, accepted: an AbortSignal",
  );
  await refused(() => check({ rate: null }), "ERR_OPTION_TYPE", "rate: null");
  await refused(() => check({ units: undefined }), "ERR_OPTION_TYPE", "units: missing, accepted: an integer >= 1");
  await refused(
    () => checkOptions(schema, 5, "model"),
    "ERR_OPTION_TYPE",
    "model: 5 has the wrong type, accepted: an object",
  );
  await refused(() => checkOptions(schema, undefined), "ERR_OPTION_TYPE", "options: missing");
});

test("unknown names come first, with the nearest one", async () => {
  const error = await refused(
    () => checkOptions(schema, { unit: 3 }, "linear"),
    "ERR_OPTION_UNKNOWN",
    'did you mean "units"?',
  );
  assert.is(error.message, 'linear.unit: unknown option, did you mean "units"?');
  assert.is(error.details.path, "linear.unit");
  assert.is(error.details.value, 3);
  assert.is(error.details.nearest, "units");
  await refused(() => check({ zzzzz: 1 }), "ERR_OPTION_UNKNOWN", "zzzzz: unknown option, accepted: rate, units, kind");
  await refused(
    () => checkOptions(z.strictObject({}), { a: 1 }, "relu"),
    "ERR_OPTION_UNKNOWN",
    "relu.a: unknown option, accepted: no options",
  );
});

test("a misspelt word names the nearest one", async () => {
  const error = await refused(
    () => check({ kind: "binery" }),
    "ERR_OPTION_RANGE",
    'kind: "binery" is unknown',
    'did you mean "binary"?',
  );
  assert.is(error.details.nearest, "binary");
});

test("alternatives are told apart by their name", async () => {
  assert.equal(check({ shape: { name: "cosine" } }).shape, { name: "cosine", final: 0 });
  await refused(
    () => check({ shape: { name: "cosin" } }),
    "ERR_OPTION_RANGE",
    'shape.name: "cosin" is unknown',
    'did you mean "cosine"?',
  );
  await refused(
    () => check({ shape: {} }),
    "ERR_OPTION_TYPE",
    'shape.name: missing, accepted: "cosine" or "exponential"',
  );
  await refused(
    () => check({ shape: { name: "cosine", finale: 1 } }),
    "ERR_OPTION_UNKNOWN",
    'shape.finale: unknown option, did you mean "final"?',
  );
  await refused(
    () => check({ shape: { name: "exponential", gamma: 0 } }),
    "ERR_OPTION_RANGE",
    "shape.gamma: 0 is out of range, accepted: a number > 0",
  );
  await refused(
    () => check({ shape: { name: "exponential", final: 0, gamma: 1 } }),
    "ERR_OPTION_UNKNOWN",
    "shape.final: unknown option, accepted: name, gamma",
  );
});

test("long and odd values stay on a short line", async () => {
  const error = await refused(() => check({ kind: `a\nb${"x".repeat(500)}` }), "ERR_OPTION_RANGE");
  assert.ok(error.message.length < 200, error.message);
  await refused(
    () => check({ rate: new Float32Array(9) }),
    "ERR_OPTION_TYPE",
    "rate: a Float32Array of 9 has the wrong type",
  );
  await refused(() => check({ rate: Array.from({ length: 1000 }) }), "ERR_OPTION_TYPE", "rate: an array of 1000");
  await refused(() => check({ rate: Object.create(null) }), "ERR_OPTION_TYPE", "rate: an object");
  await refused(() => check({ rate: 3n }), "ERR_OPTION_TYPE", "rate: 3n");
});

test.run();
