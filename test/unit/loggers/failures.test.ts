import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { linear } from "../../../lib/layers/linear.js";
import { csvLogger } from "../../../lib/loggers/csv-logger.js";
import { jsonLinesLogger } from "../../../lib/loggers/json-lines-logger.js";
import { tensorBoard } from "../../../lib/loggers/tensor-board.js";
import { sequential } from "../../../lib/model/sequential.js";
import type { BayesBinnError } from "../../../lib/native/errors.js";
import { BayesBiNN } from "../../../lib/optimizers/bayesbinn.js";
import type { Callback } from "../../../lib/training/callback.js";
import { Trainer } from "../../../lib/training/trainer.js";
import { installFakeAddon } from "../../support/fake-addon.js";
import { temporaryFolder } from "../../support/temporary-folder.js";
import { toyPoints } from "../../support/toy-data.js";

/** A log that cannot be written is a warning and nothing else. */
const test = suite("logs that cannot be written");

type Listener = (warning: BayesBinnError) => void;

const loggers: Readonly<Record<string, (path: string, onWarning?: Listener) => Callback>> = {
  csvLogger: (path, onWarning) => csvLogger({ path, ...(onWarning && { onWarning }) }),
  jsonLinesLogger: (path, onWarning) => jsonLinesLogger({ path, ...(onWarning && { onWarning }) }),
  tensorBoard: (folder, onWarning) => tensorBoard({ folder, ...(onWarning && { onWarning }) }),
};

/** Epochs that a fit of three with these callbacks did. */
async function fitted(...callbacks: readonly Callback[]): Promise<number[]> {
  installFakeAddon();
  const model = sequential({ inputShape: [2], layers: [linear({ units: 3 })] });
  const trainer = new Trainer({ model, optimizer: new BayesBiNN(), threads: 1 });
  const { epochs } = await trainer.fit({ train: toyPoints(10), epochs: 3, callbacks });
  return epochs.map(({ epoch }) => epoch);
}

/** Messages of a fit whose log cannot be written; it has to go through nevertheless. */
async function warningsOf(name: string, path: string, ...others: readonly Callback[]): Promise<string[]> {
  const warnings: BayesBinnError[] = [];
  const logger = loggers[name]!(path, (warning) => warnings.push(warning));
  assert.equal(await fitted(logger, ...others), [1, 2, 3]);
  for (const warning of warnings) assert.is(warning.code, "ERR_OUTPUT");
  return warnings.map(({ message }) => message);
}

for (const name of ["csvLogger", "jsonLinesLogger"]) {
  test(`${name}: a full disk is one warning`, async () => {
    const [warning, ...more] = await warningsOf(name, "/dev/full");
    const expected = `${name}: "/dev/full" cannot be written: the disk is full; the rest of this fit is not logged there`;
    assert.equal([warning, more], [expected, []]);
  });
}

for (const name of Object.keys(loggers)) {
  test(`${name}: a place below a file, or in a folder of the system, is one warning`, async () => {
    const file = join(temporaryFolder(), "file");
    writeFileSync(file, "");
    for (const path of [join(file, "log"), "/proc/log"]) {
      const warnings = await warningsOf(name, path);
      assert.is(warnings.length, 1, path);
      assert.match(warnings[0]!, path);
    }
  });

  test(`${name}: a folder without permission is one warning`, async () => {
    const folder = join(temporaryFolder(), "locked");
    mkdirSync(folder);
    chmodSync(folder, 0o500);
    const warnings = await warningsOf(name, join(folder, "log"));
    // For root there are no such folders.
    if (process.getuid?.() !== 0) assert.match(warnings.join(), "no permission");
    else assert.equal(warnings, []);
  });

  test(`${name}: a folder that goes away while training is one warning, and is not made again`, async () => {
    const folder = join(temporaryFolder(), "gone");
    const remover: Callback = {
      onEpochBegin(epoch) {
        if (epoch === 2) rmSync(folder, { recursive: true });
      },
    };
    const warnings = await warningsOf(name, join(folder, "log"), remover);
    assert.is(warnings.length, 1);
    assert.match(warnings[0]!, "its folder does not exist");
    assert.not(existsSync(folder));
  });

  test(`${name}: without a listener it is a warning of the process`, async () => {
    const warned = once(process, "warning");
    assert.equal(await fitted(loggers[name]!("/proc/log")), [1, 2, 3]);
    const [warning] = (await warned) as [BayesBinnError];
    assert.is(warning.code, "ERR_OUTPUT");
    assert.match(warning.message, `${name}: `);
  });
}

test.run();
