import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { checkConfig } from "../../../lib/recipes/config.js";
import { mnistMlp } from "../../../lib/recipes/mnist-mlp.js";
import { resolveConfig } from "../../../lib/recipes/resolve-config.js";
import { parseSetting } from "../../../lib/recipes/setting.js";
import { failure } from "./failure.js";

let folder: string;
const resolving = suite("resolving a configuration");
resolving.before(async () => {
  folder = await mkdtemp(join(tmpdir(), "bayesbinn-config-"));
});
resolving.after(() => rm(folder, { recursive: true, force: true }));

async function file(content: string): Promise<string> {
  const path = join(folder, "config.json");
  await writeFile(path, content);
  return path;
}

resolving("a recipe by its name", async () => {
  assert.equal(await resolveConfig("mnist-mlp"), checkConfig(mnistMlp.config));
});

resolving("blanks around the path and the value of a setting do not count", async () => {
  const { epochs, dataset } = await resolveConfig("mnist-mlp", ["epochs = 3", "dataset . name = fashion-mnist"]);
  assert.is(epochs, 3);
  assert.is(dataset.name, "fashion-mnist");
});

resolving("settings change single keys and leave the recipe alone", async () => {
  const before = JSON.stringify(mnistMlp);
  const config = await resolveConfig("mnist-mlp", [
    "model.hiddenUnits=256",
    "optimizer.temperature=1e-8",
    "optimizer.schedules.temperature.name=exponential",
    "optimizer.schedules.temperature.gamma=0.5",
    'optimizer.estimator="mean"',
    "dataset.folder=data/my=folder",
    "batchSize=50",
  ]);
  assert.is(config.model.hiddenUnits, 256);
  assert.is(config.model.hiddenLayers, 3);
  assert.is(config.optimizer.temperature, 1e-8);
  assert.is(config.optimizer.estimator, "mean");
  assert.equal(config.optimizer.schedules, {
    learningRate: { name: "cosine", final: 1e-16 },
    temperature: { name: "exponential", gamma: 0.5 },
  });
  assert.is(config.dataset.folder, join(process.cwd(), "data/my=folder"));
  assert.is(config.batchSize, 50);
  assert.is(JSON.stringify(mnistMlp), before);
});

resolving("the last setting of a key counts, and overrides go over settings", async () => {
  const config = await resolveConfig("mnist-mlp", ["epochs=3", "epochs=4", "seed=5"], { seed: 6 });
  assert.is(config.epochs, 4);
  assert.is(config.seed, 6);
});

