import { availableParallelism } from "node:os";

import { type DatasetStatus, datasetStatus } from "../../data/dataset-status.js";
import { datasets } from "../../data/index.js";
import type { SystemInfo } from "../../native/contract.js";
import { cudaFindings } from "./cuda-findings.js";
import type { Finding } from "./finding.js";
import { type ProbeAnswer, probeAddon } from "./probe-addon.js";

/** What the doctor found. */
export interface Examination {
  /** Whether nothing is broken that training needs: the addon loads and can use this processor. */
  readonly ok: boolean;
  /** As the addon reports it; absent where it does not load. */
  readonly system?: SystemInfo;
  readonly findings: readonly Finding[];
}

/** Looks at everything that training needs or can use. */
export async function examine(): Promise<Examination> {
  const [answer, data] = await Promise.all([probeAddon(), datasetFindings()]);
  const { system } = answer;
  const findings = [
    nodeFinding(),
    addonFinding(answer),
    ...(system === undefined
      ? []
      : [instructionFinding(system), threadFinding(system), blasFinding(system), ...cudaFindings(system.cuda)]),
    ...data,
  ];
  const ok = findings.every(({ state }) => state !== "broken");
  return { ok, ...(system !== undefined && { system }), findings };
}

function nodeFinding(): Finding {
  return { topic: "Node", state: "ok", text: `${process.version}, ${process.platform} ${process.arch}` };
}

function addonFinding({ system, problem, advice }: ProbeAnswer): Finding {
  const topic = "addon";
  if (system !== undefined) return { topic, state: "ok", text: `${system.version}, compiler ${system.compiler}` };
  return { topic, state: "broken", text: problem ?? "does not load", ...(advice !== undefined && { advice }) };
}

function instructionFinding({ instructionSets, instructionSetRequest }: SystemInfo): Finding {
  const topic = "instruction sets";
  if (instructionSetRequest?.problem !== undefined) {
    const advice = "unset BAYESBINN_INSTRUCTION_SET, or set it to one of those accepted";
    return { topic, state: "broken", text: instructionSetRequest.problem, advice };
  }
  const chosen = instructionSets.find((set) => set.chosen)?.name ?? "none";
  const how = instructionSetRequest === undefined ? "chosen" : "forced by BAYESBINN_INSTRUCTION_SET";
  const sets = instructionSets.map(({ name, usable }) => (usable ? name : `${name} (not on this CPU)`));
  return { topic, state: "ok", text: `${chosen} ${how}, of ${sets.join(", ")}` };
}

function threadFinding({ hardwareThreads }: SystemInfo): Finding {
  const usable = availableParallelism();
  return { topic: "threads", state: "ok", text: `${usable} usable of ${hardwareThreads}` };
}

function blasFinding({ blas, blasConcurrent }: SystemInfo): Finding {
  const topic = "BLAS";
  const openBlas = "install OpenBLAS with threads (Debian, Ubuntu: apt-get install libopenblas-pthread-dev)";
  if (blas === "built-in") {
    const text = "built-in: the weight gradients are slower than they could be";
    return { topic, state: "limited", text, advice: `${openBlas} and build the addon again` };
  }
  if (!blasConcurrent) return { topic, state: "limited", text: `${blas}: one thread at a time`, advice: openBlas };
  return { topic, state: "ok", text: blas };
}

/** One after the other: each is as large as all of its samples. */
async function datasetFindings(): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const dataset of datasets) findings.push(datasetFinding(await datasetStatus(dataset, { load: true })));
  return findings;
}

function datasetFinding({ name, state, folder, samples, problem }: DatasetStatus): Finding {
  const topic = `data: ${name}`;
  if (samples === undefined) return { topic, state: state === "asks" ? "ok" : "missing", text: problem ?? "" };
  const place = folder === undefined ? "" : `, in ${folder}`;
  return { topic, state: "ok", text: `${samples.train} training and ${samples.test} test samples${place}` };
}
