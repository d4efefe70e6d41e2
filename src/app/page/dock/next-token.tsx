// The next token before and after (a masked word, or classes): bars, probabilities and the change in points.

import { MINUS } from "../../../views/index.ts";
import { changesOf, type Saying, sayingOf } from "../../state/saying.ts";
import type { AppState } from "../../state/state.ts";

const TITLES: Readonly<Record<Saying["kind"], string>> = {
  next: "Next token",
  mask: "Word that is filled in",
  class: "Class",
};

/** The table. */
export function NextToken({ app }: { app: AppState }) {
  const pair = app.comparison.saysAgainst.value;
  const saying = pair && sayingOf(pair.after, app.pinnedQuery.value, app.own.value?.says ?? null);
  return (
    <section class="next-token" aria-label={saying ? TITLES[saying.kind] : "Next token"}>
      <h3>{saying ? TITLES[saying.kind] : "Next token"}</h3>
      {saying ? <Rows app={app} saying={saying} /> : <p class="small muted">{whyNothing(app)}</p>}
    </section>
  );
}

function whyNothing(app: AppState): string {
  const live = app.run.value !== null && app.run.value.seconds !== null;
  if (!live) return "A recorded run has no probabilities; run it live to see them.";
  const says = app.own.value?.says;
  if (says?.what === "answer")
    return "This model says where an answer begins and ends, which is no table of words: the trace holds its scores.";
  if (says && says.what !== "words") return "Pin a word on the left to see its class.";
  return app.trace.value?.tensor("logits")
    ? "Pin a word on the left, or write a mask, to see what is filled in there."
    : "This model says nothing: it has no head that predicts.";
}

/** Names of the two columns. */
export function namesOf(app: AppState): readonly [string, string] | null {
  if (app.run.value?.before) return ["before", "after"];
  return app.place.value.compare !== "off" && app.run.value?.b ? ["A", "B"] : null;
}

function Rows({ app, saying }: { app: AppState; saying: Saying }) {
  const { before, after } = app.comparison.saysAgainst.value!;
  const names = namesOf(app);
  const rows = changesOf(before, after, saying);
  const largest = Math.max(...rows.flatMap((row) => [row.before.probability, row.after.probability]));
  const words = app.edits.said.value?.words;
  return (
    <table class={`next num ${names?.[0] === "before" ? "changed" : ""}`}>
      <thead>
        <tr>
          <th>{saying.kind === "class" ? "class" : "token"}</th>
          <th class="bars">
            <span class="sr">bars</span>
            {names && (
              <span aria-hidden="true">
                <i /> {names[0]} <i class="after" /> {names[1]}
              </span>
            )}
          </th>
          <th>{names?.[0] ?? "share"}</th>
          {names && <th>{names[1]}</th>}
          {names && <th>change</th>}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.id}>
            <th scope="row">
              {saying.kind === "class" ? className(saying, row.id) : textOf(words?.get(row.id))}
            </th>
            <td class="bars" aria-hidden="true">
              <i style={{ width: `${(100 * row.before.probability) / largest}%` }} />
              {names && <i class="after" style={{ width: `${(100 * row.after.probability) / largest}%` }} />}
            </td>
            <td>{percent(row.before.probability)}</td>
            {names && <td class="strong">{percent(row.after.probability)}</td>}
            {names && <td class={row.change < 0 ? "neg" : "pos"}>{points(row.change)}</td>}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function className({ labels }: Saying, id: number): string {
  return labels?.[id] ?? `class ${id}`;
}

/** A token's text with its blanks made visible. */
function textOf(text: string | undefined): string {
  if (text === undefined) return "…";
  const shown = text.replace(/^ /, "").replaceAll("\n", "⏎");
  return shown === "" ? "␣" : shown;
}

function percent(share: number): string {
  const value = 100 * share;
  return `${value >= 10 ? value.toFixed(0) : value.toFixed(1)}%`;
}

/** The change in percentage points. */
function points(change: number): string {
  const value = Math.abs(100 * change).toFixed(1);
  const sign = value === "0.0" ? "" : change < 0 ? MINUS : "+";
  return `${sign}${value} pt`;
}
