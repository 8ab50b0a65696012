import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { runCli } from "./cli-process.js";
import { smallTraining } from "./small-training.js";

let folder: string;

const cli = suite("bayesbinn doctor as a process");
cli.before(async () => {
  ({ folder } = await smallTraining());
});
cli.after(() => rm(folder, { recursive: true, force: true }));

cli("doctor finds the addon", async () => {
  const people = await runCli(["doctor"], { cwd: folder });
  assert.is(people.code, 0, people.stdout);
  assert.match(people.stdout, /^ok +addon/m);
  const { stdout } = await runCli(["doctor", "--json"], { cwd: folder });
  const { ok, system, findings } = JSON.parse(stdout);
  assert.is(ok, true);
  assert.ok(system.instructionSets.some((set: { chosen: boolean }) => set.chosen));
  assert.ok(findings.some(({ topic }: { topic: string }) => topic === "data: mnist"));
});

cli("doctor tells that the instruction set was forced, and what is wrong with one that cannot be", async () => {
  const name = process.arch === "arm64" ? "neon" : "baseline";
  const forced = await runCli(["doctor"], { cwd: folder, env: { BAYESBINN_INSTRUCTION_SET: name } });
  assert.is(forced.code, 0, forced.stdout);
  assert.match(
    forced.stdout,
    new RegExp(`^ok +instruction sets +${name} forced by BAYESBINN_INSTRUCTION_SET, of `, "m"),
  );
  const unknown = await runCli(["doctor"], { cwd: folder, env: { BAYESBINN_INSTRUCTION_SET: "mmx" } });
  assert.is(unknown.code, 1, unknown.stdout);
  assert.match(unknown.stdout, /^FAILS +instruction sets +BAYESBINN_INSTRUCTION_SET: "mmx" given, accepted: /m);
});

cli("an addon that is missing, broken or crashes: the doctor says so and survives", async () => {
  const crashing = join(folder, "crashing.cjs");
  await writeFile(crashing, "process.abort();");
  const garbage = join(folder, "garbage.node");
  await writeFile(garbage, "no shared object");
  const rows: readonly [binding: string, problem: RegExp][] = [
    [join(folder, "none.node"), /no such file/],
    [garbage, /garbage\.node/],
    [crashing, /SIGABRT/],
  ];
  for (const [binding, problem] of rows) {
    const env = { BAYESBINN_BINDING: binding };
    const { code, stdout } = await runCli(["doctor"], { cwd: folder, env });
    assert.is(code, 1, stdout);
    assert.match(stdout, /^FAILS +addon/m);
    assert.match(stdout, problem);
    const json = JSON.parse((await runCli(["doctor", "--json"], { cwd: folder, env })).stdout);
    assert.is(json.ok, false);
  }
});

cli.run();
