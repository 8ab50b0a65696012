import { join } from "node:path";

import { writeFileAtomically } from "../io/atomic-write.js";
import { makeFolders } from "../io/make-folders.js";
import { output } from "../io/output-error.js";
import { type RenderOptions, renderPng, renderSvg } from "./render.js";
import type { Spec } from "./spec.js";

/** The files of a figure. */
export interface FigureFiles {
  readonly svg: string;
  readonly png: string;
}

/**
 * Draws a figure, and writes `<name>.svg` and `<name>.png` to a folder, which is made where it is missing. Files that were
 * there are replaced, each at once.
 *
 * @example const { svg, png } = await saveFigure("figures", "training-curves", trainingCurves.spec({ runs }));
 * @returns their paths
 * @throws BayesBinnError `ERR_OUTPUT`
 */
export async function saveFigure(
  folder: string,
  name: string,
  spec: Spec,
  options: RenderOptions = {},
): Promise<FigureFiles> {
  const svg = await renderSvg(spec, options);
  const png = await renderPng(svg);
  await output(folder, () => makeFolders(folder));
  const files = { svg: join(folder, `${name}.svg`), png: join(folder, `${name}.png`) };
  await writeFileAtomically(files.svg, [Buffer.from(svg)]);
  await writeFileAtomically(files.png, [png]);
  return files;
}
