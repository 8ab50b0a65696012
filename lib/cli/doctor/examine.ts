import { availableParallelism } from "node:os";

import { datasets } from "../../data/index.js";
import type { SystemInfo } from "../../native/contract.js";
import { nvccRelease } from "./cuda-toolkit.js";
import type { Finding } from "./finding.js";
import { type ProbeAnswer, probeAddon } from "./probe-addon.js";

/** What the doctor found. */
export interface Examination {
  /** Whether the addon loads, which is all that training needs. */
  readonly ok: boolean;
  /** As the addon reports it; absent where it does not load. */
  readonly system?: SystemInfo;
  readonly findings: readonly Finding[];
}

/** Looks at everything that training needs or can use. */
export async function examine(): Promise<Examination> {
  const [answer, nvcc, data] = await Promise.all([
    probeAddon(),
    nvccRelease(),
    Promise.all(datasets.map(datasetFinding)),
  ]);
  const { system } = answer;
  const findings = [
    nodeFinding(),
    addonFinding(answer),
    ...(system === undefined ? [] : [instructionFinding(system), threadFinding(system), blasFinding(system)]),
    toolkitFinding(nvcc),
    ...(system === undefined ? [] : [cudaFinding(system, nvcc)]),
    ...data,
  ];
  return { ok: system !== undefined, ...(system !== undefined && { system }), findings };
}

function nodeFinding(): Finding {
  return { topic: "Node", state: "ok", text: `${process.version}, ${process.platform} ${process.arch}` };
}

function addonFinding({ system, problem, advice }: ProbeAnswer): Finding {
  const topic = "addon";
  if (system !== undefined) return { topic, state: "ok", text: `${system.version}, compiler ${system.compiler}` };
  return { topic, state: "broken", text: problem ?? "does not load", ...(advice !== undefined && { advice }) };
}

function instructionFinding({ instructionSets }: SystemInfo): Finding {
  const chosen = instructionSets.find((set) => set.chosen)?.name ?? "none";
  const sets = instructionSets.map(({ name, usable }) => (usable ? name : `${name} (not on this CPU)`));
  return { topic: "instruction sets", state: "ok", text: `${chosen} chosen of ${sets.join(", ")}` };
}

function threadFinding({ hardwareThreads }: SystemInfo): Finding {
  const usable = availableParallelism();
  return { topic: "threads", state: "ok", text: `${usable} usable of ${hardwareThreads}` };
}

function blasFinding({ blas }: SystemInfo): Finding {
  if (blas !== "built-in") return { topic: "BLAS", state: "ok", text: blas };
  return {
    topic: "BLAS",
    state: "limited",
    text: "built-in: the weight gradients are slower than they could be",
    advice: "install OpenBLAS (Debian, Ubuntu: apt-get install libopenblas-serial-dev) and build the addon again",
  };
}

function toolkitFinding(nvcc: string | undefined): Finding {
  if (nvcc !== undefined) return { topic: "CUDA toolkit", state: "ok", text: `nvcc ${nvcc}` };
  return {
    topic: "CUDA toolkit",
    state: "missing",
    text: "no nvcc on the PATH; only needed to build the CUDA backend",
    advice: "to train on an NVIDIA GPU, install the CUDA toolkit 12 or 13 and build the addon again",
  };
}

function cudaFinding({ cuda }: SystemInfo, nvcc: string | undefined): Finding {
  const topic = "CUDA device";
  if (cuda.usable) return { topic, state: "ok", text: cuda.reason };
  const rebuild =
    nvcc === undefined
      ? "install the CUDA toolkit, then build the addon again"
      : "`BAYESBINN_CUDA=ON npm run build` builds it in, or says why it cannot";
  const advice = cuda.built ? "install the NVIDIA driver, and check the device with nvidia-smi" : rebuild;
  return { topic, state: "missing", text: `${cuda.reason}; training runs on the CPU`, advice };
}

async function datasetFinding({ name, load }: (typeof datasets)[number]): Promise<Finding> {
  const topic = `data: ${name}`;
  try {
    const { train, test } = await load();
    return { topic, state: "ok", text: `${train.length} training and ${test.length} test samples` };
  } catch (error) {
    return { topic, state: "missing", text: error instanceof Error ? error.message : String(error) };
  }
}
