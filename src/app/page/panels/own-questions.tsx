// The reader's own question in Find heads: from the pinned word to another, a pattern as a sentence, a probe.

import { useSignal } from "@preact/signals";
import { wordsOf } from "../../../views/read/words.ts";
import type { AppState } from "../../state/state.ts";
import type { PartProps } from "../part.ts";

/** What can be asked beside the scores that every run has. */
export function OwnQuestions({ app, actions }: PartProps) {
  return (
    <>
      <FromTo app={app} />
      <Pattern app={app} />
      {app.own.value?.writes && app.own.value.kind === "causal" && (
        <button type="button" class="btn small" onClick={() => void actions.probe()}>
          Probe on random repeated tokens
        </button>
      )}
      <Effect app={app} actions={actions} />
    </>
  );
}

/** What silencing each head does to the next token: a cause, not a pattern. */
function Effect({ app, actions }: PartProps) {
  const effect = app.edits.effect.value;
  const live = app.own.value !== null && app.run.value !== null && app.run.value.seconds !== null;
  if (!live) return null;
  const current = effect?.of === app.trace.value ? effect : null;
  const begin = () => {
    app.go({ score: "effect" }, "replace");
    void actions.tables.effect();
  };
  if (current?.running)
    return (
      <button type="button" class="btn small" onClick={() => actions.tables.stop()}>
        Stop: {current.done} of {current.total} heads silenced
      </button>
    );
  return (
    <>
      {current?.resume && (
        <button type="button" class="btn small" onClick={current.resume}>
          Go on: {current.done} of {current.total} heads silenced
        </button>
      )}
      <button type="button" class="btn small" onClick={begin}>
        {current?.resume ? "Start again" : "Effect on next token, head by head"}
      </button>
    </>
  );
}

/** Which head attends from the pinned word to another one. */
function FromTo({ app }: { app: AppState }) {
  const [attention, selection] = [app.attention.value, app.selection.value];
  if (!attention || !selection) return null;
  if (selection.pins.length === 0)
    return <p class="small muted">Pin a word to ask which head attends from it to another.</p>;
  const other = selection.side === "query" ? "key" : "query";
  const words = wordsOf(attention.tokens(other));
  const { to } = app.place.value;
  const chosen = to.length > 1 ? "several" : String(to[0] ?? "");
  return (
    <label class="small">
      {other === "key" ? "From" : "To"} <b>{app.pinnedWords.value}</b> {other === "key" ? "to" : "from"}{" "}
      <select
        value={chosen}
        onChange={(event) => {
          const { value } = event.currentTarget;
          if (value === "several") return;
          app.go(value === "" ? { to: [], score: null } : { to: [Number(value)], score: "words" });
        }}
      >
        <option value="">a word …</option>
        {to.length > 1 && <option value="several">{to.length} words</option>}
        {words.map((word, position) => (
          <option key={position} value={String(position)}>
            {word} {position}
          </option>
        ))}
      </select>
    </label>
  );
}

/** A sentence of token conditions. */
function Pattern({ app }: { app: AppState }) {
  const typed = useSignal(app.place.value.pattern);
  const { problem } = app.scores.asked.value;
  const ask = (text: string): void => {
    app.go(text.trim() === "" ? { pattern: "", score: null } : { pattern: text.trim(), score: "pattern" });
  };
  return (
    <>
      <input
        class="pattern"
        aria-label="Your own pattern"
        placeholder="from `,` to the word before it"
        value={typed.value}
        onInput={(event) => {
          typed.value = event.currentTarget.value;
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter") ask(typed.value);
        }}
        onBlur={() => {
          if (typed.value.trim() !== app.place.value.pattern) ask(typed.value);
        }}
      />
      {problem && (
        <p class="small" role="alert">
          {problem}
        </p>
      )}
    </>
  );
}
