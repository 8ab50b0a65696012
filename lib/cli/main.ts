#!/usr/bin/env node
import type { Context } from "./context.js";
import { abortOnClosedPipe, abortOnSignals } from "./interrupt.js";
import { packageVersion } from "./package-version.js";
import { runProgram } from "./program.js";

const { stdout, stderr } = process;
const { signal, release } = abortOnSignals(stderr);
const context: Context = { stdout, stderr, signal: abortOnClosedPipe([stdout, stderr], signal), exitCode: 0 };

// Not process.exit: what is still in the pipes is written before the process ends by itself.
process.exitCode = await runProgram(process.argv.slice(2), packageVersion(), context);
release();
