// The left column: the model map over Find heads. On a tablet it folds to a strip of layers.

import { useEffect, useRef } from "preact/hooks";
import { mostHeads } from "../../../trace/index.ts";
import { nameWithin } from "../../../views/map/said.ts";
import { ModelMap, type ModelMapProps } from "../../../views/map/view.ts";
import type { Actions } from "../../actions/actions.ts";
import { patchGrid } from "../../state/picture.ts";
import type { AppState } from "../../state/state.ts";
import { Collapse } from "../controls/icons.tsx";
import { Mount } from "../controls/mount.tsx";
import { Segments } from "../controls/segments.tsx";
import { inside } from "../inside.tsx";
import { FindHeads } from "./find-heads.tsx";

const PicturePanel = inside("PicturePanel");

interface MapPanelProps {
  readonly app: AppState;
  readonly actions: Actions;
  readonly table: boolean;
  readonly shown: boolean;
  readonly folded: boolean;
  readonly fold: () => void;
}

/** The left column, or its strip. */
export function MapPanel({ app, actions, table, shown, folded, fold }: MapPanelProps) {
  const [attention, selection] = [app.attention.value, app.selection.value];
  const grid = app.trace.value && patchGrid(app.trace.value);
  const panel = useRef<HTMLDivElement>(null);
  useEffect(() => revealSelected(panel.current), [attention, selection?.layer, selection?.focus]);
  if (folded && attention) return <LayerStrip app={app} layers={attention.layers} fold={fold} />;
  return (
    <div class={`panel left ${shown ? "show" : ""}`} ref={panel}>
      <div class="ph">
        <h2>
          Model map
          {attention && (
            <span class="c num">
              {" "}
              {attention.layers} layers × {mostHeads(attention)} heads
            </span>
          )}
        </h2>
        <span class="sp" />
        <Segments
          label="Order of the map"
          choices={[
            ["grid", "Layers"],
            ["score", "Score"],
          ]}
          value={app.place.value.sort}
          pick={(sort) => app.go({ sort })}
        />
        <button type="button" class="btn ghost small square fold" aria-label="Fold the map" onClick={fold}>
          <Collapse />
        </button>
      </div>
      {attention && <MapView app={app} table={table} />}
      {grid && <PicturePanel app={app} grid={grid} />}
      {attention && <FindHeads app={app} actions={actions} />}
    </div>
  );
}

/** The map follows what other views point at, and stays as it is while the matrix of a slider that moves comes first. */
function MapView({ app, table }: { app: AppState; table: boolean }) {
  const shown = useRef<ModelMapProps | null>(null);
  if (!app.behind.value || !shown.current)
    shown.current = { ...mapProps(app, table), hover: app.readings.hoverIn(app.readings.map.value!) };
  return <Mount view={ModelMap} props={shown.current} class="map" />;
}

/** Height of the map's head numbers, which stay while it scrolls. */
const LABELS = 18;

/** Scroll the map so that the selected cell is in sight; its ring may still be sliding there. */
function revealSelected(panel: HTMLElement | null): void {
  const map = panel?.querySelector(".hs-map-scroll");
  const ring = map?.querySelector<HTMLElement>(".hs-map-ring");
  if (!map || !ring?.style.transform) return;
  const top = new DOMMatrixReadOnly(ring.style.transform).m42;
  const lowest = top + ring.offsetHeight - map.clientHeight;
  if (top - LABELS < map.scrollTop) map.scrollTop = top - LABELS;
  else if (lowest > map.scrollTop) map.scrollTop = lowest;
}

/** Share of the window's height that the map of a small model may grow to. */
const ROOM = 0.36;

function mapProps(app: AppState, table: boolean): ModelMapProps {
  const score = app.scores.chosen.value;
  const reading = app.readings.map.value!;
  return {
    thumbnail: app.readings.thumbnails.value!,
    attention: reading.attention,
    selection: reading.selection,
    filter: app.filter.value!,
    theme: app.theme.value,
    table,
    room: ROOM * app.windowHeight.value,
    sort: app.place.value.sort === "score" ? "score" : "layers",
    scores: score?.values ?? null,
    scoreName: score ? nameWithin(score.name) : "",
    threshold: score?.threshold ?? 1,
    describe: app.describe,
    onSelect: app.readings.onMapSelect,
    onHover: app.onHover,
    edited: app.edited.value,
    unmatched: reading.selection === app.selection.value ? app.comparison.unmatched.value : null,
    onOpenMatrix: app.onOpenMatrix,
  };
}

function LayerStrip({ app, layers, fold }: { app: AppState; layers: number; fold: () => void }) {
  const selection = app.selection.value!;
  return (
    <div class="panel left strip">
      <button type="button" class="btn ghost small square" aria-label="Unfold the map" onClick={fold}>
        <Collapse />
      </button>
      {Array.from({ length: layers }, (_, layer) => (
        <button
          type="button"
          key={layer}
          class={`btn ghost small num ${layer === selection.layer ? "on" : ""}`}
          aria-label={`Layer ${layer}`}
          onClick={() => app.select({ ...selection, layer })}
        >
          {layer}
        </button>
      ))}
    </div>
  );
}
