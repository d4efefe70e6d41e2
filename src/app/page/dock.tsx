// The dock below the head view: the neurons of the focused head, or one line that says why there are none.

import type { ComponentChildren } from "preact";
import { NeuronBar } from "../../views/neuron/bar.ts";
import { NeuronView } from "../../views/neuron/view.ts";
import type { AppState } from "../state/state.ts";
import { Mount } from "./mount.tsx";

interface DockProps {
  readonly app: AppState;
  /** null on a phone, where the dock is a tab of its own. */
  readonly height: number | null;
  readonly open: boolean;
  readonly shown: boolean;
  /** Repeats the run live, where a model can; null where none can. */
  readonly onLoad: (() => void) | null;
}

/** The dock, open or as one line: it stays as it is whatever is pinned. */
export function Dock({ app, height, open, shown, onLoad }: DockProps) {
  const [ready, some] = [app.neuronsReady.value, app.runHasNeurons.value];
  const toggle = () => app.go({ dock: open ? "closed" : "open" }, "replace");
  const why = <Why app={app} onLoad={onLoad} />;
  return (
    <section
      class={`panel dock ${shown ? "show" : ""}`}
      aria-label="Neurons"
      style={height === null ? {} : { height: `${height}px` }}
    >
      <div class="ph">
        <div class="tabs">
          <button type="button" class="on" aria-expanded={some && open} disabled={!some} onClick={toggle}>
            Neurons
          </button>
        </div>
        <span class="sp" />
        {ready ? <Mount view={NeuronBar} props={barProps(app)} class="neuronbar" /> : !open && why}
      </div>
      {open &&
        (ready ? <Mount view={NeuronView} props={viewProps(app)} class="dbody" /> : <Empty>{why}</Empty>)}
    </section>
  );
}

function Empty({ children }: { children: ComponentChildren }) {
  return <div class="dbody nothing">{children}</div>;
}

function common(app: AppState) {
  const vectors = app.place.value.vec === "v" ? ("values" as const) : ("keys" as const);
  return { trace: app.trace.value!, selection: app.selection.value!, theme: app.theme.value, vectors };
}

function barProps(app: AppState) {
  return { ...common(app), onVectors: app.onVectors };
}

function viewProps(app: AppState) {
  return { ...common(app), onHover: app.onHover };
}

function Why({ app, onLoad }: { app: AppState; onLoad: (() => void) | null }) {
  const selection = app.selection.value;
  if (!selection) return null;
  if (app.hasNeurons.value)
    return <span class="small muted">Click a word on the left to see how its attention is made.</span>;
  if (app.joined.value)
    return (
      <span class="small muted">
        Neurons belong to one attention: choose Encoder, Decoder or Cross to see them.
      </span>
    );
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
}
