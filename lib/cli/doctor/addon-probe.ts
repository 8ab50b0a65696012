/**
 * The child process of {@link probeAddon}: loads the addon and asks it about the machine, so that an addon or a driver
 * that crashes takes only this process with it. Writes one JSON object to stdout.
 */
import { loadAddon } from "../../native/binding.js";
import { BayesBinnError } from "../../native/errors.js";
import { buildAgain, type ProbeAnswer } from "./probe-addon.js";

function answer(): ProbeAnswer {
  try {
    return { system: loadAddon().systemInfo() };
  } catch (error) {
    if (!(error instanceof BayesBinnError)) return { problem: String(error), advice: buildAgain };
    // The message of ERR_BINDING_LOAD ends with the remedy; the doctor shows the two apart.
    const { remedy = buildAgain } = error.details as { readonly remedy?: string };
    return { problem: error.message.replace(`; ${remedy}`, ""), advice: remedy };
  }
}

process.stdout.write(JSON.stringify(answer()));
