// Loaded before every test file. uvu takes the `details` of what a test throws for text; those of a BayesBinnError are an
// object, over which its report would break off without a word.
import { register } from "node:module";

register(
  `data:text/javascript,${encodeURIComponent(`
    export async function load(url, context, next) {
      const loaded = await next(url, context);
      if (!url.endsWith("/uvu/dist/index.mjs")) return loaded;
      const source = String(loaded.source);
      const changed = source.replace("if (details)", "if (typeof details === 'string')");
      if (changed === source) throw new Error("uvu has changed: see test/support/uvu-details.mjs");
      return { ...loaded, source: changed };
    }`)}`,
);
