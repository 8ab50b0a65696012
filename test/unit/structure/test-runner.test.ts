import { spawnSync } from "node:child_process";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { judge } from "../../support/judge.mjs";

// What is judged are real runs of uvu, so that a change of its output is noticed.
const rows: { name: string; source: string; passed: number; failed: number; skipped?: number; problem?: RegExp }[] = [
  {
    name: "a file whose tests pass",
    source: `const s = SUITE("a"); s("one", () => {}); s("two", () => {}); s.skip("three", () => {}); s.run();`,
    passed: 2,
    failed: 0,
    skipped: 1,
  },
  {
    name: "a failing test",
    source: `const s = SUITE("a"); s("one", () => {}); s("two", () => { throw new Error("no"); }); s.run();`,
    passed: 1,
    failed: 1,
  },
  {
    name: "a before hook that throws, which uvu hides",
    source: `const s = SUITE("a"); s.before(() => { throw new Error("no"); }); s("one", () => {}); s("two", () => {}); s.run();`,
    passed: 0,
    failed: 2,
    problem: /hook threw/,
  },
  {
    name: "a forgotten run()",
    source: `const s = SUITE("a"); s("one", () => {});`,
    passed: 0,
    failed: 1,
    problem: /no summary/,
  },
  {
    name: "a forgotten run() beside one that is there",
    source: `const s = SUITE("a"); s("one", () => {}); s.run(); const t = SUITE("b"); t("two", () => {});`,
    passed: 1,
    failed: 1,
    problem: /run\(\) is forgotten/,
  },
  {
    name: "a suite without tests",
    source: `const s = SUITE("a"); s.run();`,
    passed: 0,
    failed: 1,
    problem: /no test was run/,
  },
  {
    name: "a crash before the summary",
    source: `const s = SUITE("a"); s("one", () => process.abort()); s.run();`,
    passed: 0,
    failed: 1,
    problem: /no summary.*SIGABRT/,
  },
  {
    name: "an exit code other than 0 after tests that passed",
    source: `const s = SUITE("a"); s("one", () => {}); s.run(); process.on("exit", () => { process.exitCode = 3; });`,
    passed: 1,
    failed: 1,
    problem: /exit code 3/,
  },
];

const runner = suite("test runner");
for (const row of rows) {
  runner(`judges ${row.name}`, () => {
    const source = row.source.replaceAll("SUITE", "suite");
    const child = spawnSync(process.execPath, ["--input-type=module", "-e", `import { suite } from "uvu"; ${source}`], {
      encoding: "utf8",
    });
    const ending = child.signal ? `ended by ${child.signal}` : `exit code ${child.status}`;
    const outcome = judge(source, child.stdout + child.stderr, child.status === 0, ending);
    assert.is(outcome.passed, row.passed);
    assert.is(outcome.failed, row.failed);
    assert.is(outcome.skipped, row.skipped ?? 0);
    if (row.problem === undefined) assert.equal(outcome.problems, []);
    else assert.match(outcome.problems.join("\n"), row.problem);
  });
}
runner.run();
