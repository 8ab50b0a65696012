import "./support/unfused.js";
import { suite } from "uvu";
import { randomCrop, randomFlip } from "../../lib/index.js";
import { augment } from "../../lib/kernels.js";
import { augmented, cases, mixes, pictures, type Size } from "../native/support/augmentation-rows.js";
import { close, epsilon32, sameBits } from "../native/support/compare.js";

const test = suite("augmentation on CUDA");

for (const { steps, square = false } of cases) {
  const story = steps.map(({ type, ...options }) => `${type} ${JSON.stringify(options)}`).join(", ") || "nothing";
  test(`${story}: as on the CPU`, () => {
    const shapes: Size[] = [
      [17, 3, 8, 8],
      [33, 2, 1, 1],
    ];
    const oblong: Size[] = [
      [5, 1, 5, 7],
      [1, 2, 1, 11],
    ];
    for (const shape of square ? shapes : [...shapes, ...oblong]) {
      for (const kind of ["bytes", "floats"] as const) {
        const { values, normalisation, masks: labels } = pictures(shape, kind);
        const masked = steps.every((step) => step["fill"] === undefined || step["fill"] === "reflect");
        const masks = masked && { masks: labels };
        const [cuda, cpu] = (["cuda", "cpu"] as const).map((device) =>
          augmented(values, shape, normalisation, steps, { device, first: 3, ...masks }),
        ) as [ReturnType<typeof augmented>, ReturnType<typeof augmented>];
        const what = `${kind} ${shape.join(" x ")}`;
        const exact = kind === "bytes" && !mixes(steps);
        if (exact) sameBits(cuda.images, cpu.images, what);
        // Interpolation and normalisation are three products and sums each, rounded in one order or another; bytes go up
        // to 512 in size.
        else close(cuda.images, cpu.images, 8 * epsilon32 * (kind === "bytes" ? 512 : 4), what);
        sameBits(cuda.masks, cpu.masks, `masks of ${what}`);
      }
    }
  });
}

test("the public function takes a device", () => {
  const images = Uint8Array.from({ length: 3 * 2 * 7 * 5 }, (_, i) => (37 * i) % 256);
  const augmentation = [randomCrop({ padding: 2 }), randomFlip()];
  const call = { images, shape: [3, 2, 7, 5], augmentation, seed: 3, epoch: 1 } as const;
  sameBits(augment({ ...call, device: "cuda" }).images, augment(call).images, "images");
});

test.run();
