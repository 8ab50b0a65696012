import { Command } from "commander";

import type { Context } from "../context.js";
import type { Examination } from "../doctor/examine.js";
import type { Finding } from "../doctor/finding.js";
import { exitCodes } from "../report-error.js";

const examples = `
Examples:
  bayesbinn doctor
  bayesbinn doctor --json

Exits with 0 if training works, else with 1.
`;

/** `bayesbinn doctor`. */
export function doctorCommand(context: Context): Command {
  return new Command("doctor")
    .summary("check the installation")
    .description(
      "Checks the addon, the CPU, BLAS, CUDA and the data sets, and says what to do about what does not work.",
    )
    .option("--json", "write a JSON object")
    .addHelpText("after", examples)
    .action(async ({ json }: { json?: true }) => {
      const { examine } = await import("../doctor/examine.js");
      const examination = await examine();
      context.stdout.write(json ? `${JSON.stringify(examination, undefined, 2)}\n` : examinationText(examination));
      if (!examination.ok) context.exitCode = exitCodes.failure;
    });
}

const marks: Readonly<Record<Finding["state"], string>> = { ok: "ok", limited: "slow", missing: "-", broken: "FAILS" };

/** The findings for people: a line each, and what to do below it. */
export function examinationText({ ok, findings }: Examination): string {
  const topicWidth = Math.max(...findings.map(({ topic }) => topic.length));
  const lines = findings.flatMap(({ topic, state, text, advice }) => [
    `${marks[state].padEnd(5)}  ${topic.padEnd(topicWidth)}  ${text}`,
    ...(advice === undefined ? [] : [`${" ".repeat(topicWidth + 9)}-> ${advice}`]),
  ]);
  const verdict = ok ? "Training works." : "Training does not work: see the line marked FAILS.";
  return `${[...lines, "", verdict].join("\n")}\n`;
}
