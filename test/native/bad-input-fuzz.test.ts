import { suite } from "uvu";
import * as assert from "uvu/assert";
import { runChild } from "./support/run-child.js";

const test = suite("bad input: fuzz");

// The same nonsense on every run; see support/fuzz.ts. It may be refused, by an error with a code, and nothing else.
for (const [what, cases] of [
  ["specs", 1000],
  ["kernels", 1000],
  ["calls", 1000],
] as const) {
  test(`${cases} mutations of ${what}`, async () => {
    const args = [what, String(cases)];
    const { code, signal, stdout, stderr } = await runChild({
      script: "fuzz.ts",
      args,
      nodeOptions: ["--import", "tsx"],
    });
    const last = stdout.trimEnd().split("\n").at(-1);
    assert.equal({ code, signal, last, stderr }, { code: 0, signal: null, last: "survived", stderr: "" });
    assert.is(stdout.split("\n").length, cases + 2, "every case was run");
  });
}

test.run();
