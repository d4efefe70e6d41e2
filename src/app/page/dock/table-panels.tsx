// The dock's lens and patching: tables that fill in as results come. A cell of a patching table opens as an edit.

import { useSignal } from "@preact/signals";
import type { AskedSweep } from "../../../analysis/index.ts";
import type { Filling } from "../../state/edits/list.ts";
import type { AppState } from "../../state/state.ts";
import { Segments } from "../controls/segments.tsx";
import type { PartProps } from "../part.ts";
import { HeatTable } from "./heat-table.tsx";

/** What the model would say behind every layer, at each word. */
export function LensPanel({ app, actions }: PartProps) {
  const lens = app.edits.lens.value;
  const shown = useSignal<"probability" | "rank" | "logit">("probability");
  const target = useSignal("");
  if (!isLive(app)) return <NotLive />;
  const current = lens?.of === app.trace.value ? lens : null;
  const table = current && (current.tables?.[shown.value] ?? current.table);
  const go = () =>
    withWords(app, actions, [target.value], ([id]) => actions.tables.lens(id === undefined ? undefined : id));
  return (
    <div class="dbody tables">
      <div class="ask small">
        <Word label="Word" value={target} hint="likeliest" />
        <button type="button" class="btn small" onClick={() => void go()}>
          Look through the lens
        </button>
        <Segments
          label="Number"
          choices={[
            ["probability", "Probability"],
            ["rank", "Rank"],
            ["logit", "Logit"],
          ]}
          value={shown.value}
          pick={(next) => {
            shown.value = next;
          }}
        />
        <Running filling={current} stop={() => actions.tables.stop()} />
      </div>
      {table && (
        <HeatTable
          table={table}
          name="lens"
          act="pin this word"
          press={(row, position) => app.go({ layer: Math.max(0, row - 1), pins: [position], side: "query" })}
        />
      )}
    </div>
  );
}

type Sweep = AskedSweep["sweep"];

const SWEEPS: readonly (readonly [Sweep, string])[] = [
  ["resid", "Stream"],
  ["heads", "Heads"],
  ["mlp", "Mlp"],
  ["edges", "Edges of this head"],
  ["ablate", "Silence heads"],
];

/** What each part of the model is worth, taken from text B. */
export function PatchPanel({ app, actions }: PartProps) {
  const filling = app.edits.sweep.value;
  const sweep = useSignal<Sweep>("resid");
  const [target, against] = [useSignal(""), useSignal("")];
  if (!isLive(app)) return <NotLive />;
  const current = filling?.of === app.trace.value ? filling : null;
  const needs = sweep.value !== "ablate" && app.place.value.b === "";
  const go = () =>
    withWords(app, actions, [target.value, against.value], ([first, second]) => {
      const { block, layer, focus: head } = app.selection.value!;
      return actions.tables.patch({
        sweep: sweep.value,
        ...(sweep.value === "edges" && { at: { block, layer, head } }),
        ...(first !== undefined && { target: first }),
        ...(second !== undefined && { against: second }),
      });
    });
  return (
    <div class="dbody tables">
      <div class="ask small">
        <Segments
          label="Part"
          choices={SWEEPS}
          value={sweep.value}
          pick={(next) => {
            sweep.value = next;
          }}
        />
        <Word label="Word" value={target} hint="all" />
        <Word label="against" value={against} hint="none" />
        <button type="button" class="btn small" disabled={needs} onClick={() => void go()}>
          Patch
        </button>
        <Running filling={current} stop={() => actions.tables.stop()} />
        {needs && <span class="muted">Type text B above and run it: parts are taken from there.</span>}
      </div>
      {current?.table && (
        <HeatTable
          table={current.table}
          name="patching"
          act="make this edit"
          press={(row, column) => {
            const edits = current.edits(row, column);
            if (edits) void actions.editing.add(...edits);
          }}
        />
      )}
    </div>
  );
}

/** True where the model that made the run is here to be asked. */
export function isLive(app: AppState): boolean {
  return app.own.value !== null && app.run.value !== null && app.run.value.seconds !== null;
}

/** Why there is nothing to ask. */
export function NotLive() {
  return <p class="dbody tables small muted">This needs the model: run the text live.</p>;
}

function Running({ filling, stop }: { filling: Filling | null; stop: () => void }) {
  if (!filling || !(filling.running || filling.resume)) return null;
  return (
    <>
      <span class="num" role="status">
        {filling.running ? "" : "Stopped at "}
        {filling.done} of {filling.total}
      </span>
      <button type="button" class="btn small" onClick={filling.running ? stop : (filling.resume ?? stop)}>
        {filling.running ? "Stop" : "Go on"}
      </button>
    </>
  );
}

/** A field for one word. */
export function Word({ label, value, hint }: { label: string; value: { value: string }; hint: string }) {
  return (
    <label>
      {label}{" "}
      <input
        class="word"
        value={value.value}
        placeholder={hint}
        onInput={(event) => {
          value.value = event.currentTarget.value;
        }}
      />
    </label>
  );
}

/** Ids of the words that are typed, each one token, as it stands or behind a blank; a notice names one that is none. */
export async function withWords(
  app: AppState,
  actions: PartProps["actions"],
  texts: readonly string[],
  go: (ids: readonly (number | undefined)[]) => Promise<void>,
): Promise<void> {
  const ids: (number | undefined)[] = [];
  for (const text of texts) {
    const blank = text.startsWith(" ") ? text : ` ${text}`;
    const id =
      text === "" ? undefined : ((await actions.tables.wordId(blank)) ?? (await actions.tables.wordId(text)));
    if (id === null) {
      const title = `"${text}" is no single token`;
      app.notice.value = {
        kind: "info",
        title,
        text: "Choose a word that is one token of this model.",
        actions: [],
      };
      return;
    }
    ids.push(id);
  }
  await go(ids);
}
