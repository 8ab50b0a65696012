/** What the addon was built with and what the machine offers; a part of the description in `contract.ts`. */
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
  readonly cuda: {
    /** Whether the CUDA backend was compiled in. */
    readonly built: boolean;
    /** Whether a device can be used now. */
    readonly usable: boolean;
    readonly reason: string;
  };
}
