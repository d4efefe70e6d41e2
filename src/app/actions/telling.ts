// What a run makes the model say, told bit by bit: words of the table, how the text goes on before and after, and the
// control, a run without edits that must equal the one before.

import type { Trace } from "../../trace/index.ts";
import type { EngineClient } from "../../wire/client.ts";
import type { Editing, PageInput } from "../../wire/protocol.ts";
import { activeOf } from "../state/edits/edits.ts";
import type { Said } from "../state/edits/list.ts";
import { SAMPLING } from "../state/place.ts";
import { changesOf, sameNumbers, sayingOf } from "../state/saying.ts";
import type { AppState } from "../state/state.ts";
import { inputOf, inputOfRun } from "../state/texts.ts";
import { moreOf } from "./edited-runs.ts";

/** Runs whose control was made, with what it said. */
const controls = new WeakMap<Trace, boolean>();
/** Continuations by the run and the edits they are of. */
const continued = new WeakMap<Trace, string>();

/** Tell what the run that is shown says, where its model is open and somebody looks. */
export async function tell(app: AppState, engine: EngineClient, signal: AbortSignal): Promise<void> {
  const [run, own, place] = [app.run.value, app.own.value, app.place.value];
  if (!run || !own || run.seconds === null) return;
  const { trace } = run;
  const { said } = app.edits;
  const put = (part: Partial<Said>): void => {
    signal.throwIfAborted();
    const empty: Said = { trace, words: new Map(), before: null, after: null, control: null };
    said.value = { ...(said.value?.trace === trace ? said.value : empty), ...part };
  };
  const input = inputOfRun(run, own);
  const other = place.b ? inputOf({ ...run.input, text: place.b }, own) : null;
  const edits = activeOf(place.edits);
  put({ words: await wordsOf(app, engine, signal) });
  if (own.writes) {
    const goOn = (of: Trace, asked: Editing & { readonly input: PageInput }) =>
      continuation(engine, of, asked, signal);
    put({ before: await goOn(run.before ?? trace, { input }) });
    if (run.before) put({ after: await goOn(trace, { input, edits, ...(other && { other }) }) });
    else if (run.b && other) put({ after: await goOn(run.b, { input: other }) });
  }
  if (run.before) put({ control: await control(engine, run.before, trace, app, signal) });
}

/** Texts of the tokens in the table. */
async function wordsOf(
  app: AppState,
  engine: EngineClient,
  signal: AbortSignal,
): Promise<ReadonlyMap<number, string>> {
  const pair = app.comparison.saysAgainst.value;
  const saying = pair && sayingOf(pair.after, app.pinnedQuery.value, app.own.value?.says ?? null);
  if (!pair || !saying || saying.kind === "class") return new Map();
  const ids = changesOf(pair.before, pair.after, saying).map(({ id }) => id);
  const texts = await engine.words(ids, { signal });
  return new Map(ids.map((id, i) => [id, texts[i]!]));
}

async function continuation(
  engine: EngineClient,
  of: Trace,
  asked: Editing & { readonly input: PageInput },
  signal: AbortSignal,
): Promise<string> {
  const known = continued.get(of);
  if (known !== undefined) return known;
  let text = "";
  const onProgress = (progress: { readonly text?: string }) => {
    text = progress.text ?? text;
  };
  await engine.generate({ ...asked, sampling: SAMPLING }, { signal, onProgress });
  signal.throwIfAborted();
  continued.set(of, text);
  return text;
}

/** The run before once more, after one with edits. */
async function control(
  engine: EngineClient,
  before: Trace,
  after: Trace,
  app: AppState,
  signal: AbortSignal,
): Promise<boolean> {
  const known = controls.get(before);
  if (known !== undefined) return known;
  const [own, run] = [app.own.value!, app.run.value!];
  const { generated } = after.manifest;
  const written = generated && after.stream(generated.stream).tokens.slice(generated.start);
  const input = {
    ...inputOfRun(run, own),
    ...(written && { continuation: written.map(({ id }) => id!) }),
  };
  const again = await engine.run({ input, points: "cells", more: moreOf({ opened: own }) }, { signal });
  const same = sameNumbers(before, again.trace);
  controls.set(before, same);
  return same;
}
