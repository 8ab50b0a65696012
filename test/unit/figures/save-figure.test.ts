import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { saveFigure } from "../../../lib/figures/save-figure.js";
import type { Spec } from "../../../lib/figures/spec.js";
import { refused } from "../../support/refused.js";
import { temporaryFolder } from "../../support/temporary-folder.js";
import { importsOf, sources } from "../structure/sources.js";

const test = suite("saveFigure");
const spec: Spec = { title: "Dots", mark: "point", data: { values: [{ a: 1 }] }, encoding: { x: { field: "a" } } };

test("writes an SVG and a PNG to a new folder, and replaces what is there", async () => {
  const folder = join(temporaryFolder(), "new", "figures");
  const files = await saveFigure(folder, "dots", spec);
  assert.equal(files, { svg: join(folder, "dots.svg"), png: join(folder, "dots.png") });
  const before = readFileSync(files.png);
  assert.match(readFileSync(files.svg, "utf8"), /^<svg .*Dots/s);
  assert.equal([...before.subarray(0, 4)], [0x89, 0x50, 0x4e, 0x47]);
  writeFileSync(files.png, "old");
  await saveFigure(folder, "dots", spec);
  assert.ok(readFileSync(files.png).equals(before), "the same bytes for the same figure");
  assert.equal(readdirSync(folder).sort(), ["dots.png", "dots.svg"]);
});

test("a folder that cannot be made is ERR_OUTPUT", async () => {
  const file = join(temporaryFolder(), "file");
  writeFileSync(file, "");
  await refused(() => saveFigure(join(file, "figures"), "dots", spec), "ERR_OUTPUT", /file/);
});

test("vega, vega-lite and sharp are loaded on demand", () => {
  const own = sources("lib/figures", /\.ts$/);
  const naming = own.filter((source) =>
    importsOf(source).some((name) => ["vega", "vega-lite", "sharp"].includes(name)),
  );
  assert.equal(
    naming.map(({ path }) => path),
    ["lib/figures/render.ts", "lib/figures/spec.ts"],
  );
  for (const { path, text } of own) {
    assert.not.match(text, /^import (?!type\b).*from "(vega|vega-lite|sharp)"/m, path);
  }
});

test.run();
