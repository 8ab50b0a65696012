import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { SessionSpec } from "../../lib/native/contract.js";
import type { ErrorCode } from "../../lib/native/errors.js";
import { addon } from "./support/addon.js";
import { refusedBy } from "./support/refused.js";
import { chain, node, sessionSpec } from "./support/specs.js";

const test = suite("bad input: images and graphs");

const open = (spec: SessionSpec) => new addon.Session(spec);
const wide = { inputShape: [2 ** 24], maxBatch: 2 ** 20, loss: "meanSquaredError" };

/** Specs whose parts are all right and do not fit together. */
const misfits: readonly (readonly [name: string, spec: SessionSpec, code: ErrorCode, pattern: RegExp])[] = [
  ...["dropout2d", "maxPool2d", "averagePool2d", "globalMaxPool2d", "globalAveragePool2d", "centerCrop2d"].map(
    (type) =>
      [
        `a vector into ${type}`,
        sessionSpec({ layers: chain(["tanh"], [type]), inputShape: [12] }),
        "ERR_SHAPE_MISMATCH",
        new RegExp(`"${type}2" takes images \\[channels, rows, columns\\], but "tanh1" gives \\[12\\]`),
      ] as const,
  ),
  ...["maxPool2d", "averagePool2d"].map(
    (type) =>
      [
        `${type} with windows larger than the image`,
        sessionSpec({
          layers: chain([type, { size: [5, 2 ** 16], padding: [0, 2 ** 15 - 3] }]),
          inputShape: [2, 7, 5],
        }),
        "ERR_SHAPE_MISMATCH",
        new RegExp(`"${type}1" has windows of \\[5, 65536\\], but "input" gives \\[2, 7, 5\\] .* \\[0, 32765\\]$`),
      ] as const,
  ),
  ...["maxPool2d", "averagePool2d"].map(
    (type) =>
      [
        `${type} with more padding than half a window`,
        sessionSpec({ layers: chain([type, { size: [4, 3], padding: [2, 2] }]), inputShape: [2, 7, 5] }),
        "ERR_OPTION_RANGE",
        /^layers\[0\]\.padding: \[2, 2\] given, accepted: at most half the size, \[2, 1\]$/,
      ] as const,
  ),
  [
    "a crop larger than the image",
    sessionSpec({ layers: chain(["centerCrop2d", { size: [8, 1] }]), inputShape: [2, 7, 5] }),
    "ERR_SHAPE_MISMATCH",
    /"centerCrop2d1" crops to 8 by 1, but "input" gives \[2, 7, 5\]/,
  ],
  ...["add", "concatenate"].flatMap((type) => [
    [
      `one input of ${type}`,
      sessionSpec({ layers: [node("one", type, ["input"])] }),
      "ERR_SHAPE_MISMATCH",
      /"one" has 1 input, accepted: 2 or more/,
    ] as const,
    [
      `inputs of ${type} that do not fit each other`,
      sessionSpec({
        layers: [node("flat", "flatten", ["input"]), node("both", type, ["input", "flat"])],
        inputShape: [2, 3, 5],
      }),
      "ERR_SHAPE_MISMATCH",
      /"both" takes inputs of equal .*"input" gives \[2, 3, 5\] and "flat" gives \[30\]/,
    ] as const,
  ]),
  [
    "a sum of channels too large",
    sessionSpec({ layers: [node("all", "concatenate", new Array(200).fill("input"))], inputShape: [2 ** 24] }),
    "ERR_SHAPE_MISMATCH",
    /too large/,
  ],
  [
    "gradients of one value that take more memory than there is",
    sessionSpec({ ...wide, layers: [node("all", "add", new Array(2000).fill("input"))] }),
    "ERR_OUT_OF_MEMORY",
    /bytes/,
  ],
];

for (const [name, spec, code, pattern] of misfits) test(`${name}: ${code}`, () => refusal(spec, code, pattern));

test("windows far larger than the image are accepted where padding makes room for them", async () => {
  const size = 2 ** 16;
  for (const type of ["maxPool2d", "averagePool2d"]) {
    const layers = chain([type, { size: [size, size], stride: [size, size], padding: [size / 2, size / 2] }]);
    const session = open(sessionSpec({ layers, inputShape: [2, 1, 3], loss: "meanSquaredError" }));
    const call = { inputs: Float32Array.of(1, 3, 2, 6, 4, 5), batch: 1, phase: "eval", commit: false } as const;
    const { outputs, inputGradients } = await session.replay({ ...call, outputGradients: [Float32Array.of(7, 8)] });
    if (type === "maxPool2d") {
      assert.equal(outputs[0], Float32Array.of(3, 6));
      assert.equal(inputGradients[0], Float32Array.of(0, 7, 0, 8, 0, 0));
    } else {
      assert.equal(outputs[0], Float32Array.of(6 / size ** 2, 15 / size ** 2));
    }
    session.dispose();
  }
});

test.run();

async function refusal(spec: SessionSpec, code: ErrorCode, pattern: RegExp): Promise<void> {
  await refusedBy(() => open(spec), code, pattern);
}
