import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { csvLogger } from "../../../lib/loggers/csv-logger.js";
import { jsonLinesLogger } from "../../../lib/loggers/json-lines-logger.js";
import type { BayesBinnError } from "../../../lib/native/errors.js";
import { refused } from "../../support/refused.js";
import { temporaryFolder } from "../../support/temporary-folder.js";
import { bareRecord, fitWith, fullRecord } from "./fit-records.js";

const test = suite("CSV and JSON lines");

const header =
  "epoch,learningRate,train.loss,train.accuracy,validation.loss,validation.accuracy,validation.meanIou,test.loss,test.accuracy,test.meanIou,flipRatio";

test("a table has a header, a row an epoch, and nothing where an epoch lacks a value", async () => {
  const path = join(temporaryFolder(), "made", "history.csv");
  await fitWith(csvLogger({ path }), [fullRecord(1), bareRecord(2)]);
  assert.is(
    readFileSync(path, "utf8"),
    [
      `${header},seconds.train,seconds.evaluate,stepsPerSecond`,
      "1,0.0001,1.25,0.5,1.5,0.625,,1.75,0.75,,0.5,1.5,0.25,2.6666666666666665",
      "2,,2.25,,,,,,,,,1.5,0.25,2.6666666666666665",
      "",
    ].join("\n"),
  );
});

test("a table without timings has what the seed decides", async () => {
  const path = join(temporaryFolder(), "history.csv");
  await fitWith(csvLogger({ path, timings: false }), [fullRecord(1)]);
  assert.is(readFileSync(path, "utf8"), `${header}\n1,0.0001,1.25,0.5,1.5,0.625,,1.75,0.75,,0.5\n`);
});

test("lines of JSON are the records", async () => {
  const path = join(temporaryFolder(), "history.jsonl");
  const records = [fullRecord(1), bareRecord(2)];
  await fitWith(jsonLinesLogger({ path }), records);
  const lines = readFileSync(path, "utf8").split("\n");
  assert.is(lines.pop(), "");
  assert.equal(
    lines.map((line) => JSON.parse(line)),
    records,
  );
});

for (const [name, logger] of Object.entries({ csvLogger, jsonLinesLogger })) {
  const epochs = (path: string) =>
    [...readFileSync(path, "utf8").matchAll(/^(?:{"epoch":)?(\d+),/gm)].map(([, n]) => n);

  test(`${name}: a fit begins anew, one that resumes with the epochs before its own alone`, async () => {
    const path = join(temporaryFolder(), "log");
    await fitWith(logger({ path }), [1, 2, 3, 10].map(fullRecord));
    await fitWith(logger({ path }), [3, 4].map(fullRecord));
    assert.equal(epochs(path), ["1", "2", "3", "4"]);
    await fitWith(logger({ path }), [fullRecord(1)]);
    assert.equal(epochs(path), ["1"]);
  });

  test(`${name}: a fit that resumes elsewhere has the epochs before it, too`, async () => {
    const path = join(temporaryFolder(), "log");
    await fitWith(logger({ path }), [fullRecord(3)]);
    assert.equal(epochs(path), ["1", "2", "3"]);
  });

  test(`${name}: a line that was cut short is made whole`, async () => {
    const path = join(temporaryFolder(), "log");
    await fitWith(logger({ path }), [1, 2].map(fullRecord));
    writeFileSync(path, readFileSync(path, "utf8").slice(0, -20));
    await fitWith(logger({ path }), [fullRecord(3)]);
    assert.equal(epochs(path), ["1", "2", "3"]);
  });

  for (const content of ["important\n", "important", "1,2\n3\n", '{"epoch":"1"}\n[]\n']) {
    test(`${name}: a file with other content (${JSON.stringify(content)}) stays as it is`, async () => {
      const path = join(temporaryFolder(), "notes");
      writeFileSync(path, content);
      const warnings: BayesBinnError[] = [];
      await fitWith(logger({ path, onWarning: (warning) => warnings.push(warning) }), [fullRecord(1)]);
      assert.is(readFileSync(path, "utf8"), content);
      assert.equal(
        warnings.map(({ code }) => code),
        ["ERR_OUTPUT"],
      );
      assert.match(warnings[0]!.message, `${name}: `);
      assert.match(warnings[0]!.message, "other content; give another path");
    });
  }

  test(`${name}: an empty file is taken`, async () => {
    const path = join(temporaryFolder(), "log");
    writeFileSync(path, "");
    await fitWith(logger({ path }), [fullRecord(1)]);
    assert.equal(epochs(path), ["1"]);
  });

  test(`${name}: options are checked`, async () => {
    await refused(() => logger({} as never), "ERR_OPTION_TYPE", `${name}.path: missing`);
    await refused(() => logger({ path: "" }), "ERR_OPTION_RANGE", `${name}.path`);
    await refused(() => logger({ path: "x", onWarning: 1 as never }), "ERR_OPTION_TYPE", "accepted: a function");
  });
}

test.run();
