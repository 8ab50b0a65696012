import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Interrupted } from "../../../lib/cli/interrupt.js";
import { reportError } from "../../../lib/cli/report-error.js";
import { BayesBinnError } from "../../../lib/native/errors.js";

const reporting = suite("error reports");

reporting("a typed error is one line, whatever its message, and exit code 2", () => {
  const { text, exitCode } = reportError(new BayesBinnError("ERR_DATASET_FORMAT", "a.idx: offset 4:\n  bad\n"));
  assert.is(text, "error [ERR_DATASET_FORMAT]: a.idx: offset 4: bad\n");
  assert.is(exitCode, 2);
});

reporting("what the user cannot help is exit code 1", () => {
  assert.is(reportError(new BayesBinnError("ERR_OUT_OF_MEMORY", "asked 9, free 1")).exitCode, 1);
  assert.is(reportError(new BayesBinnError("ERR_BINDING_LOAD", "no addon")).exitCode, 1);
});

reporting("anything else is a defect: exit code 1, with the stack", () => {
  for (const error of [
    new TypeError("x is not a function"),
    new BayesBinnError("ERR_INTERNAL", "x is not a function"),
  ]) {
    const { text, exitCode } = reportError(error);
    assert.match(text, /^error \[ERR_INTERNAL\].*\n.*x is not a function\n +at /);
    assert.is(exitCode, 1);
  }
  assert.match(reportError("thrown text").text, "thrown text");
});

reporting("an interrupted command ends as shells expect", () => {
  assert.equal(reportError(new Interrupted("SIGINT", 130)), { text: "", exitCode: 130 });
});

reporting.run();
