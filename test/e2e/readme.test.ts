import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const readme = readFileSync(join(root, "README.md"), "utf8");
const contributing = readFileSync(join(root, "CONTRIBUTING.md"), "utf8");

/** Inside the package, so that `bayesbinn` means its own build. */
const examples = join(root, "build", "readme");
/** Where the examples read and write their files; one for all, since later ones load what earlier ones saved. */
const workFolder = mkdtempSync(join(tmpdir(), "bayesbinn-readme-"));

const guide = readFileSync(join(root, "docs/posterior.md"), "utf8");

const blocks = [readme, guide].flatMap((text) => codeBlocks(text, "ts"));
const files = blocks.map((_, index) => join(examples, `example-${index + 1}.ts`));

const documents = suite("README");

documents.before(() => {
  rmSync(examples, { recursive: true, force: true });
  mkdirSync(examples, { recursive: true });
  for (const [index, block] of blocks.entries()) writeFileSync(files[index]!, block);
});

documents.after(() => {
  rmSync(workFolder, { recursive: true, force: true });
});

documents("has examples", () => {
  assert.ok(blocks.length >= 4);
});

documents("examples have the types that the package promises", () => {
  const options = { extends: "../../tsconfig.json", include: ["*.ts"] };
  writeFileSync(join(examples, "tsconfig.json"), JSON.stringify(options));
  const child = node([join(root, "node_modules/typescript/bin/tsc"), "--project", examples]);
  assert.is(child.status, 0, child.stdout);
});

for (const [index, file] of files.entries()) {
  documents(`example ${index + 1} runs`, () => {
    const child = node(["--import", import.meta.resolve("tsx"), file]);
    assert.is(child.status, 0, child.stdout + child.stderr);
    assert.is(child.stderr, "", "nothing is printed beside what the example prints");
    assert.not.match(child.stdout, /NaN|undefined/);
  });
}

documents("commands have the options that are shown", () => {
  const lines = codeBlocks(readme, "sh").flatMap((block) => block.split("\n"));
  const commands = [...lines, ...readme.matchAll(/`(npx bayesbinn [^`]*)`/g)].map((line) =>
    typeof line === "string" ? line : line[1]!,
  );
  const shown = commands.flatMap((command) => /^npx bayesbinn (\S+)(.*)$/.exec(command)?.slice(1, 3) ?? []);
  assert.ok(shown.length > 0);
  for (let i = 0; i < shown.length; i += 2) {
    const command = shown[i]!;
    const child = node([join(root, "dist/cli/main.js"), command, "--help"]);
    assert.is(child.status, 0, `${command}: ${child.stderr}`);
    for (const [option] of shown[i + 1]!.matchAll(/--[a-z-]+/g)) {
      assert.match(child.stdout + child.stderr, new RegExp(`${option}\\b`), `${command} ${option}`);
    }
  }
});

documents("npm scripts that the documents name exist", () => {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    scripts: Record<string, string>;
  };
  const named = [...`${readme}\n${contributing}`.matchAll(/npm run ([a-z][a-z0-9:-]*)/g)].map((match) => match[1]!);
  assert.equal(
    named.filter((name) => scripts[name] === undefined),
    [],
  );
});

documents("files that the documents name exist", () => {
  const spans = `${readme}\n${contributing}`.matchAll(/`((?:lib|native|test|scripts)\/[^`\s]*)`/g);
  const named = [...new Set(Array.from(spans, (match) => match[1]!))].filter((path) => !path.includes("foo"));
  assert.ok(named.length > 0);
  assert.equal(
    named.filter((path) => !existsSync(join(root, path))),
    [],
  );
});

documents.run();

function codeBlocks(markdown: string, language: string): string[] {
  return [...markdown.matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\`$`, "gm"))].map((match) => match[1]!);
}

function node(args: string[]) {
  return spawnSync(process.execPath, args, { cwd: workFolder, encoding: "utf8" });
}
