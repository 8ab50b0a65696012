/** The part of the contract that tells what the addon was built with and what this machine has. */

export interface SystemInfo {
  /** Version of the addon, equal to the package's. */
  readonly version: string;
  readonly compiler: string;
  /** Those that were compiled, the oldest first; none is chosen where {@link instructionSetRequest} has a problem. */
  readonly instructionSets: readonly { readonly name: string; readonly usable: boolean; readonly chosen: boolean }[];
  /** What `BAYESBINN_INSTRUCTION_SET` asks for in place of the newest usable one; absent where it is not set. */
  readonly instructionSetRequest?: {
    readonly value: string;
    /** Why it cannot be had: sessions on the CPU are refused with this. Absent where it is what was chosen. */
    readonly problem?: string;
  };
  /** Name and configuration of the BLAS that was loaded, or `"built-in"`. */
  readonly blas: string;
  /** Whether several threads can multiply at once in it; where not, they wait for each other. */
  readonly blasConcurrent: boolean;
  readonly hardwareThreads: number;
  readonly cuda: CudaInfo;
}

export interface CudaInfo {
  /** Whether the CUDA backend was compiled in. */
  readonly built: boolean;
  /** Whether the first device can be used now. */
  readonly usable: boolean;
  /** The name of that device, or why it cannot be used. */
  readonly reason: string;
  /** What to do where it cannot. */
  readonly advice?: string;
  /** CUDA version that the driver supports, such as `13.0`; absent where there is no driver. */
  readonly driverFound?: string;
  /** The oldest such version that can load the kernels; absent where the backend was not compiled in. */
  readonly driverNeeded?: string;
  /** Those that the driver shows, which `CUDA_VISIBLE_DEVICES` limits; none where it cannot be used. */
  readonly devices: readonly CudaDevice[];
}

export interface CudaDevice {
  /** The N of the device name `cuda:N`. */
  readonly index: number;
  readonly name: string;
  /** Compute capability, such as `8.0`. */
  readonly capability: string;
  readonly memoryBytes: number;
  /** The kernels that it runs, `compute_75` or `compute_80`; absent where it is too old for any. */
  readonly ptx?: string;
}
