import type { CudaDevice, CudaInfo } from "../../native/contract.js";
import { mebibytes } from "../format.js";
import type { Finding } from "./finding.js";

const onCpu = "training runs on the CPU";

/** The driver, then each device that it shows. */
export function cudaFindings(cuda: CudaInfo): Finding[] {
  return [driverFinding(cuda), ...cuda.devices.map(deviceFinding)];
}

function driverFinding({ built, usable, reason, advice, driverFound, driverNeeded }: CudaInfo): Finding {
  const topic = "CUDA";
  if (!built) {
    const advice = "to train on an NVIDIA GPU, install nvcc of CUDA 12 or newer and build the addon again";
    return { topic, state: "missing", text: `this build has no CUDA backend; ${onCpu}`, advice };
  }
  const needed = `CUDA ${driverNeeded ?? "?"} or newer`;
  const driver = driverFound === undefined ? `needed: a driver for ${needed}` : `driver for CUDA ${driverFound}`;
  if (usable) return { topic, state: "ok", text: `${driver}, needed: ${needed}` };
  // What is said of a driver that is too old has both versions.
  const versions = reason.includes("needed: ") ? "" : ` (${driver})`;
  return { topic, state: "missing", text: `${reason}${versions}; ${onCpu}`, ...(advice !== undefined && { advice }) };
}

function deviceFinding({ index, name, capability, memoryBytes, ptx }: CudaDevice): Finding {
  const topic = index === 0 ? "device cuda" : `device cuda:${index}`;
  const facts = `${name}, compute capability ${capability}, ${mebibytes(memoryBytes)}`;
  if (ptx !== undefined) return { topic, state: "ok", text: `${facts}, kernels of ${ptx}` };
  return { topic, state: "missing", text: `${facts}: too old, needed: compute capability 7.5 or later` };
}
