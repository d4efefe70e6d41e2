// The dock below the head view: the neurons of the focused head, or one line that says why there are none.

import type { AppState } from "../state.ts";
import { Segments } from "./segments.tsx";

interface DockProps {
  readonly app: AppState;
  readonly height: number | null;
  readonly open: boolean;
  readonly shown: boolean;
  readonly onLoad: (() => void) | null;
}

/** `height` is null on a phone, where the dock is a tab of its own. */
export function Dock({ app, height, open, shown, onLoad }: DockProps) {
  const selection = app.selection.value;
  const ready = app.hasNeurons.value && selection !== null && selection.pins.length > 0;
  const valuesKnown = selection !== null && app.trace.value!.has(`${selection.block}.${selection.layer}.v`);
  const toggle = () => app.go({ dock: open ? "closed" : "open" }, "replace");
  return (
    <div class={`panel dock ${shown ? "show" : ""}`} style={height === null ? {} : { height: `${height}px` }}>
      <div class="ph">
        <div class="tabs">
          <button type="button" class="on" aria-expanded={open} disabled={!ready} onClick={toggle}>
            Neurons
          </button>
        </div>
        <span class="sp" />
        <Caption app={app} onLoad={onLoad} />
        {ready && (
          <Segments
            label="Vectors"
            choices={[
              ["k", "Keys"],
              ["v", "Values"],
            ]}
            value={valuesKnown ? app.place.value.vec : "k"}
            disabled={valuesKnown ? [] : ["v"]}
            why="This run has no values."
            pick={(vec) => app.go({ vec })}
          />
        )}
      </div>
      {ready && open && <div class="dbody" />}
    </div>
  );
}

function Caption({ app, onLoad }: { app: AppState; onLoad: (() => void) | null }) {
  const selection = app.selection.value;
  if (!selection) return null;
  if (!app.hasNeurons.value)
    return (
      <>
        <span class="small muted">This recorded run has no queries and keys.</span>
        {onLoad && (
          <button type="button" class="btn small" onClick={onLoad}>
            Run it live
          </button>
        )}
      </>
    );
  if (selection.pins.length === 0)
    return <span class="small muted">Click a word on the left to see how its attention is made.</span>;
  const verb = selection.pins.length > 1 ? "attend" : selection.side === "key" ? "is attended to" : "attends";
  return (
    <span class="small muted caption">
      How <b>{app.pinnedWords.value}</b> {verb} in head {selection.layer}.{selection.focus}
    </span>
  );
}
