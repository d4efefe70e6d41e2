// Puts runs on the page: as a whole or with layers still to come, and again while they are kept.

import { draftOf } from "../state/draft.ts";
import { KeptRuns } from "../state/kept-runs.ts";
import { patchGrid } from "../state/picture.ts";
import { blockOf, type Place } from "../state/place.ts";
import type { History, Run } from "../state/run.ts";
import { type ScoresByBlock, scoresAtOnce } from "../state/scores.ts";
import type { AppState } from "../state/state.ts";
import { sameWords, textOf } from "../state/texts.ts";

/** A run before it is known what its fields hold. */
export type Found = Omit<Run, "input">;

/** What is on the page, and what was. */
export class Showing {
  readonly #app: AppState;
  readonly #kept = new KeptRuns();

  constructor(app: AppState) {
    this.#app = app;
  }

  /** The run of a place, where it is kept. */
  kept(place: Place): Run | undefined {
    return this.#kept.get(place);
  }

  /** Keep the run that is shown: its last layer has come. */
  keep(place: Place): void {
    this.#kept.put(place, this.#app.run.value!);
  }

  /** Show a run at a place; `whole`: false for a run whose layers are still coming. */
  show(found: Found, place: Place, history: History, whole = true): void {
    const { arriving, sampling, notice, draft, draftTokens, trace: before, steps } = this.#app;
    const { trace } = found;
    const run: Run = { ...found, input: draftOf({ ...place, ...wordsOf(trace, place) }) };
    if (whole) this.#kept.put(place, run);
    arriving.value = whole ? null : 1;
    if (place.more) sampling.value = { ...place.more, tokens: sampling.value.tokens };
    notice.value = null;
    draft.value = run.input;
    draftTokens.value = null;
    if (!before.value || !sameWords(before.value, trace)) steps.forget();
    const block = blockOf(place, trace);
    const scores = whole ? scoresAtOnce(trace, block) : null;
    const byBlock: ScoresByBlock = scores ? new Map([[block, scores]]) : new Map();
    this.#app.show(run, byBlock, place, history);
  }
}

/** What the fields hold: what was asked for, else what the run itself says that it read. */
function wordsOf(trace: Run["trace"], place: Place): Pick<Place, "text" | "pair" | "target"> {
  const { generated } = trace.manifest;
  return {
    text: place.text || (patchGrid(trace) ? "" : textOf(trace, 0)),
    pair: place.pair || textOf(trace, 1),
    target: place.target || (generated ? "" : textOf(trace, 0, 1)),
  };
}
