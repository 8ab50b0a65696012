import type { Spec } from "./spec.js";

/**
 * Colours of lines and points, in this order, told apart also by colour-blind readers.
 *
 * Source: Okabe, Ito, "Color Universal Design", 2008; without its yellow, which is too light for lines on white.
 */
export const colours = {
  blue: "#0072b2",
  vermilion: "#d55e00",
  green: "#009e73",
  purple: "#cc79a7",
  orange: "#e69f00",
  sky: "#56b4e9",
  black: "#000000",
} as const;

/** Of parts that stand back: boundaries, diagonals, the text of zeros. */
export const grey = "#767676";

/** From one class over white to the other, alike in lightness: for probabilities. */
export const diverging = [colours.blue, "#ffffff", colours.vermilion];

/** From none to all: for shares. */
export const sequential = ["#ffffff", "#084a91"];

/** Share in percent from which on text on {@link sequential} has to be light. */
export const darkFrom = 48;

/** Sizes in pixels of the SVG; the PNG has twice as many. */
export const sizes = { panel: 260, wide: 340, gap: 28 } as const;

const config = {
  background: "white",
  padding: 12,
  font: "sans-serif",
  title: { anchor: "start", fontSize: 15, subtitleFontSize: 12, offset: 12 },
  axis: {
    labelFontSize: 11,
    titleFontSize: 12,
    titleFontWeight: "normal",
    gridColor: "#e6e6e6",
    domainColor: grey,
    tickColor: grey,
  },
  legend: {
    orient: "bottom",
    labelFontSize: 11,
    titleFontSize: 12,
    titleFontWeight: "normal",
    // Without a canvas vega takes text for wider than it is, and would cut what has room.
    labelLimit: 0,
    titleLimit: 0,
    symbolStrokeWidth: 2,
  },
  header: { labelFontSize: 12, labelLimit: 0, titleFontSize: 12, titleFontWeight: "normal" },
  // Sharp joins would reach beyond steep peaks, such as above 100 %.
  line: { strokeWidth: 1.8, strokeJoin: "round" },
  view: { stroke: "#cccccc" },
  range: { category: Object.values(colours) },
} as const;

/**
 * How far the labels of a nominal axis reach, as seen: vega takes text for wider, and would leave the axis title far away.
 *
 * @param slanted whether they are turned by 45 degrees
 */
export function labelReach(labels: readonly string[], slanted = false): number {
  const width = 6.8 * Math.max(1, ...labels.map(({ length }) => length));
  return 12 + (slanted ? (width + 11) * Math.SQRT1_2 : width);
}

/** The title of one of several panels. */
export function panelTitle(
  text: string,
  { subtitle, offset = 6 }: { subtitle?: string | undefined; offset?: number } = {},
) {
  const subtitled = subtitle !== undefined && { subtitle, subtitleFontSize: 11 };
  return { text, fontSize: 12, fontWeight: "normal", ...subtitled, offset, limit: 0 };
}

/** A figure in the one look of all. */
export function themed(spec: object): Spec {
  return { $schema: "https://vega.github.io/schema/vega-lite/v6.json", ...spec, config } as Spec;
}
