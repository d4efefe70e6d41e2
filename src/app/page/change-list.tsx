// The inside of the menu of what somebody points at: changes of the model there, and what else can be done with it.

import { useLayoutEffect, useRef } from "preact/hooks";
import { formatNumber } from "../../views/index.ts";
import type { Where } from "../state/edits/cell-block.ts";
import { changesFor, titleOf } from "../state/edits/changes.ts";
import type { Target } from "../state/edits/list.ts";
import type { AppState } from "../state/state.ts";
import type { PartProps } from "./part.ts";

interface ChangeListProps extends PartProps {
  readonly target: Target;
  readonly where: Where;
}

/** One line of the menu. */
interface Item {
  readonly label: string;
  /** The key that does the same, in the menu and without it. */
  readonly hint?: string;
  readonly act: () => void;
}

/** What can be changed at `target`. */
export function ChangeList({ app, actions, target, where }: ChangeListProps) {
  const closing = (act: () => void) => () => {
    app.popover.value = null;
    act();
  };
  const changes = changesFor(target, where).map((group) =>
    group.map(({ edit, ...line }): Item => ({ ...line, act: () => void actions.editing.add(edit) })),
  );
  const groups = [...changes, othersOf(app, target)]
    .filter((group) => group.length > 0)
    .map((group) => group.map((item) => ({ ...item, act: closing(item.act) })));
  return (
    <>
      <h4>
        {titleOf(target, where)}
        {weightOf(app, target)}
      </h4>
      <Groups groups={groups} />
    </>
  );
}

/** Items with a line between their groups; a key that is hinted at presses its item. */
function Groups({ groups }: { groups: readonly (readonly Item[])[] }) {
  const list = useRef<HTMLDivElement>(null);
  const first = groups[0]?.[0];
  useLayoutEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const meant = groups.flat().find(({ hint }) => hint?.toLowerCase() === event.key.toLowerCase());
      if (!meant) return;
      event.preventDefault();
      event.stopPropagation();
      meant.act();
    };
    const menu = list.current!.closest<HTMLElement>(".pop")!; // it has the focus until its inside comes
    menu.addEventListener("keydown", press);
    return () => menu.removeEventListener("keydown", press);
  });
  return (
    <div ref={list}>
      {groups.map((group, i) => (
        <div key={group[0]!.label}>
          {i > 0 && <hr />}
          {group.map((item) => (
            <button
              type="button"
              key={item.label}
              class="item"
              {...(item === first ? { "data-first": true } : {})}
              {...(item.hint ? { "aria-keyshortcuts": item.hint } : {})}
              onClick={item.act}
            >
              {item.label}
              {item.hint && " "}
              {item.hint && <kbd>{item.hint}</kbd>}
            </button>
          ))}
        </div>
      ))}
    </div>
  );
}

/** The weight that a menu is about: ", weight .74". */
function weightOf(app: AppState, { layer, head, query, key, units }: Target): string {
  if (head === null || query === null || key === null || units) return "";
  const weight = app.plain.value?.row(layer, head, query)?.[key];
  return weight === undefined ? "" : `, weight ${formatNumber(weight)}`;
}

/** What can be done with a head beside changing it. */
function othersOf(app: AppState, { layer, head, query }: Target): readonly Item[] {
  if (head === null) return [];
  const show = () => {
    const pins = query === null ? app.selection.value!.pins : [query];
    app.go({ layer, heads: [head], focus: head, pins, side: "query", panel: "neurons", dock: "open" });
  };
  const copy = (row: number) => () =>
    void navigator.clipboard.writeText(rowCsv(app, layer, head, row)).catch(() => undefined);
  return [
    { label: "Show its neurons", hint: "N", act: show },
    ...(query === null ? [] : [{ label: "Copy this row as CSV", act: copy(query) }]),
  ];
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
