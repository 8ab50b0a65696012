/** How many marks of a kind (`rect`, `line`, `symbol`, `area`, `text`, `rule`) an SVG of vega has, axes and legends aside. */
export function marksIn(svg: string, kind: string): number {
  const groups = svg.matchAll(new RegExp(`<g class="mark-${kind} role-mark[^"]*"[^>]*>(.*?)</g>`, "gs"));
  return [...groups].reduce((sum, [, body]) => sum + (body!.match(/<(path|text|line)\b/g)?.length ?? 0), 0);
}

/** The texts of an SVG. */
export function textsIn(svg: string): string[] {
  return [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text!);
}
