import type { Spec } from "./spec.js";

/** Options of {@link renderSvg} and {@link renderPng}. */
export interface RenderOptions {
  /** Told what vega-lite or vega finds odd about a figure that it draws nevertheless. Default: nobody. */
  readonly onWarning?: (message: string) => void;
}

/** Pixels of a PNG for each of the SVG. */
export const pngScale = 2;

/** Dots per inch at which sharp gives a pixel of an SVG one pixel. */
const unscaledDensity = 72;

/**
 * Draws a figure as SVG. Text stays text, in whatever `sans-serif` means to who shows it.
 *
 * vega and vega-lite are loaded by the first call.
 *
 * @throws what vega-lite and vega throw of a specification that is none
 */
export async function renderSvg(spec: Spec, { onWarning = () => {} }: RenderOptions = {}): Promise<string> {
  const [{ compile }, { parse, View }] = await Promise.all([import("vega-lite"), import("vega")]);
  const logger = loggerOf(onWarning);
  const view = new View(parse(compile(spec, { logger }).spec), { renderer: "none", logger });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}

/**
 * Draws a figure as PNG, {@link pngScale} pixels for each of its SVG. Letters are those of the machine's fonts.
 *
 * @param svg what {@link renderSvg} returned
 */
export async function renderPng(svg: string): Promise<Buffer> {
  const { default: sharp } = await import("sharp");
  return sharp(Buffer.from(svg), { density: unscaledDensity * pngScale })
    .flatten({ background: "white" })
    .png({ compressionLevel: 9 })
    .toBuffer();
}

/** Passes warnings on, in place of the console; errors are warnings that did not end the drawing. */
function loggerOf(onWarning: (message: string) => void) {
  const told = (...parts: readonly unknown[]) => {
    onWarning(parts.map(String).join(" "));
    return logger;
  };
  const silent = () => logger;
  const logger = { level: (() => logger) as never, error: told, warn: told, info: silent, debug: silent };
  return logger;
}
