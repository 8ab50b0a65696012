import { suite } from "uvu";
import * as assert from "uvu/assert";
import { commands } from "../../../lib/cli/commands/index.js";
import { configSchema } from "../../../lib/recipes/config.js";
import { runLine } from "./capture.js";

const usage = suite("command line");

// Each a line that cannot be run: exit code 2, nothing on stdout, one line with code, place and what is accepted.
const rows: readonly [line: string, start: RegExp, ...texts: string[]][] = [
  ["trian", /ERR_CONFIG\]: trian: unknown command/, 'did you mean "train"?', "evaluate", "doctor"],
  ["train", /ERR_CONFIG\]: missing required argument/, "bayesbinn train --help"],
  ["train mnist-mlp extra", /ERR_CONFIG\]: too many arguments/],
  ["train mnist-mlp --set", /ERR_CONFIG\]: option '--set <path=value>' argument missing/],
  ["train mnist-mlp --epoch 3", /ERR_OPTION_UNKNOWN\]: --epoch: /, 'did you mean "--epochs"?'],
  ["train mnist-mlp --colour", /ERR_OPTION_UNKNOWN\]: --colour: /, "--test-every-epoch"],
  ["--verbose", /ERR_OPTION_UNKNOWN\]: --verbose: /, "--version"],
  ["train mnist-mlp --epochs many", /ERR_OPTION_TYPE\]: --epochs: "many"/, "an integer >= 1"],
  ["train mnist-mlp --epochs 1.5", /ERR_OPTION_TYPE\]: --epochs: "1.5"/],
  ["train mnist-mlp --epochs 0", /ERR_OPTION_RANGE\]: --epochs: 0/, "an integer >= 1"],
  ["train mnist-mlp --seed -1", /ERR_OPTION_RANGE\]: --seed: -1/, "an integer >= 0"],
  ["train mnist-mlp --threads 257", /ERR_OPTION_RANGE\]: --threads: 257/, "1..256"],
  ["train mnist-mlp --device gpu", /ERR_OPTION_RANGE\]: --device: "gpu"/, '"auto", "cpu", "cuda" or "cuda:N"'],
  ["train mnist-mlp --device cuda:x", /ERR_OPTION_RANGE\]: --device: "cuda:x"/],
  ["train mnist-mlp --out ", /ERR_OPTION_RANGE\]: --out: "" is not accepted/, "the path of a folder"],
  ["train mnist-mlp --method stee", /ERR_OPTION_RANGE\]: --method: "stee"/, 'did you mean "ste"?', '"pmf"'],
  ["train none.json --method ste", /ERR_CONFIG\]: method: "ste" needs a recipe/, "none.json"],
  ["train --resume ", /ERR_OPTION_RANGE\]: --resume: "" is not accepted/],
  ["train --resume no-such-run", /ERR_CONFIG\]: no-such-run: no run folder/],
  ["train mnist-mlp --resume run", /ERR_CONFIG\]: mnist-mlp beside --resume: /, "accepted: --epochs, --stop-after"],
  ["train --resume run --set batchSize=3", /ERR_CONFIG\]: --set beside --resume: /],
  ["train --resume run --seed 3", /ERR_CONFIG\]: --seed beside --resume: /],
  ["train --resume run --method ste", /ERR_CONFIG\]: --method beside --resume: /],
  ["train --resume run --device cpu", /ERR_CONFIG\]: --device beside --resume: /],
  ["train mnist-mlp --checkpoint-every 0", /ERR_OPTION_RANGE\]: --checkpoint-every: 0/],
  ["segment run --samples -1", /ERR_OPTION_RANGE\]: --samples: -1/, "0..1048576"],
  ["segment run --split all", /ERR_OPTION_RANGE\]: --split: "all"/, '"validation"'],
  ["segment run --images a --split train", /ERR_CONFIG\]: --split train beside --images/, "one of them"],
  ["segment no-such-run", /ERR_CONFIG\]: no-such-run: no run folder/],
  ["compare mnist-mpl", /ERR_CONFIG\]: mnist-mpl: unknown recipe/, 'did you mean "mnist-mlp"?'],
  ["compare mnist-mlp --methods bayesbinn,stee", /ERR_OPTION_RANGE\]: --methods: "stee"/, 'did you mean "ste"?'],
  ["compare mnist-mlp --methods ste,ste", /ERR_OPTION_RANGE\]: --methods: "ste,ste"/, "each name once"],
  ["compare mnist-mlp --seeds 5..1", /ERR_OPTION_TYPE\]: --seeds: "5..1"/, "1..5 or 1,3,7"],
  ["compare mnist-mlp --methods adam --set seed=3", /ERR_CONFIG\]: --set: seed belongs to each run/],
  ["evaluate", /ERR_CONFIG\]: missing required argument/],
  ["evaluate run --weights bets", /ERR_OPTION_RANGE\]: --weights: "bets"/, 'did you mean "best"?'],
  ["evaluate run --split tets", /ERR_OPTION_RANGE\]: --split: "tets"/, 'did you mean "test"?'],
  ["train mnist-mlp --seed 99999999999999999999", /ERR_OPTION_RANGE\]: --seed: /, "an integer in 0..9007199254740991"],
  ["train mnist-mlp --set seed=99999999999999999999", /ERR_OPTION_RANGE\]: seed: /, ">= 0 and <= 9007199254740991"],
  ["mnist-mlp", /ERR_CONFIG\]: mnist-mlp: unknown command/, "did you mean `bayesbinn train mnist-mlp`?"],
  [
    "evaluate no-such-folder",
    /ERR_CONFIG\]: no-such-folder: no run folder \(it has no config.json\)/,
    "accepted: a folder that `bayesbinn train` wrote",
  ],
  ["train mnist-mpl", /ERR_CONFIG\]: mnist-mpl: unknown recipe/, 'did you mean "mnist-mlp"?'],
  ["train ", /ERR_CONFIG\]: "": unknown recipe/],
  ["train none.json", /ERR_CONFIG\]: none.json: no such file/],
  ["train mnist-mlp --set epoch=3", /ERR_OPTION_UNKNOWN\]: epoch: /, 'did you mean "epochs"?'],
  ["train mnist-mlp --set model.hiddenunits=3", /ERR_OPTION_UNKNOWN\]: model.hiddenunits: /, '"hiddenUnits"'],
  ["train mnist-mlp --set batchSize=0", /ERR_OPTION_RANGE\]: batchSize: 0/, ">= 1"],
  ["train mnist-mlp --set batchSize", /ERR_CONFIG\]: --set: "batchSize"/, "path=value"],
  ["train mnist-mlp --set dataset.folder=/nowhere", /ERR_DATASET_MISSING\]: mnist: \/nowhere: no such folder/],
];

