import type { Architecture } from "./architecture.js";
import { lrnetBigArchitecture } from "./lrnet-big.js";
import { lrnetSmallArchitecture } from "./lrnet-small.js";
import { mlpBinaryConnectArchitecture } from "./mlp-binary-connect.js";
import { mlpContinualArchitecture } from "./mlp-continual.js";
import { toyMlpArchitecture } from "./toy-mlp.js";
import { unetArchitecture } from "./unet.js";
import { vggBinaryConnectArchitecture } from "./vgg-binary-connect.js";

/** Every network that a recipe or a configuration can name. A new one is its own file and one line here. */
export const architectures = [
  mlpBinaryConnectArchitecture,
  mlpContinualArchitecture,
  vggBinaryConnectArchitecture,
  lrnetSmallArchitecture,
  lrnetBigArchitecture,
  unetArchitecture,
  toyMlpArchitecture,
] as const satisfies readonly Architecture[];
