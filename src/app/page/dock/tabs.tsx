// The tabs of the dock, and the switch of all edits.

import type { DockPanel } from "../../state/place.ts";
import type { PartProps } from "../part.ts";

const PANELS: readonly (readonly [DockPanel, string])[] = [
  ["neurons", "Neurons"],
  ["edits", "Edits"],
  ["lens", "Lens"],
  ["patch", "Patching"],
  ["parts", "Attribution"],
];

interface DockTabsProps extends PartProps {
  readonly panel: DockPanel;
  readonly open: boolean;
}

/** One of them is shown; pressed again it folds the dock. */
export function DockTabs({ app, actions, panel, open }: DockTabsProps) {
  const counted = app.place.value.edits.filter(({ on }) => on).length;
  const ready = app.neurons.inRun.value;
  const press = (name: DockPanel) => {
    if (name === panel && open) app.go({ dock: "closed" }, "replace");
    else void actions.look({ panel: name, dock: "open" });
  };
  return (
    <div class="tabs">
      {PANELS.map(([name, text]) => (
        <button
          type="button"
          key={name}
          class={name === panel ? "on" : ""}
          aria-expanded={name === panel && open && (name !== "neurons" || ready)}
          disabled={name === "neurons" && panel === "neurons" && !ready}
          onClick={() => press(name)}
        >
          {text}
          {name === "edits" && <span class="longer"> and next token</span>}
          {name === "edits" && counted > 0 && <span class="count num">{counted}</span>}
        </button>
      ))}
    </div>
  );
}

/** Switches all edits off, and on again. */
export function AllEdits({ app, actions }: PartProps) {
  const list = app.edits.pending.value ?? app.place.value.edits;
  if (list.length === 0) return null;
  const on = list.some((placed) => placed.on);
  return (
    <button
      type="button"
      role="switch"
      class="opt all-edits"
      aria-checked={on}
      onClick={() => void actions.editing.toggleAll()}
    >
      <i class={`switch pink ${on ? "on" : ""}`} />
      All edits
    </button>
  );
}
