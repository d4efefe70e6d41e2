// The inside of the menu of what somebody points at: changes of the model there, and what else can be done with it.

import { changesFor, titleOf, type Where } from "../state/changes.ts";
import type { Target } from "../state/edit-list.ts";
import type { AppState } from "../state/state.ts";
import type { PartProps } from "./part.ts";

interface ChangeListProps extends PartProps {
  readonly target: Target;
  readonly where: Where;
}

/** What can be changed at `target`. */
export function ChangeList({ app, actions, target, where }: ChangeListProps) {
  const close = () => {
    app.popover.value = null;
  };
  return (
    <>
      <h4>{titleOf(target, where)}</h4>
      {changesFor(target, where).map((group, i) => (
        <div key={group[0]!.label}>
          {i > 0 && <hr />}
          {group.map(({ label, edit }, j) => (
            <button
              type="button"
              key={label}
              class="item"
              {...(i + j === 0 ? { "data-first": true } : {})}
              onClick={() => {
                close();
                void actions.editing.add(edit);
              }}
            >
              {label}
            </button>
          ))}
        </div>
      ))}
      {target.head !== null && <More app={app} target={target} close={close} />}
    </>
  );
}

function More({ app, target, close }: { app: AppState; target: Target; close: () => void }) {
  const { layer, query } = target;
  const head = target.head!;
  const show = () => {
    close();
    const pins = query === null ? app.selection.value!.pins : [query];
    app.go({ layer, heads: [head], focus: head, pins, side: "query", panel: "neurons", dock: "open" });
  };
  const copy = () => {
    close();
    void navigator.clipboard.writeText(rowCsv(app, layer, head, query!)).catch(() => undefined);
  };
  return (
    <>
      <hr />
      <button type="button" class="item" onClick={show}>
        Show its neurons
      </button>
      {query !== null && (
        <button type="button" class="item" onClick={copy}>
          Copy this row as CSV
        </button>
      )}
    </>
  );
}

/** A row's words and weights. */
function rowCsv(app: AppState, layer: number, head: number, query: number): string {
  const attention = app.attention.value!;
  const row = attention.row(layer, head, query);
  const lines = attention
    .tokens("key")
    .map(({ text }, key) => `"${text.replaceAll('"', '""')}",${row?.[key] ?? ""}`);
  return `key,weight\n${lines.join("\n")}\n`;
}
