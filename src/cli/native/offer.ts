// The engine that `headscope open` offers to its page, made from what this computer has.

import { totalmem } from "node:os";
import { fileURLToPath } from "node:url";
import { cacheFolder } from "../../checkpoint/node.ts";
import { nativeSpeed } from "../../engine/runtime/node.ts";
import type { NativeAnswer } from "../../wire/native.ts";
import { cachedModels } from "./cached-models.ts";
import type { Places } from "./engine-messages.ts";
import { Engines, forkEngine } from "./engines.ts";

/** Share of this computer's memory that the models of all pages may take. */
const SHARE = 0.6;

const PROGRAM = fileURLToPath(new URL("engine-process.js", import.meta.url));

/** Engines for who has the token. `program`: the built program of an engine's process. */
export function offerEngines(token: string, places: Places, program = PROGRAM): Engines {
  const limit = Math.floor(SHARE * totalmem());
  const speed = nativeSpeed();
  const info = async (): Promise<NativeAnswer> => {
    const found = await speed;
    if ("why" in found) return { native: null, why: found.why };
    return {
      native: { threads: found.threads, limit, cached: await cachedModels(cacheFolder(process.env)) },
    };
  };
  return new Engines({ token, limit, info, start: () => forkEngine(places, program) });
}