resolving("another choice drops the options of the old one, wherever it stands", async () => {
  const config = await resolveConfig("mnist-mlp", ["optimizer.learningRate=0.5", "optimizer.name=adam"]);
  assert.equal(config.optimizer, {
    ...{ name: "adam", learningRate: 0.5, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
    ...{ gradientClip: "none", weightClip: "none" },
    schedules: {},
  });
});

resolving("a second optimizer is put beside that of a recipe", async () => {
  const settings = ["realOptimizer.learningRate=1e-2", "realOptimizer.name=adam"];
  const { realOptimizer, ...config } = await resolveConfig("mnist-mlp", settings);
  assert.equal([realOptimizer?.name, realOptimizer?.learningRate], ["adam", 1e-2]);
  assert.equal(config, await resolveConfig("mnist-mlp"));
  const alone = ["realOptimizer.learningRate=1e-2"];
  await failure(() => resolveConfig("mnist-mlp", alone), "ERR_OPTION_TYPE", "realOptimizer.name: missing");
});

resolving("null takes a key away", async () => {
  const own = await resolveConfig("mnist-mlp");
  assert.equal(await resolveConfig("mnist-mlp", ["realOptimizer.name=adam", "realOptimizer=null"]), own);
  const settings = ["earlyStopping.patience=3", "earlyStopping=null", "optimizer.schedules.learningRate=null"];
  assert.equal(await resolveConfig("mnist-mlp", settings), { ...own, optimizer: { ...own.optimizer, schedules: {} } });
  await failure(() => resolveConfig("mnist-mlp", ["epochs=null"]), "ERR_OPTION_TYPE", "epochs: missing");
  await failure(() => resolveConfig("cifar10-vgg", ["augmentation[0]=null"]), "ERR_OPTION_TYPE", "augmentation[0]");
});

resolving("another data set keeps what all of them have", async () => {
  const source = await file(
    JSON.stringify({ ...mnistMlp.config, dataset: { name: "mnist", folder: "/digits", validationFraction: 0.25 } }),
  );
  const { dataset } = await resolveConfig(source, ["dataset.name=fashion-mnist"]);
  assert.equal(dataset, { name: "fashion-mnist", validationFraction: 0.25 });
});

resolving("the same choice again changes nothing", async () => {
  assert.equal(await resolveConfig("mnist-mlp", ["optimizer.name=bayesbinn"]), checkConfig(mnistMlp.config));
});

resolving("a file, and the complete configuration of a run, are sources like recipes", async () => {
  const config = await resolveConfig("mnist-mlp", ["epochs=7"]);
  assert.equal(await resolveConfig(await file(JSON.stringify(config))), config);
  assert.equal(await resolveConfig(await file(JSON.stringify(mnistMlp.config)), ["epochs=7"]), config);
});

resolving("a relative folder of data becomes absolute, whatever says it", async () => {
  const wanted = join(process.cwd(), "digits");
  const dataset = { name: "mnist", folder: "x/../digits" };
  const sources: readonly [string, readonly string[]][] = [
    ["mnist-mlp", ["dataset.folder=digits"]],
    [await file(JSON.stringify({ ...mnistMlp.config, dataset })), []],
  ];
  for (const [source, settings] of sources) {
    assert.is((await resolveConfig(source, settings)).dataset.folder, wanted);
  }
  assert.is((await resolveConfig("mnist-mlp", ["dataset.folder=/digits"])).dataset.folder, "/digits");
  assert.not.ok("folder" in (await resolveConfig("mnist-mlp")).dataset);
});

resolving("an unknown recipe names the nearest", async () => {
  const error = await failure(() => resolveConfig("mnist-mpl"), "ERR_CONFIG", "mnist-mpl", 'did you mean "mnist-mlp"?');
  assert.is(error.details.nearest, "mnist-mlp");
});

resolving("unknown paths of --set name the nearest key", async () => {
  const set = (...settings: string[]) => resolveConfig("mnist-mlp", settings);
  await failure(() => set("model.hiddenunit=3"), "ERR_OPTION_UNKNOWN", "model.hiddenunit", '"hiddenUnits"');
  await failure(() => set("modle.hiddenUnits=3"), "ERR_OPTION_UNKNOWN", "modle", '"model"');
  await failure(() => set("epochs.count=3"), "ERR_OPTION_UNKNOWN", "epochs", "500");
  await failure(() => set("__proto__.polluted=1"), "ERR_OPTION_UNKNOWN", "__proto__");
  assert.not.ok("polluted" in {});
});

resolving("values of --set that do not fit", async () => {
  const set = (...settings: string[]) => resolveConfig("mnist-mlp", settings);
  await failure(() => set("batchSize=large"), "ERR_OPTION_TYPE", "batchSize", '"large"');
  await failure(() => set("optimizer.temperature=0"), "ERR_OPTION_RANGE", "optimizer.temperature", "0");
  await failure(() => set("optimizer.learningRate=NaN"), "ERR_OPTION_TYPE", "optimizer.learningRate", '"NaN"');
  await failure(() => set("optimizer=bayesbinn"), "ERR_OPTION_TYPE", "optimizer", '"bayesbinn"');
});

resolving("an entry of a list by its index, in brackets or behind a dot", async () => {
  const wanted = [
    { name: "randomCrop", padding: 3, fill: "black" },
    { name: "randomFlip", horizontal: 0.25, vertical: 0 },
  ];
  for (const [crop, flip] of [
    ["augmentation[0]", "augmentation[1]"],
    ["augmentation.0", "augmentation . 1"],
  ]) {
    const { augmentation } = await resolveConfig("cifar10-vgg", [`${crop}.padding=3`, `${flip}.horizontal=0.25`]);
    assert.equal(augmentation, wanted);
  }
  const { augmentation } = await resolveConfig("cifar10-vgg", [
    "augmentation[1].name=randomRotation",
    'augmentation[0]={"name":"randomQuarterTurn"}',
  ]);
  assert.equal(augmentation, [{ name: "randomQuarterTurn" }, { name: "randomRotation", degrees: 15, fill: "black" }]);
});

resolving("an entry that a list does not have", async () => {
  const set = (setting: string, recipe = "cifar10-vgg") => resolveConfig(recipe, [setting]);
  for (const index of ["augmentation[2].name=randomFlip", "augmentation.2=3"]) {
    const accepted = "augmentation[2]: 2 is out of range, accepted: 0 to 1, or the whole list: augmentation=[...]";
    await failure(() => set(index), "ERR_OPTION_RANGE", accepted);
  }
  const empty = "augmentation[0]: 0 is out of range, accepted: the whole list: augmentation=[...]";
  await failure(() => set("augmentation[0].padding=3", "mnist-lrnet"), "ERR_OPTION_RANGE", empty);
  await failure(
    () => set("augmentation.padding=3"),
    "ERR_OPTION_UNKNOWN",
    'a list has no "padding"',
    "augmentation[0]",
  );
  await failure(() => set("augmentation[0].pading=3"), "ERR_OPTION_UNKNOWN", "augmentation[0].pading", '"padding"');
  await failure(() => set("augmentation[0=3"), "ERR_OPTION_UNKNOWN", "augmentation[0");
  const words = 'accepted: a list of steps such as [{"name":"randomFlip"}]';
  await failure(() => set("augmentation=randomFlip"), "ERR_OPTION_TYPE", 'augmentation: "randomFlip"', words);
});

resolving("a setting is JSON or text behind the first =", () => {
  assert.equal(parseSetting("a.b=[1,2]"), { path: ["a", "b"], value: [1, 2] });
  assert.equal(parseSetting("a=1e-10"), { path: ["a"], value: 1e-10 });
  assert.equal(parseSetting("a=x=y"), { path: ["a"], value: "x=y" });
  assert.equal(parseSetting('a="1"'), { path: ["a"], value: "1" });
  assert.equal(parseSetting("a="), { path: ["a"], value: "" });
});

for (const text of ["epochs", "=3", "a..b=1", ".a=1", ""]) {
  resolving(`"${text}" is no setting`, async () => {
    await failure(() => parseSetting(text), "ERR_CONFIG", "path=value");
  });
}

resolving("files that are no configuration", async () => {
  await failure(() => resolveConfig(join(folder, "none.json")), "ERR_CONFIG", "none.json", "no such file");
  await failure(() => resolveConfig(`${folder}/`), "ERR_CONFIG", "cannot be read");
  const broken = await file('{"name": ');
  await failure(() => resolveConfig(broken), "ERR_CONFIG", broken, "JSON");
  const list = await file("[]");
  await failure(() => resolveConfig(list), "ERR_CONFIG", "object");
});

resolving.run();
