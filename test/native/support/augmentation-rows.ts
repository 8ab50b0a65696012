/** Pipelines of steps, and pictures for them. */
import { sizeOf } from "../../../lib/layers/shape.js";
import type { AugmentationSpec, KernelDevice } from "../../../lib/native/contract.js";
import { kernels } from "./addon.js";
import { generator, randomFloats, randomLabels } from "./random.js";
import type { FillName } from "./reference-augmentation.js";

export type Size = readonly [images: number, channels: number, rows: number, columns: number];

export const crop = (padding: number, fill: FillName): AugmentationSpec => ({ type: "randomCrop", padding, fill });
export const flip = (horizontal = 0.5, vertical = 0): AugmentationSpec => ({
  type: "randomFlip",
  horizontal,
  vertical,
});
export const rotation = (degrees: number, fill: FillName): AugmentationSpec => ({
  type: "randomRotation",
  degrees,
  fill,
});
export const elastic = (std: number, grid: number, fill: FillName): AugmentationSpec => ({
  type: "randomElastic",
  std,
  grid,
  fill,
});
export const quarterTurn: AugmentationSpec = { type: "randomQuarterTurn" };

/** Whether steps take values from between pixels. */
export const mixes = (steps: readonly AugmentationSpec[]): boolean =>
  steps.some(({ type, std }) => type === "randomRotation" || (type === "randomElastic" && std !== 0));

export const seed = 2 ** 40 + 3;
export const epoch = 7;
const scale = [0.25, -2, 0.5];
const shift = [-3, 1, 0.125];
/** Images of bytes, or the floats of as many; masks of the same rows and columns. */
export function pictures(shape: Size, kind: "bytes" | "floats") {
  const [images, channels, rows, columns] = shape;
  const next = generator(sizeOf(shape));
  const count = sizeOf(shape);
  const values = kind === "bytes" ? Uint8Array.from({ length: count }, () => next() * 256) : randomFloats(count, 3);
  const table = Float32Array.from({ length: channels * 256 }, (_, i) => {
    const channel = Math.floor(i / 256);
    return (i % 256) * scale[channel]! + shift[channel]!;
  });
  const normalisation =
    kind === "bytes"
      ? { byteTable: table }
      : { scale: Float32Array.from(scale.slice(0, channels)), shift: Float32Array.from(shift.slice(0, channels)) };
  /** Network input of a value; exact in float32 for bytes, since the scales are powers of two. */
  const input = (value: number, channel: number) => Math.fround(value * scale[channel]! + shift[channel]!);
  const masks = Float32Array.from(randomLabels(images * rows * columns, 5, 11));
  return { values, normalisation, input, masks };
}

interface Extra {
  readonly first?: number;
  readonly threads?: number;
  readonly device?: KernelDevice;
  readonly masks?: Float32Array;
  readonly maskShape?: readonly [number, number];
}

/** What native code makes of `pictures`. */
export function augmented(
  images: Uint8Array | Float32Array,
  shape: Size,
  normalisation: object,
  augmentation: readonly AugmentationSpec[],
  { first = 0, threads = 1, device = "cpu", masks, maskShape = [shape[2], shape[3]] }: Extra = {},
) {
  const output = new Float32Array(images.length);
  const maskOutput = new Float32Array(masks?.length ?? 0);
  const withMasks = masks !== undefined && { masks, maskShape, maskOutput };
  kernels.augment({
    images,
    shape,
    ...normalisation,
    augmentation,
    seed,
    epoch,
    first,
    output,
    threads,
    device,
    ...withMasks,
  });
  return { images: output, masks: maskOutput };
}

export const cases: readonly { readonly steps: readonly AugmentationSpec[]; readonly square?: boolean }[] = [
  { steps: [] },
  ...(["black", "mean", "reflect"] as const).map((fill) => ({ steps: [crop(4, fill)] })),
  // Farther than the image is large.
  { steps: [crop(23, "reflect")] },
  { steps: [crop(0, "black")] },
  { steps: [flip()] },
  { steps: [flip(0.5, 0.5)] },
  { steps: [flip(1, 1)] },
  { steps: [quarterTurn], square: true },
  { steps: [crop(3, "black"), flip(0.5, 0.5)] },
  { steps: [flip(0.5, 0.5), crop(3, "mean")] },
  { steps: [quarterTurn, crop(2, "reflect"), flip(), quarterTurn, crop(2, "reflect")], square: true },
  ...(["black", "mean", "reflect"] as const).map((fill) => ({ steps: [rotation(15, fill)] })),
  { steps: [rotation(180, "reflect"), crop(4, "reflect"), flip(0.5, 0.5)] },
  { steps: [rotation(30, "black"), quarterTurn, rotation(30, "black")], square: true },
  ...(["black", "mean", "reflect"] as const).map((fill) => ({ steps: [elastic(1.5, 3, fill)] })),
  { steps: [elastic(0.5, 2, "reflect")] },
  { steps: [elastic(0.7, 8, "reflect")] },
  // Far beyond the edges.
  { steps: [elastic(30, 4, "reflect")] },
  { steps: [elastic(0, 3, "reflect"), crop(1, "reflect")] },
  { steps: [flip(0.5, 0.5), elastic(1, 3, "reflect"), rotation(60, "reflect"), crop(3, "reflect")] },
  { steps: [crop(2, "black"), rotation(20, "black"), elastic(1, 5, "black"), flip(0.5, 0.5)] },
  { steps: [quarterTurn, elastic(1, 3, "reflect"), quarterTurn, flip()], square: true },
];
