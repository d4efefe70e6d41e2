// The dock's "Edits and next token": the list of edits, what they do to the next token, and how the text goes on.

import { useSignal } from "@preact/signals";
import { editText, reachText } from "../../../trace/index.ts";
import { offersOf, titleOf } from "../../state/edits/changes.ts";
import type { PlacedEdit } from "../../state/edits/edits.ts";
import type { AppState } from "../../state/state.ts";
import type { PartProps } from "../part.ts";
import { Continuations } from "./continuations.tsx";
import { EditRow } from "./edit-row.tsx";
import { NextToken } from "./next-token.tsx";
import { TypedEdit } from "./typed-edit.tsx";
import { useOrder } from "./use-order.ts";

/** The inside of the dock. */
export function EditsPanel({ app, actions }: PartProps) {
  return (
    <div class="dbody edits">
      <List app={app} actions={actions} />
      <NextToken app={app} />
      <Continuations app={app} />
    </div>
  );
}

function List({ app, actions }: PartProps) {
  const list = app.edits.pending.value ?? app.place.value.edits;
  const steps = app.steps.count.value;
  const moved = useSignal("");
  const order = useOrder((from, to) => {
    moved.value = `${editText(list[from]!.edit)}, ${to + 1} of ${list.length}`;
    void actions.editing.move(from, to);
  });
  return (
    <section class="edit-list" aria-label="List of edits">
      <div class="eh">
        <h3>Active edits</h3>
        <span class="sp" />
        <Step label="Undo" keys="Z" on={steps.back > 0} press={() => void actions.editing.undo()} />
        <Step label="Redo" keys="Shift Z" on={steps.forth > 0} press={() => void actions.editing.redo()} />
      </div>
      {list.length === 0 && <p class="small muted">{invitation(app)}</p>}
      <ol ref={order.list}>
        {list.map((placed, index) => (
          <EditRow
            key={rowKey(list, index)}
            app={app}
            actions={actions}
            placed={placed}
            index={index}
            receipt={receiptOf(app, list, index)}
            order={order}
          />
        ))}
      </ol>
      <span class="sr" role="status">
        {moved.value}
      </span>
      <AddButtons app={app} actions={actions} />
      <TypedEdit app={app} actions={actions} />
    </section>
  );
}

/** The same row while its value, its switch or its place changes; equal edits are counted. */
function rowKey(list: readonly PlacedEdit[], index: number): string {
  const names = list
    .slice(0, index + 1)
    .map(({ edit }) => editText("value" in edit ? { ...edit, value: 1 } : edit));
  const name = names[index]!;
  return `${name} ${names.filter((other) => other === name).length}`;
}

function invitation(app: AppState): string {
  if (app.place.value.model === null)
    return "This run was recorded, and edits need its model. Open a model above.";
  if (!app.live.value?.editable) return "The first edit opens the model's edit points, once.";
  return "Right click a head, a line, a cell, a word or a neuron, or add one here.";
}

function Step({ label, keys, on, press }: { label: string; keys: string; on: boolean; press: () => void }) {
  return (
    <button type="button" class="btn ghost small" disabled={!on} title={`${label} (${keys})`} onClick={press}>
      {label}
    </button>
  );
}

/** What became of an edit in the run that is shown. */
function receiptOf(app: AppState, list: readonly PlacedEdit[], index: number): string {
  if (!list[index]!.on) return "Off";
  const trace = app.trace.value;
  if (!trace || list !== app.place.value.edits || app.run.value?.seconds === null) return "Running";
  const place = list.slice(0, index).filter(({ on }) => on).length;
  const touched = trace.manifest.receipts.find(({ edit }) => edit === place)?.touched;
  if (touched === undefined) return "Not run yet";
  return `Reached ${reachText(list[index]!.edit, touched)}`;
}

/** Edits of the head that is focused, and of its strongest weight from the pinned word. */
function AddButtons({ app, actions }: PartProps) {
  const [attention, selection, where] = [app.attention.value, app.selection.value, app.changeable.value];
  if (!where || !selection || attention?.scale !== "weight") return null;
  return (
    <div class="chips adds">
      {offersOf(attention, selection, where).map(({ label, edit, target }) => (
        <button
          type="button"
          key={label}
          class="chip"
          title={titleOf(target, where)}
          onClick={() => void actions.editing.add(edit)}
        >
          + {label}
        </button>
      ))}
    </div>
  );
}
