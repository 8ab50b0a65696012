/**
 * To be imported first: the CPU runs the kernels for the oldest processors, which round after every product and every sum as
 * those of the device do, and no others. Later processors fuse some of them, as every arm64 does.
 */
export const unfused = process.arch === "x64";
if (unfused) process.env["BAYESBINN_INSTRUCTION_SET"] = "baseline";
