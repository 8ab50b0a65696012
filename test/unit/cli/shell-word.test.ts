import { execFileSync } from "node:child_process";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { shellWord } from "../../../lib/cli/shell-word.js";

const words = suite("arguments for a shell");

words("what needs no quotes has none", () => {
  for (const text of ["runs/mnist-mlp-seed1-1", "/data/a_b/c.d", "a=b", "1..5,7"]) assert.is(shellWord(text), text);
});

words("a shell reads what was meant", () => {
  for (const text of [
    "runs/c c",
    "it's",
    "$HOME",
    "a;b",
    "~",
    "`x`",
    'say "a"',
    "*",
    "line\nline",
    "é",
    "",
    "a\\b",
    "#a",
  ]) {
    assert.is(execFileSync("sh", ["-c", `printf %s ${shellWord(text)}`], { encoding: "utf8" }), text);
  }
});

words.run();
