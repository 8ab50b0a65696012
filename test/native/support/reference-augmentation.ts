import type { AugmentationSpec } from "../../../lib/native/contract.js";
import { kernels } from "./addon.js";

export type FillName = "black" | "mean" | "reflect";

/** An image of one channel on the endless plane, between its pixels as well. */
type Plane = (row: number, column: number) => number;

/** What an image is before its steps: values of its pixels, and of what is beyond the edges. */
export interface Picture {
  readonly rows: number;
  readonly columns: number;
  readonly pixel: (row: number, column: number) => number;
  readonly fill: FillName;
  /** Value of "black". */
  readonly black: number;
}

/** Where a walk along an axis that turns round at both ends is after `place` pixels. */
function mirrored(place: number, size: number): number {
  let at = 0;
  let direction = 1;
  for (let walked = 0; walked < Math.abs(place) && size > 1; walked++) {
    if (at + direction < 0 || at + direction >= size) direction = -direction;
    at += direction;
  }
  return at;
}

function pixelPlane({ rows, columns, pixel, fill, black }: Picture): Plane {
  return (row, column) => {
    if (row >= 0 && row < rows && column >= 0 && column < columns) return pixel(row, column);
    if (fill === "reflect") return pixel(mirrored(row, rows), mirrored(column, columns));
    return fill === "black" ? black : 0;
  };
}

function bilinear(at: Plane): Plane {
  return (row, column) => {
    const [r, c] = [Math.floor(row), Math.floor(column)];
    const [down, right] = [row - r, column - c];
    const corners = [
      [at(r, c), (1 - down) * (1 - right)],
      [at(r, c + 1), (1 - down) * right],
      [at(r + 1, c), down * (1 - right)],
      [at(r + 1, c + 1), down * right],
    ] as const;
    return corners.reduce((sum, [value, weight]) => (weight === 0 ? sum : sum + value * weight), 0);
  };
}

const nearest =
  (at: Plane): Plane =>
  (row, column) =>
    at(Math.floor(row + 0.5), Math.floor(column + 0.5));

/**
 * The displacement at places of an image, from normal ones at knots: row-major, rows and columns by turns. Along each axis a
 * cubic between two knots, with their values and slopes: half the difference of the knots around, and the whole one at
 * either end. That is Keys' interpolation, with outer knots on a line.
 */
function displacementOf(vectors: readonly number[], knots: number, rows: number, columns: number) {
  const cubic = (values: readonly number[], at: number): number => {
    const left = Math.min(Math.floor(at), knots - 2);
    const t = at - left;
    const slope = (i: number) => {
      const [before, after] = [Math.max(i - 1, 0), Math.min(i + 1, knots - 1)];
      return (values[after]! - values[before]!) / (after - before);
    };
    return (
      (1 + 2 * t) * (1 - t) ** 2 * values[left]! +
      t * (1 - t) ** 2 * slope(left) +
      t ** 2 * (3 - 2 * t) * values[left + 1]! +
      t ** 2 * (t - 1) * slope(left + 1)
    );
  };
  const place = (at: number, size: number) =>
    size === 1 ? 0 : (Math.min(Math.max(at, 0), size - 1) * (knots - 1)) / (size - 1);
  const indices = Array.from({ length: knots }, (_, i) => i);
  return (part: 0 | 1, row: number, column: number): number => {
    const lines = indices.map((i) => indices.map((j) => vectors[2 * (i * knots + j) + part]!));
    const across = lines.map((line) => cubic(line, place(column, columns)));
    return cubic(across, place(row, rows));
  };
}

/** Normal displacements of knots, by Box and Muller; float32, as they are kept. */
function normals(uniforms: readonly number[], std: number): number[] {
  return uniforms.map((u, i) => {
    const length = std * Math.sqrt(-2 * Math.log(i % 2 === 0 ? u : uniforms[i - 1]!));
    const angle = 2 * Math.PI * (i % 2 === 0 ? uniforms[i + 1]! : u);
    return Math.fround(length * (i % 2 === 0 ? Math.cos(angle) : Math.sin(angle)));
  });
}

