// A page served with the engines of this computer, for tests.

import { join } from "node:path";
import { build } from "../../scripts/build.mjs";
import type { Places } from "../../src/cli/native/engine-messages.ts";
import { Engines, forkEngine } from "../../src/cli/native/engines.ts";
import { offerEngines } from "../../src/cli/native/offer.ts";
import { serve } from "../../src/cli/serve.ts";
import { ROOT } from "./page.ts";

/** What is served, beside the bundled models. */
export interface NativeStage {
  readonly token: string;
  readonly places?: Partial<Places>;
  /** Bytes that the models of all pages may take; a share of this computer's where left out. */
  readonly limit?: number;
}

/** Builds the page and serves it; for `useStage`. */
export async function serveNative({ token, places, limit }: NativeStage) {
  await build();
  const program = join(ROOT, "dist/cli/native/engine-process.js");
  const all: Places = { models: join(ROOT, "models"), opened: null, ...places };
  const engine =
    limit === undefined
      ? offerEngines(token, all, program)
      : new Engines({
          token,
          limit,
          info: async () => ({ native: { threads: 2, limit, cached: [] } }),
          start: () => forkEngine(all, program),
        });
  const [app, gallery] = [join(ROOT, "dist/app"), join(ROOT, "gallery")];
  const serving = await serve({ app, models: all.models, gallery, engine, port: 0 });
  const close = async () => {
    engine.close();
    await serving.close();
  };
  return { url: `http://localhost:${serving.port}`, close };
}