for (const [line, start, ...texts] of rows) {
  usage(`bayesbinn ${line}`, async () => {
    const { code, stdout, stderr } = await runLine(...line.split(" "));
    assert.is(code, 2, stderr);
    assert.is(stdout, "");
    assert.match(stderr, new RegExp(`^error \\[${start.source}`));
    assert.is(stderr.split("\n").length, 2, `one line: ${stderr}`);
    for (const text of texts) assert.ok(stderr.includes(text), `"${text}" in: ${stderr}`);
  });
}

usage("help is asked for, and goes to stdout", async () => {
  for (const args of [[], ["--help"]]) {
    const { code, stdout, stderr } = await runLine(...args);
    assert.is(code, 0);
    assert.is(stderr, "");
    for (const name of ["train", "compare", "evaluate", "segment", "recipes", "data", "doctor", "schema"])
      assert.match(stdout, new RegExp(`^  ${name} `, "m"));
  }
});

usage("every command has help with an example", async () => {
  const { stdout } = await runLine("--help");
  assert.is(
    (stdout.match(/^ {2}[a-z]+ .*$/gm) ?? []).filter((line) => !line.startsWith("  bayesbinn")).length,
    commands.length,
  );
  for (const name of ["train", "compare", "evaluate", "segment", "recipes", "data", "doctor", "schema"]) {
    const help = await runLine(name, "--help");
    assert.is(help.code, 0);
    assert.match(help.stdout, `\nExamples:\n  bayesbinn ${name}`);
  }
});

usage("help fits a terminal of 80 columns", async () => {
  for (const args of [
    [],
    ...["train", "compare", "evaluate", "segment", "recipes", "data", "doctor", "schema"].map((name) => [name]),
  ]) {
    const { stdout } = await runLine(...args, "--help");
    for (const line of stdout.split("\n")) assert.ok(line.length <= 80, line);
  }
});

usage("a word of a short list is suggested only where it is close", async () => {
  assert.not.match((await runLine("train", "mnist-mlp", "--device", "gpu")).stderr, "did you mean");
});

usage("--version", async () => {
  assert.equal(await runLine("--version"), { code: 0, stdout: "1.2.3\n", stderr: "" });
});

usage("recipes shows the paper's number beside each recipe", async () => {
  const { code, stdout } = await runLine("recipes");
  assert.is(code, 0);
  assert.match(stdout, /^mnist-mlp +test accuracy 98\.86 \+- 0\.05 % +Table 2/m);
  const [recipe] = JSON.parse((await runLine("recipes", "--json")).stdout) as {
    name: string;
    paper: { value: number };
  }[];
  assert.is(recipe?.name, "mnist-mlp");
  assert.is(recipe?.paper.value, 0.9886);
});

usage("schema prints the schema of the configuration", async () => {
  const { code, stdout } = await runLine("schema");
  assert.is(code, 0);
  const { properties } = JSON.parse(stdout) as { properties: object };
  assert.equal(Object.keys(properties), Object.keys(configSchema.shape));
});

usage.run();
