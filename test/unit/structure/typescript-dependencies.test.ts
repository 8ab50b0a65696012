import { suite } from "uvu";
import * as assert from "uvu/assert";
import { importsOf, sources } from "./sources.js";

const belowRecipes = [
  "architectures",
  "figures",
  "loggers",
  "training",
  "augmentation",
  "model",
  "predict",
  "io",
  "data",
  "layers",
  "losses",
  "optimizers",
  "schedules",
  "options",
  "native",
];

/** The folders of lib/ and what each may import beside itself: a folder, or single files of one. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  native: [],
  options: ["native"],
  schedules: ["options", "native"],
  layers: ["options", "native"],
  losses: ["options", "native"],
  optimizers: ["layers", "schedules", "options", "native"],
  io: ["options", "native/errors", "native/contract"],
  data: ["io", "options", "native/errors", "native/contract", "native/binding"],
  augmentation: ["data", "layers", "options", "native"],
  predict: ["options", "native/errors"],
  model: ["predict", "io", "data", "layers", "losses", "optimizers", "schedules", "options", "native"],
  training: ["augmentation", "model", "io", "data", "layers", "losses", "optimizers", "schedules", "options", "native"],
  loggers: ["training", "io", "options", "native/errors"],
  architectures: ["model", "layers", "options", "native/errors"],
  figures: ["training", "predict", "io", "options", "native/errors", "native/contract"],
  recipes: belowRecipes,
  cli: ["recipes", ...belowRecipes],
};
const library = sources("lib", /\.ts$/);

const structure = suite("TypeScript dependencies");

structure("every folder of lib/ imports only those below it", () => {
  const wrong = library.flatMap((source) => {
    const folder = folderOf(source.path);
    // The entry files of the package stand above everything.
    if (folder === undefined) return [];
    const targets = allowed[folder];
    if (targets === undefined) return [`${source.path}: the folder is not in the table of this test`];
    return importsOf(source)
      .filter((path) => path.startsWith("lib/"))
      .filter((path) => ![folder, ...targets].some((target) => path.startsWith(`lib/${target}`)))
      .map((path) => `${source.path} imports ${path}`);
  });
  assert.equal(wrong, []);
});

structure("the table has no way round in a circle", () => {
  const order = Object.keys(allowed);
  for (const [index, folder] of order.entries()) {
    for (const target of allowed[folder]!) {
      assert.ok(order.indexOf(target.split("/")[0]!) < index, `${folder} -> ${target}`);
    }
  }
});

structure("nothing is imported from outside lib/ but packages", () => {
  const wrong = library.flatMap((source) =>
    importsOf(source)
      .filter((path) => /^(\.\.|test|scripts)\b/.test(path))
      .map((path) => `${source.path} imports ${path}`),
  );
  assert.equal(wrong, []);
});

structure("only lib/native/binding.ts knows the .node file", () => {
  const knowing = library.filter(({ text }) => /\.node["'`]/.test(text)).map(({ path }) => path);
  assert.equal(
    knowing.filter((path) => path !== "lib/native/binding.ts"),
    [],
  );
});

structure("only the command line exits, prints and reads arguments", () => {
  const wrong = library
    .filter(({ path }) => !path.startsWith("lib/cli/"))
    .filter(({ text }) => /\bprocess\.(exit|exitCode|stdout|stderr|argv)\b|\bconsole\./.test(withoutComments(text)))
    .map(({ path }) => path);
  assert.equal(wrong, []);
});

structure("file names are kebab-case", () => {
  const wrong = library.filter(({ path }) => !/^[a-z0-9/-]+\.ts$/.test(path)).map(({ path }) => path);
  assert.equal(wrong, []);
});

structure.run();

/** `cli` of `lib/cli/commands/train.ts`; undefined for a file right in lib/. */
function folderOf(path: string): string | undefined {
  const parts = path.split("/");
  return parts.length > 2 ? parts[1] : undefined;
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
}