/** A step as what it does to a plane: from uniforms, in the order in which it draws them. */
type Step = (plane: Plane, uniforms: readonly number[], rows: number, columns: number) => Plane;

const quarterTurn =
  (plane: Plane, size: number): Plane =>
  (row, column) =>
    plane(column, size - 1 - row);

interface ReferenceStep {
  readonly draws: number | ((options: AugmentationSpec) => number);
  readonly step: (options: AugmentationSpec) => Step;
}

const steps: Readonly<Record<string, ReferenceStep>> = {
  randomCrop: {
    draws: 2,
    step: (options) => (plane, uniforms) => {
      const padding = options["padding"] as number;
      const [down, right] = uniforms.map((u) => Math.floor(u * (2 * padding + 1)) - padding) as [number, number];
      return (row, column) => plane(row + down, column + right);
    },
  },
  randomFlip: {
    draws: 2,
    step:
      ({ horizontal, vertical }) =>
      (plane, [u, v], rows, columns) =>
      (row, column) =>
        plane(
          v! < (vertical as number) ? rows - 1 - row : row,
          u! < (horizontal as number) ? columns - 1 - column : column,
        ),
  },
  randomRotation: {
    draws: 1,
    step:
      ({ degrees }) =>
      (plane, [u], rows, columns) => {
        const angle = ((2 * u! - 1) * (degrees as number) * Math.PI) / 180;
        const [y, x] = [(rows - 1) / 2, (columns - 1) / 2];
        // Turned back, clockwise, by the angle; rows count downwards.
        return (row, column) =>
          plane(
            y + Math.cos(angle) * (row - y) + Math.sin(angle) * (column - x),
            x - Math.sin(angle) * (row - y) + Math.cos(angle) * (column - x),
          );
      },
  },
  randomElastic: {
    draws: ({ grid }) => 2 * (grid as number) ** 2,
    step:
      ({ std, grid }) =>
      (plane, uniforms, rows, columns) => {
        const displacement = displacementOf(normals(uniforms, std as number), grid as number, rows, columns);
        return (row, column) => plane(row + displacement(0, row, column), column + displacement(1, row, column));
      },
  },
  randomQuarterTurn: {
    draws: 1,
    step:
      () =>
      (plane, [u], rows) => {
        let turned = plane;
        for (let turn = 0; turn < Math.floor(u! * 4); turn++) turned = quarterTurn(turned, rows);
        return turned;
      },
  },
};

/** Names of all steps that there is a reference of. */
export const referenceSteps = Object.keys(steps);

function drawsOf(options: AugmentationSpec): number {
  const { draws } = steps[options.type]!;
  return typeof draws === "number" ? draws : draws(options);
}

/** Where the draws of a sample are. */
export interface SampleAddress {
  readonly seed: number;
  readonly epoch: number;
  readonly sample: number;
}

/**
 * One channel of a sample, row-major, after the steps one by one: planes of planes, where native code composes maps.
 *
 * @param reading how values between pixels are read: images "bilinear", targets "nearest"
 */
export function referenceAugmented(
  picture: Picture,
  augmentation: readonly AugmentationSpec[],
  { seed, epoch, sample }: SampleAddress,
  reading: "bilinear" | "nearest",
): number[] {
  const { rows, columns } = picture;
  const draws = augmentation.reduce((sum, options) => sum + drawsOf(options), 0);
  const uniforms = new Float32Array(draws);
  kernels.uniform({ seed, stream: "augmentation", step: epoch, sample }, uniforms);
  const start = reading === "nearest" ? nearest(pixelPlane(picture)) : bilinear(pixelPlane(picture));
  let used = 0;
  const plane = augmentation.reduce((before, options) => {
    const own = Array.from(uniforms.subarray(used, used + drawsOf(options)));
    used += own.length;
    return steps[options.type]!.step(options)(before, own, rows, columns);
  }, start);
  return Array.from({ length: rows * columns }, (_, i) => plane(Math.floor(i / columns), i % columns));
}
