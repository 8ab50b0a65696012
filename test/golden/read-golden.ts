import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { sizeOf } from "../../lib/layers/shape.js";

const folder = join(dirname(fileURLToPath(import.meta.url)), "vectors");

const elementBytes = { f32: 4, f64: 8, i32: 4, u8: 1 } as const;
type ElementType = keyof typeof elementBytes;

/** What `<name>.json` holds beside its remarks; vectors/README.md describes the format. */
const headerSchema = z.object({
  name: z.string(),
  group: z.string(),
  settings: z.record(z.string(), z.unknown()).default({}),
  tolerance: z.record(z.string(), z.unknown()).default({}),
  bin: z.string(),
  bin_bytes: z.int(),
  bin_sha256: z.string(),
  arrays: z.record(
    z.string(),
    z.object({
      dtype: z.enum(["f32", "f64", "i32", "u8"]),
      shape: z.array(z.int().min(1)),
      offset: z.int().min(0).multipleOf(8),
      bytes: z.int().min(1),
    }),
  ),
});

/** One case of the vectors, read and checked. */
export class Golden {
  readonly #header: z.output<typeof headerSchema>;
  readonly #bytes: ArrayBuffer;

  constructor(header: z.output<typeof headerSchema>, bytes: ArrayBuffer) {
    this.#header = header;
    this.#bytes = bytes;
  }

  get name(): string {
    return this.#header.name;
  }

  /** The settings in the form that `schema` gives them. */
  settings<Schema extends z.ZodType>(schema: Schema): z.output<Schema> {
    return schema.parse(this.#header.settings);
  }

  /** A number of the tolerances, such as `number("lambda_f32_vs_f64", "max_rel_to_max")`. */
  tolerance(...path: readonly string[]): number {
    const value = path.reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], this.#header.tolerance);
    return z.number().parse(value);
  }

  has(array: string): boolean {
    return array in this.#header.arrays;
  }

  shape(array: string): readonly number[] {
    return this.#array(array).shape;
  }

  elementType(array: string): ElementType {
    return this.#array(array).dtype;
  }

  /** A copy of `array` at the given first indices (of all of it without any), row-major. */
  f32(array: string, ...first: readonly number[]): Float32Array {
    return new Float32Array(this.#part(array, "f32", first));
  }

  f64(array: string, ...first: readonly number[]): Float64Array {
    return new Float64Array(this.#part(array, "f64", first));
  }

  i32(array: string, ...first: readonly number[]): Int32Array {
    return new Int32Array(this.#part(array, "i32", first));
  }

  u8(array: string, ...first: readonly number[]): Uint8Array {
    return new Uint8Array(this.#part(array, "u8", first));
  }

  #array(name: string) {
    const array = this.#header.arrays[name];
    if (array === undefined) throw new Error(`${this.name} has no array ${name}`);
    return array;
  }

  #part(name: string, dtype: ElementType, first: readonly number[]): ArrayBuffer {
    const array = this.#array(name);
    if (array.dtype !== dtype) throw new Error(`${this.name}: ${name} is ${array.dtype}, not ${dtype}`);
    let index = 0;
    for (const [axis, at] of first.entries()) {
      const length = array.shape[axis] ?? 0;
      if (at < 0 || at >= length) throw new Error(`${this.name}: ${name} has ${length} entries on axis ${axis}`);
      index = index * length + at;
    }
    const bytes = sizeOf(array.shape.slice(first.length)) * elementBytes[dtype];
    const start = array.offset + index * bytes;
    return this.#bytes.slice(start, start + bytes);
  }
}

/** Every case as `group/name`, sorted. */
export function goldenPaths(): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".json"))
    .map((path) => path.slice(0, -".json".length).replaceAll("\\", "/"))
    .sort();
}

/**
 * The case at `path`, such as `bayesbinn/bb04_tau1_beta0.99_S5_lam1`. The file is little-endian, as every machine is that
 * the addon builds for.
 *
 * @throws Error where a file is not the one that its header describes: digest, sizes, places of the arrays
 */
export function readGolden(path: string): Golden {
  const header = headerSchema.parse(JSON.parse(readFileSync(join(folder, `${path}.json`), "utf8")));
  const require = (right: boolean, what: string) => {
    if (!right) throw new Error(`${path}: ${what}`);
  };
  require(path === `${header.group}/${header.name}`, "name and group are those of another case");
  const file = readFileSync(join(folder, header.group, header.bin));
  require(file.length === header.bin_bytes, `${file.length} bytes, not ${header.bin_bytes}`);
  const digest = createHash("sha256").update(file).digest("hex");
  require(digest === header.bin_sha256, `SHA-256 ${digest}, not ${header.bin_sha256}`);
  let end = 0;
  for (const [name, { dtype, shape, offset, bytes }] of Object.entries(header.arrays)) {
    require(bytes === sizeOf(shape) * elementBytes[dtype], `${name}: ${bytes} bytes for ${shape} of ${dtype}`);
    require(offset >= end && offset + bytes <= file.length, `${name} lies outside the file or over another array`);
    end = offset + bytes;
  }
  return new Golden(header, new Uint8Array(file).buffer);
}
