import { existsSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { includesOf, root, type Source, sources } from "./sources.js";

/** The folders of native/ and what each may include beside itself: a folder, or single files of one. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  base: [],
  optimizers: ["base/"],
  augmentations: ["base/"],
  losses: ["base/"],
  // Layers, losses and optimizers know nothing of a device; a backend knows formulas, never layers.
  layers: ["base/", "backends/backend.h"],
  backends: ["base/", "optimizers/", "losses/"],
  core: ["base/", "augmentations/", "optimizers/", "losses/", "layers/", "backends/backend.h"],
  addon: ["base/", "augmentations/", "optimizers/", "losses/", "layers/", "backends/backend.h", "core/"],
  checks: ["base/", "optimizers/", "backends/backend.h"],
  bench: [
    "base/",
    "optimizers/",
    "losses/",
    "backends/backend.h",
    "backends/cpu/thread_pool.h",
    "backends/cuda/ceilings.h",
    "core/buffer.h",
  ],
};
const native = sources("native", /\.(h|cpp|cu|cuh)$/);

const structure = suite("native dependencies");

structure("every folder of native/ includes only those below it", () => {
  const wrong = native.flatMap((source) => {
    const folder = source.path.split("/")[1]!;
    const targets = allowed[folder];
    if (targets === undefined) return [`${source.path}: the folder is not in the table of this test`];
    return ownIncludes(source)
      .filter((path) => ![`${folder}/`, ...targets].some((target) => path.startsWith(target)))
      .map((path) => `${source.path} includes ${path}`);
  });
  assert.equal(wrong, []);
});

structure("the backends do not know each other", () => {
  const devices = ["backends/cpu/", "backends/cuda/"];
  const wrong = native.flatMap((source) => {
    const own = devices.find((device) => source.path.startsWith(`native/${device}`));
    if (own === undefined) return [];
    return ownIncludes(source)
      .filter((path) => devices.some((device) => device !== own && path.startsWith(device)))
      .map((path) => `${source.path} includes ${path}`);
  });
  assert.equal(wrong, []);
});

structure("own headers are included by their path below native/", () => {
  const wrong = native.flatMap((source) =>
    [...source.text.matchAll(/^\s*#\s*include\s*"([^"]+)"/gm)]
      .map((match) => match[1]!)
      .filter((path) => !existsSync(join(root, "native", path)))
      .map((path) => `${source.path} includes ${path}`),
  );
  assert.equal(wrong, []);
});

structure("only the addon knows Node", () => {
  assert.equal(including(/^(napi|node_api|node|uv|v8)\b/, "native/addon/"), []);
});

structure("only the CPU backend knows intrinsics and the BLAS", () => {
  assert.equal(including(/intrin\.h$|arm_neon\.h$|cblas/, "native/backends/cpu/"), []);
});

structure("only the CUDA backend knows CUDA", () => {
  assert.equal(including(/^(cuda|cublas|nvtx|mma)/, "native/backends/cuda/"), []);
});

structure("what JavaScript calls turns every exception into one of its own", () => {
  const definition = /^(?:Napi::Value|void) ([\w:]+)\(const Napi::CallbackInfo&[^)]*\) \{\n(.*?)^\}/gms;
  const calls = native.flatMap(({ text }) => [...text.matchAll(definition)]);
  assert.ok(calls.length > 20, `${calls.length} calls`);
  const bare = calls.filter(([, , body]) => !body!.includes("return guarded(") && !body!.startsWith("  guarded("));
  // Sets a flag, and throws nothing.
  assert.equal(
    bare.map(([, name]) => name),
    ["SessionObject::cancel"],
  );
});

structure("every header is guarded", () => {
  const wrong = native
    .filter(({ path }) => /\.(h|cuh)$/.test(path))
    .filter(({ text }) => !text.includes("#pragma once"));
  assert.equal(
    wrong.map(({ path }) => path),
    [],
  );
});

structure("file names are snake_case", () => {
  const wrong = native.filter(({ path }) => !/^[a-z0-9_/]+\.\w+$/.test(path)).map(({ path }) => path);
  assert.equal(wrong, []);
});

structure.run();

/** Includes of files of this repository. */
function ownIncludes(source: Source): string[] {
  return includesOf(source).filter((path) => Object.keys(allowed).some((folder) => path.startsWith(`${folder}/`)));
}

/** Sources outside `folder` that include something like `pattern`. */
function including(pattern: RegExp, folder: string): string[] {
  return native
    .filter(({ path }) => !path.startsWith(folder))
    .flatMap((source) =>
      includesOf(source)
        .filter((path) => pattern.test(path))
        .map((path) => `${source.path} includes ${path}`),
    );
}
