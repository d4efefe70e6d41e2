// Puts runs on the page: as a whole or with layers still to come, and again while they are kept.

import { batch } from "@preact/signals";
import { draftOf } from "../state/draft.ts";
import { patchGrid } from "../state/picture.ts";
import { blockOf, type Place } from "../state/place.ts";
import { tracesOf } from "../state/recent-runs.ts";
import type { History, Run } from "../state/run.ts";
import { type ScoresByBlock, scoresAtOnce } from "../state/scores.ts";
import type { AppState } from "../state/state.ts";
import { sameWords, textOf } from "../state/texts.ts";

/** A run before it is known what its fields hold. */
export type Found = Omit<Run, "input">;

/** What is on the page, and what was. */
export class Showing {
  readonly #app: AppState;
  readonly #clock: () => number;

  /** `clock` in milliseconds since 1970. */
  constructor(app: AppState, clock: () => number) {
    this.#app = app;
    this.#clock = clock;
  }

  /** The run of a place, where it is kept. */
  kept(place: Place): Run | null {
    return this.#app.recent.get(place);
  }

  /** Keep the run that is shown: its last layer has come. */
  keep(place: Place): void {
    this.#app.recent.put(place, this.#app.run.value!, this.#clock());
  }

  /** Show a run at a place; `whole`: false for a run whose layers are still coming. */
  show(found: Found, place: Place, history: History, whole = true): void {
    const { arriving, sampling, notice, draft, draftTokens, trace: before, steps } = this.#app;
    const { behind, scoresByBlock } = this.#app;
    const { trace } = found;
    this.#leave(found);
    const run: Run = { ...found, input: draftOf({ ...place, ...wordsOf(trace, place) }) };
    if (whole) this.#app.recent.put(place, run, this.#clock());
    arriving.value = whole ? null : 1;
    if (place.more) sampling.value = { ...place.more, tokens: sampling.value.tokens };
    notice.value = null;
    draft.value = run.input;
    draftTokens.value = null;
    const same = before.value !== null && sameWords(before.value, trace);
    if (!same) steps.forget();
    const moves = same && whole && history === "replace";
    const block = blockOf(place, trace);
    const scores = whole && !moves ? scoresAtOnce(trace, block) : null;
    const byBlock: ScoresByBlock = moves ? scoresByBlock.value : new Map(scores && [[block, scores]]);
    batch(() => {
      behind.value = moves;
      this.#app.show(run, byBlock, place, history);
    });
  }

  /** The run before is found again where it is left, without the arrays that were made to show it. */
  #leave(next: Found): void {
    const { run, place, recent } = this.#app;
    if (!run.value) return;
    recent.leave(place.value, run.value);
    const still = new Set(tracesOf(next));
    for (const trace of tracesOf(run.value)) if (!still.has(trace)) trace.letGo();
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
