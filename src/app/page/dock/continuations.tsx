// How the text goes on, greedily, before and after; and the control.

import type { AppState } from "../../state/state.ts";
import { textOf } from "../../state/texts.ts";
import { namesOf } from "./next-token.tsx";

/** Characters of the text that are repeated. */
const TAIL = 24;

/** The texts under each other. */
export function Continuations({ app }: { app: AppState }) {
  const said = app.edits.said.value;
  const run = app.run.value;
  if (!app.own.value?.writes || !run || said?.trace !== run.trace) return <Control app={app} />;
  const names = namesOf(app);
  const texts = names
    ? ([
        [names[0], said.before, run.input.text],
        [names[1], said.after, names[1] === "B" ? run.input.b : run.input.text],
      ] as const)
    : ([["now", said.before, run.input.text]] as const);
  return (
    <section class="goes-on" aria-label="Continuation">
      <h3>Continuation, greedy</h3>
      {texts.map(([name, text, prompt]) => (
        <div key={name} class={name}>
          <h4 class="small muted">{name}</h4>
          <p dir="auto">
            <span class="faint">{tailOf(prompt || textOf(run.trace, 0))}</span>
            {text === null ? <span class="faint"> …</span> : <mark>{text}</mark>}
          </p>
        </div>
      ))}
      <Control app={app} />
    </section>
  );
}

function tailOf(prompt: string): string {
  return prompt.length > TAIL ? `… ${prompt.slice(-TAIL).replace(/^\S*\s/, "")}` : prompt;
}

function Control({ app }: { app: AppState }) {
  const said = app.edits.said.value;
  if (!app.run.value?.before || said?.trace !== app.trace.value || said?.control == null) return null;
  return (
    <p class="small muted control" role="status">
      {said.control
        ? "Check run without edits: identical to before."
        : "Check run without edits: not identical to before. Numbers of this run are not to be trusted."}
    </p>
  );
}
