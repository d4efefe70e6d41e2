// The page: bars above, map and finder left, head view and neurons right; on a phone one of them at a time.

import { useSignal } from "@preact/signals";
import { useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { DOCK_CLOSED, dockHeight, dockSpan, widthOf } from "../state/layout.ts";
import { leftSpan, type PanelSizes } from "../state/panel-sizes.ts";
import { panelOfTab, type Tab } from "../state/place.ts";
import type { AppState } from "../state/state.ts";
import { ChangeMenu } from "./change-menu.tsx";
import { ContextBar } from "./context/context-bar.tsx";
import { Divider } from "./controls/divider.tsx";
import { Dialogs } from "./dialogs.tsx";
import { Dock } from "./dock/dock.tsx";
import { FileInputs } from "./files.tsx";
import { LongPress } from "./long-press.ts";
import { Notices } from "./notices.tsx";
import { HeadPanel } from "./panels/head-panel.tsx";
import { MapPanel } from "./panels/map-panel.tsx";
import type { PartProps } from "./part.ts";
import { onContextMenu, onHeld } from "./pointed.ts";
import { Strip } from "./strip.tsx";
import { TopBar } from "./top/top-bar.tsx";

/** The whole page. */
export function App(parts: PartProps) {
  return (
    <div class="app">
      <TopBar {...parts} />
      <ContextBar {...parts} />
      <Strip {...parts} />
      <Workbench {...parts} />
      <Notices {...parts} />
      <TabBar app={parts.app} />
      <Dialogs {...parts} />
      <FileInputs {...parts} />
      <ChangeMenu {...parts} />
      <output class="undone">{parts.app.steps.said.value}</output>
    </div>
  );
}

function Workbench({ app, actions }: PartProps) {
  const main = useRef<HTMLElement>(null);
  const size = useSignal({ width: innerWidth, height: innerHeight, workbench: innerHeight - 88 });
  const folded = useSignal(false);
  const finger = useMemo(() => new LongPress((held) => onHeld(held, app)), [app]);
  useLayoutEffect(() => {
    const measure = () => {
      const workbench = main.current?.clientHeight ?? 0;
      const { width, height, workbench: before } = size.value;
      if (width !== innerWidth || height !== innerHeight || workbench !== before)
        size.value = { width: innerWidth, height: innerHeight, workbench };
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(main.current!);
    return () => observer.disconnect();
  }, []);
  const width = widthOf(size.value.width);
  const phone = width === "phone";
  const tab = app.place.value.tab;
  const height = phone ? null : heightOfDock(app, size.value);
  const panel = phone ? panelOfTab(app.place.value) : app.place.value.panel;
  const table = app.table.value;
  const left = leftSpan(app.sizes.value.left, size.value.width);
  const isFolded = width === "tablet" && folded.value;
  const resize = (changed: Partial<PanelSizes>) => {
    app.sizes.value = { ...app.sizes.value, ...changed };
  };
  const { example } = app.run.value ?? {};
  const model = app.gallery.value.find((e) => e.id === example)?.model;
  return (
    <main
      ref={main}
      onContextMenu={(event) => (finger.taken ? event.preventDefault() : onContextMenu(event, app))}
      onPointerDownCapture={(event) => {
        app.steps.said.value = "";
        app.pressed = { x: event.clientX, y: event.clientY };
        finger.down(event);
      }}
      onPointerMoveCapture={(event) => finger.move(event)}
      onPointerUpCapture={() => finger.end()}
      onPointerCancelCapture={() => finger.end()}
      onMouseDownCapture={(event) => finger.taken && event.preventDefault()}
      onClickCapture={(event) => finger.taken && event.stopPropagation()}
      class={app.alone.value && !phone ? "alone" : isFolded ? "folded" : ""}
      style={{ "--left": `${left.size}px` }}
    >
      <MapPanel
        app={app}
        actions={actions}
        table={table}
        shown={tab === "map"}
        folded={isFolded}
        fold={() => {
          folded.value = !folded.value;
        }}
      />
      <HeadPanel app={app} actions={actions} table={table} shown={tab === "head"} width={width} />
      <Dock
        app={app}
        actions={actions}
        panel={panel}
        height={height}
        open={phone || (height ?? 0) > DOCK_CLOSED}
        shown={tab === "neurons" || tab === "edits"}
        onLoad={model ? () => void actions.runDraft() : null}
      />
      {!phone && !isFolded && (
        <Divider label="Width of the map" axis="x" span={left} set={(wide) => resize({ left: wide })} />
      )}
      {(height ?? 0) > DOCK_CLOSED && (
        <Divider
          label="Height of the dock"
          axis="y"
          span={dockSpan(dockSpace(app, size.value))}
          set={(tall) => resize({ dock: tall })}
        />
      )}
    </main>
  );
}

interface Size {
  readonly width: number;
  readonly height: number;
  readonly workbench: number;
}

function dockSpace(app: AppState, size: Size) {
  return { window: size, workbench: size.workbench, asked: app.sizes.value.dock };
}

function heightOfDock(app: AppState, size: Size): number {
  const hasContent = app.neurons.inRun.value || app.place.value.panel !== "neurons";
  return dockHeight({ ...dockSpace(app, size), hasContent, dock: app.place.value.dock });
}

const TABS: readonly (readonly [Tab, string])[] = [
  ["map", "Map"],
  ["head", "Head"],
  ["neurons", "Neurons"],
  ["edits", "Edits"],
];

function TabBar({ app }: { app: AppState }) {
  return (
    <nav class="tabbar" aria-label="Panels">
      {TABS.map(([tab, name]) => (
        <button
          type="button"
          key={tab}
          class={app.place.value.tab === tab ? "on" : ""}
          aria-current={app.place.value.tab === tab}
          onClick={() => app.settle({ tab })}
        >
          {name}
        </button>
      ))}
    </nav>
  );
}
