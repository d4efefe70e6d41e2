// The inside of the status popover: what is shown, and where models run.

import type { Trace } from "../../../trace/index.ts";
import type { AppState } from "../../state/state.ts";
import { duration } from "./duration.ts";
import { WhereChoice, whereText } from "./where.tsx";

/** Facts of the run, and the choice of where models run. */
export function StatusFacts({ app }: { readonly app: AppState }) {
  const run = app.run.value!;
  const { model, streams } = run.trace.manifest;
  const rows: [string, string][] = [
    ["Model", model.name],
    ["Family", model.family],
    ["Shape", `${model.layers} layers × ${model.heads} heads of ${model.headSize}`],
    ["Tokens", streams.map((s) => s.tokens.length).join(" and ")],
    ["Run", run.seconds === null ? "recorded before" : duration(run.seconds)],
  ];
  if (inHalves(run.trace)) rows.push(["Numbers", "half precision"]);
  const live = app.live.value;
  if (live) rows.push(["Runs on", whereText(live)]);
  return (
    <>
      <dl>
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd class="num">{value}</dd>
          </div>
        ))}
      </dl>
      {live?.opened.notes.map((note) => (
        <p key={note} class="faint note">
          {note}
        </p>
      ))}
      <WhereChoice app={app} />
    </>
  );
}

/** True where attention is made from half-precision numbers. */
function inHalves(trace: Trace): boolean {
  return trace.names.some((name) => trace.raw(name)?.dtype === "F16");
}
