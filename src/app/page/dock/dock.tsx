// The dock below the head view: the neurons of the focused head or one line that says why there are none, edits, tables.

import type { ComponentChildren } from "preact";
import { NeuronBar } from "../../../views/neuron/bar.ts";
import { NeuronView } from "../../../views/neuron/view.ts";
import type { Actions } from "../../actions/actions.ts";
import type { DockPanel } from "../../state/place.ts";
import type { AppState } from "../../state/state.ts";
import { Mount } from "../controls/mount.tsx";
import { LaterPanel } from "./panel.tsx";
import { AllEdits, DockTabs } from "./tabs.tsx";

interface DockProps {
  readonly app: AppState;
  readonly actions: Actions;
  readonly panel: DockPanel;
  /** null on a phone, where the dock is a tab of its own. */
  readonly height: number | null;
  readonly open: boolean;
  readonly shown: boolean;
  /** Repeats the run live, where a model can; null where none can. */
  readonly onLoad: (() => void) | null;
}

/** The dock, open or as one line: it stays as it is whatever is pinned. */
export function Dock({ app, actions, panel, height, open, shown, onLoad }: DockProps) {
  const ready = app.neurons.ready.value;
  const why = <Why app={app} onLoad={onLoad} />;
  return (
    <section
      class={`panel dock ${shown ? "show" : ""}`}
      aria-label={panel === "neurons" ? "Neurons" : "Edits"}
      style={height === null ? {} : { height: `${height}px` }}
    >
      <h2 class="sr">Neurons</h2>
      <div class="ph">
        <DockTabs app={app} actions={actions} panel={panel} open={open} />
        <span class="sp" />
        {panel === "neurons" && (ready ? <Bar app={app} /> : !open && why)}
        {panel === "edits" && <AllEdits app={app} actions={actions} />}
      </div>
      {open && panel !== "neurons" && <LaterPanel app={app} actions={actions} panel={panel} />}
      {open &&
        panel === "neurons" &&
        (ready ? <Mount view={NeuronView} props={viewProps(app)} class="dbody" /> : <Empty>{why}</Empty>)}
    </section>
  );
}

function Empty({ children }: { children: ComponentChildren }) {
  return <div class="dbody nothing">{children}</div>;
}

function common(app: AppState) {
  const vectors = app.place.value.vec === "v" ? ("values" as const) : ("keys" as const);
  return {
    trace: app.trace.value!,
    selection: app.neurons.selection.value!,
    theme: app.theme.value,
    vectors,
  };
}

function Bar({ app }: { app: AppState }) {
  return (
    <>
      {app.joined.value && <span class="small faint">{app.neurons.selection.value!.block} attention</span>}
      <Mount view={NeuronBar} props={barProps(app)} class="neuronbar" />
    </>
  );
}

function barProps(app: AppState) {
  return { ...common(app), onVectors: app.onVectors };
}

function viewProps(app: AppState) {
  const edits = app.joined.value ? {} : { onNeuron: app.onNeuron };
  return {
    ...common(app),
    ...edits,
    edited: app.edited.value,
    onHover: app.onNeuronHover,
    table: app.table.value,
  };
}

function Why({ app, onLoad }: { app: AppState; onLoad: (() => void) | null }) {
  const selection = app.selection.value;
  if (!selection) return null;
  if (app.neurons.known.value)
    return <span class="small muted">Click a word on the left to see how its attention is made.</span>;
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
