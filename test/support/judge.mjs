/**
 * @typedef {object} Outcome
 * @property {number} passed
 * @property {number} failed at least 1 where there are problems
 * @property {number} skipped
 * @property {readonly string[]} problems what is wrong beside failed tests
 */

/**
 * Reads how a test file fared from what it printed.
 *
 * uvu exits with 0 after a `before` hook that throws and for suites that were never run, so the exit code is not
 * believed: every file has to print its summary, count at least one test, pass all it counted, and run each suite.
 *
 * @param {string} source text of the test file
 * @param {string} output what it printed
 * @param {boolean} clean whether it exited with 0
 * @param {string} ending how it ended, in words
 * @returns {Outcome}
 */
export function judge(source, output, clean, ending) {
  const summaries = [...output.matchAll(/^ {2}Total: +(\d+)\n {2}Passed: +(\d+)\n {2}Skipped: +(\d+)$/gm)];
  const [total = 0, passed = 0, skipped = 0] = [1, 2, 3].map((group) =>
    summaries.reduce((sum, match) => sum + Number(match[group]), 0),
  );
  const problems = [];
  if (summaries.length === 0) problems.push(`no summary was printed (${ending})`);
  else if (total + skipped === 0) problems.push("no test was run");
  else if (!clean && passed === total) problems.push(`every test passed, but: ${ending}`);
  else if (clean && passed < total) problems.push(`${total - passed} tests did not run: a hook threw (uvu hides what)`);

  const suites = source.match(/\bsuite(<[^>]*>)?\(/g)?.length ?? 0;
  const runs = source.match(/\.run\(\)/g)?.length ?? 0;
  if (runs < suites) problems.push(`${suites} suites are made but ${runs} run: a run() is forgotten`);

  return { passed, failed: Math.max(total - passed, problems.length > 0 ? 1 : 0), skipped, problems };
}
