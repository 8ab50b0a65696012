// A command that takes no notice of its signal: what remains is what abortOnSignals itself does.
import { abortOnSignals } from "../../../lib/cli/interrupt.js";

const { signal } = abortOnSignals(process.stderr);
signal.addEventListener("abort", () => process.stdout.write("aborted\n"));
setInterval(() => {}, 1000);
process.stdout.write("ready\n");
