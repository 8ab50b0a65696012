/** As `Promise.all` of a map, but one after the other: each has all threads, and memory for itself. */
export async function inTurn<T, Result>(values: readonly T[], map: (value: T) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  for (const value of values) results.push(await map(value));
  return results;
}
