// The engine that `headscope open` offers to its page, made from what this computer has.

import { totalmem } from "node:os";
import { cacheFolder } from "../../checkpoint/node.ts";
import { nativeSpeed } from "../../engine/runtime/node.ts";
import type { NativeAnswer } from "../../wire/native.ts";
import { cachedModels } from "./cached-models.ts";
import type { Places } from "./engine-messages.ts";
import { Engines } from "./engines.ts";

/** Share of this computer's memory that the models of all pages may take. */
const SHARE = 0.6;

/** Engines for who has the token. `program` as in EngineOptions. */
export function offerEngines(token: string, places: Places, program?: string): Engines {
  const limit = Math.floor(SHARE * totalmem());
  const speed = nativeSpeed();
  const info = async (): Promise<NativeAnswer> => {
    const found = await speed;
    if ("why" in found) return { native: null, why: found.why };
    return {
      native: { threads: found.threads, limit, cached: await cachedModels(cacheFolder(process.env)) },
    };
  };
  return new Engines({ token, limit, places, info, ...(program && { program }) });
}
