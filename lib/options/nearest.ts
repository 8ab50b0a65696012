/**
 * The candidate that `name` was most likely meant to be: the smallest edit distance, upper and lower case alike.
 * `undefined` where all of them differ in more than a third of their letters.
 */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    const limit = Math.max(1, Math.floor(Math.max(name.length, candidate.length) / 3));
    if (distance <= limit && distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Words in a list short enough that a reader sees at a glance which one is meant. */
const fewWords = 4;

/** {@link nearest} of a list that the message shows anyway: in a short one, only what differs in a quarter of its letters. */
export function nearestWord(word: string, words: readonly string[]): string | undefined {
  const meant = nearest(word, words);
  if (meant === undefined || words.length > fewWords) return meant;
  const distance = editDistance(word.toLowerCase(), meant.toLowerCase());
  return 4 * distance <= Math.max(word.length, meant.length) ? meant : undefined;
}

/** Insertions, deletions, replacements and swaps of neighbours that turn `a` into `b` (optimal string alignment). */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const replaced = last[column - 1]! + (a[row - 1] === b[column - 1] ? 0 : 1);
      let cost = Math.min(replaced, last[column]! + 1, current[column - 1]! + 1);
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (swapped) cost = Math.min(cost, beforeLast[column - 2]! + 1);
      current.push(cost);
    }
    beforeLast = last;
    last = current;
  }
  return last[b.length]!;
}
