// Random repeated tokens, and what heads do with nothing but the repetition.

import { probeIds, probeScores } from "../../analysis/index.ts";
import type { OpenedModel } from "../../wire/protocol.ts";
import type { AppState } from "../state/state.ts";
import type { Engines } from "./engines.ts";
import type { LiveModel } from "./live-model.ts";

/** Runs the probe on a model that is open, keeps its tables for the model of this key, and ranks heads by the first. */
export async function probe(
  app: AppState,
  engines: Engines,
  live: LiveModel,
  { key, opened }: { readonly key: string; readonly opened: OpenedModel },
  signal: AbortSignal,
): Promise<void> {
  const first = app.trace.value?.stream("text").tokens[0];
  const begin = first?.special && first.id !== null ? { first: first.id } : {};
  const ids = probeIds({ vocab: opened.info.vocab, ...begin });
  const { trace } = await engines.now.run(
    { input: { ids } },
    { signal, onProgress: (progress) => live.follow(progress, true) },
  );
  if (signal.aborted) return;
  const tables = probeScores(trace);
  app.scores.probes.value = new Map([...app.scores.probes.value, [key, tables]]);
  app.go({ score: tables[0]!.id });
}
