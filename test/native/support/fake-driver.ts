import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CudaInfo } from "../../../lib/native/contract.js";
import { addonPath } from "./addon.js";

/** How a made-up driver answers. */
export interface FakeDriver {
  /** 1000 major + 10 minor. */
  readonly version: number;
  /** What `cuInit` returns. */
  readonly init?: number;
  /** Their compute capabilities, 80 for 8.0. */
  readonly devices?: readonly number[];
  /** A function that it lacks. */
  readonly without?: string;
}

/** What the addon says of CUDA where this driver is installed. `folder`: an empty one for it. */
export function cudaWith(driver: FakeDriver, folder: string): CudaInfo {
  const source = join(folder, "driver.cpp");
  writeFileSync(source, sourceOf(driver));
  const compiler = process.env["CXX"]?.split(" ") ?? ["c++"];
  const library = join(folder, "libcuda.so.1");
  const [command = "", ...args] = [...compiler, "-shared", "-fPIC", "-o", library, source];
  const built = spawnSync(command, args, { encoding: "utf8" });
  if (built.status !== 0) throw new Error(built.stderr);
  const program = `console.log(JSON.stringify(require(${JSON.stringify(addonPath())}).systemInfo().cuda))`;
  const env = { ...process.env, LD_LIBRARY_PATH: folder };
  const { status, stdout, stderr } = spawnSync(process.execPath, ["-e", program], { encoding: "utf8", env });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as CudaInfo;
}

const root = join(import.meta.dirname, "..", "..", "..");

/** Every function that the addon looks for: those below do something, all others succeed. */
function sourceOf({ version, init = 0, devices = [], without }: FakeDriver): string {
  const table = readFileSync(join(root, "native/backends/cuda/driver/api.h"), "utf8");
  const bodies: Readonly<Record<string, string>> = {
    cuInit: `int cuInit(unsigned) { return ${init}; }`,
    cuDriverGetVersion: `int cuDriverGetVersion(int* v) { *v = ${version}; return 0; }`,
    cuDeviceGetCount: `int cuDeviceGetCount(int* n) { *n = ${devices.length}; return 0; }`,
    cuDeviceGet: "int cuDeviceGet(int* d, int i) { *d = i; return 0; }",
    cuDeviceGetName: 'int cuDeviceGetName(char* t, int, int d) { strcpy(t, "Fake 0"); t[5] += d; return 0; }',
    cuDeviceTotalMem_v2: "int cuDeviceTotalMem_v2(size_t* n, int) { *n = size_t(1) << 30; return 0; }",
    cuDeviceGetAttribute: `int cuDeviceGetAttribute(int* v, int a, int d) {
      static const int c[] = {${[...devices, 0].join(", ")}};
      *v = a == 75 ? c[d] / 10 : a == 76 ? c[d] % 10 : 1;
      return 0;
    }`,
  };
  const names = [...table.matchAll(/"(cu[A-Z]\w+)"/g)].map(([, name]) => name!).filter((name) => name !== without);
  const functions = names.map((name) => bodies[name] ?? `int ${name}() { return 0; }`);
  return `#include <cstring>\n#include <cstddef>\nextern "C" {\n${functions.join("\n")}\n}\n`;
}
