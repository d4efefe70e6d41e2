// Scores of the block that is looked at: at once where they are cheap, else from the worker when they are ready.

import { batch } from "@preact/signals";
import type { ScoreTable } from "../../analysis/index.ts";
import type { BlockName, Trace } from "../../trace/index.ts";
import { errorData } from "../../wire/protocol.ts";
import { explain } from "../notices.ts";
import { blockOf, placeOf } from "../state/place.ts";
import { type ScoresByBlock, scoresAtOnce } from "../state/scores.ts";
import type { AppState } from "../state/state.ts";
import type { Looking } from "../worker/looking.ts";

/** Compute the scores of the block that is shown, where they are not known yet; of joined blocks those of cross. */
export function scoreBlock(app: AppState, looking: Looking): void {
  const [trace, place] = [app.trace.value, app.place.value];
  if (!trace || app.arriving.value !== null) return;
  const block = app.joined.value ? "cross" : blockOf(place, trace);
  const known: ScoresByBlock = app.behind.value ? new Map() : app.scoresByBlock.value;
  if (known.has(block)) return;
  const scores = scoresAtOnce(trace, block);
  batch(() => {
    app.behind.value = false;
    app.scoresByBlock.value = scores ? new Map([...known, [block, scores]]) : known;
  });
  if (!scores) scoreLater(app, looking, trace, block);
}

/**
 * Until the scores are there the first head is shown. Who has changed something by then stays where they are.
 * Where they cannot be computed the block has none, and a notice says why.
 */
function scoreLater(app: AppState, looking: Looking, trace: Trace, block: BlockName): void {
  const before = app.place.value;
  const arrived = (scores: readonly ScoreTable[]) => {
    const selection = app.selection.value;
    if (app.place.value !== before && selection?.block === block) app.settle(placeOf(selection));
    app.scoresByBlock.value = new Map([...app.scoresByBlock.value, [block, scores]]);
  };
  const failed = (error: unknown) => {
    arrived([]);
    app.notice.value = explain(errorData(error), { model: app.modelName.value, shown: true });
  };
  void looking.scores(trace, block).then(
    (scores) => app.trace.value === trace && arrived(scores),
    (error: unknown) => app.trace.value === trace && failed(error),
  );
}
