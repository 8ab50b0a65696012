/** A fraction in percent, as the paper's tables have it: `98.86 %`, with a deviation `98.86 +- 0.05 %`. */
export function percentText(fraction: number, std?: number): string {
  const digits = (value: number) => (100 * value).toFixed(2);
  return std === undefined ? `${digits(fraction)} %` : `${digits(fraction)} +- ${digits(std)} %`;
}
