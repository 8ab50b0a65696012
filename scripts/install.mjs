// npm runs this after installing: a packed package builds its addon; in a checkout that is a step of its own.
import { buildAddon } from "./support/addon.mjs";
import { isCheckout } from "./support/paths.mjs";
import { main } from "./support/process.mjs";
import { requireNode } from "./support/requirements.mjs";

await main(async () => {
  if (isCheckout) {
    console.log("A checkout of bayesbinn: `npm run build` builds the native addon and the TypeScript.");
    return;
  }
  requireNode();
  await buildAddon();
});
