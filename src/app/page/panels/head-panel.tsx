// The head view's panel: which layer and heads, as lines, as a matrix, or both beside each other.

import { HeadBar } from "../../../views/bar/view.ts";
import { HeadViews } from "../../../views/head/beside.ts";
import type { CommonProps } from "../../../views/index.ts";
import { type MatrixProps, MatrixView } from "../../../views/matrix/view.ts";
import type { Actions } from "../../actions/actions.ts";
import type { HeadMode } from "../../state/place.ts";
import type { AppState } from "../../state/state.ts";
import { CompareButton } from "../controls/compare-button.tsx";
import { CornersIcon, RowsIcon } from "../controls/icons.tsx";
import { Mount } from "../controls/mount.tsx";
import { Segments } from "../controls/segments.tsx";
import { inside } from "../inside.tsx";

const [CompareBar, SideBySide] = [inside("CompareBar"), inside("SideBySide")];

interface HeadPanelProps {
  readonly app: AppState;
  readonly actions: Actions;
  readonly table: boolean;
  readonly shown: boolean;
  readonly width: "phone" | "tablet" | "desk" | "wide";
}

const MODES: readonly (readonly [HeadMode, string])[] = [
  ["lines", "Lines"],
  ["both", "Both"],
  ["matrix", "Matrix"],
];

/** Narrow windows have room for one at a time. */
function modeFor(mode: HeadMode, width: HeadPanelProps["width"]): HeadMode {
  if (width === "phone") return "lines";
  return width === "tablet" && mode === "both" ? "lines" : mode;
}

/** Head bar and head view. */
export function HeadPanel({ app, actions, table, shown, width }: HeadPanelProps) {
  const shows = app.selection.value !== null;
  // Lines are the numbers of the matrix: as a table both are one.
  const mode = table ? "matrix" : modeFor(app.mode.value, width);
  const modes = width === "tablet" ? MODES.filter(([name]) => name !== "both") : MODES;
  return (
    <div class={`panel head ${shown ? "show" : ""}`}>
      <div class="ph">
        {shows ? <Mount view={HeadBar} props={barProps(app)} class="headbar" /> : <span class="sp" />}
        {shows && mode !== "matrix" && <Turn app={app} />}
        {width === "phone" ? (
          shows && <CompareButton app={app} actions={actions} />
        ) : (
          <>
            <Alone app={app} />
            <Segments label="Head view" choices={modes} value={mode} pick={(view) => app.go({ view })} />
          </>
        )}
      </div>
      {shows && app.comparison.counterpart.value && <CompareBar app={app} above={width === "phone"} />}
      {!shows ? (
        <Nothing app={app} />
      ) : app.comparison.counterpart.value && app.place.value.compare === "side" ? (
        <SideBySide app={app} counterpart={app.comparison.counterpart.value} mode={mode} table={table} />
      ) : (
        <Views app={app} mode={mode} table={table} />
      )}
    </div>
  );
}

/** Turns the lines: words in two columns, or in two rows. */
function Turn({ app }: { app: AppState }) {
  const lying = app.place.value.orientation === "horizontal";
  return (
    <div class="seg turn">
      <button
        type="button"
        class={lying ? "on" : ""}
        aria-pressed={lying}
        aria-label="Words in rows"
        title="Words in rows, as right-to-left, Chinese, Japanese and Korean texts are read (W)"
        onClick={() => app.turn()}
      >
        <RowsIcon />
      </button>
    </div>
  );
}

/** Gives the head view the place of the other panels, and takes it back. */
function Alone({ app }: { app: AppState }) {
  const alone = app.alone.value;
  return (
    <button
      type="button"
      class="btn icon small"
      aria-label="Head view alone"
      title={alone ? "Show all panels (F)" : "Head view alone (F)"}
      aria-pressed={alone}
      onClick={() => {
        app.alone.value = !alone;
      }}
    >
      <CornersIcon />
    </button>
  );
}

function barProps(app: AppState) {
  return {
    attention: app.attention.value!,
    selection: app.selection.value!,
    theme: app.theme.value,
    onSelect: app.onSelect,
    edited: app.edited.value,
    layers: app.layers.value,
    onLayers: app.onLayers,
  };
}

function Views({ app, mode, table }: { app: AppState; mode: HeadMode; table: boolean }) {
  const reading = app.readings.shown.value!;
  // Edits are of heads and tokens, not of averages and words.
  const tokens = reading.selection === app.selection.value;
  const common: CommonProps = {
    attention: reading.attention,
    selection: reading.selection,
    filter: app.filter.value!,
    theme: app.theme.value,
    onSelect: app.readings.onSelect,
    onHover: app.readings.onHover,
    edited: tokens ? app.edited.value : null,
    unmatched: tokens ? app.comparison.unmatched.value : null,
  };
  return (
    <div class="hbody-size">
      <div class={`hbody ${mode}`}>
        {mode !== "matrix" && <Lines app={app} common={common} />}
        {mode !== "lines" && <Matrix app={app} props={{ ...common, full: mode === "matrix", table }} />}
      </div>
    </div>
  );
}

/** Lines and matrix follow what other views point at. */
function Lines({ app, common }: { app: AppState; common: CommonProps }) {
  return (
    <Mount
      view={HeadViews}
      props={{
        ...common,
        layers: app.layers.value,
        orientation: app.place.value.orientation,
        hover: app.readings.hoverIn(app.readings.shown.value!),
      }}
      class="lines-view"
    />
  );
}

function Matrix({ app, props }: { app: AppState; props: MatrixProps }) {
  const reading = app.readings.shown.value!;
  return (
    <Mount
      view={MatrixView}
      props={{
        ...props,
        hover: app.readings.hoverIn(reading),
        colors: app.place.value.colors,
        to: app.regions.to.value,
        onRegion: app.regions.onReadRegion,
        onContext: reading.selection === app.selection.value ? app.onContext : noMenu,
      }}
      class="matrix-view"
    />
  );
}

function noMenu(): void {}

function Nothing({ app }: { app: AppState }) {
  const { opening, notice } = app;
  if (opening.value === "" || notice.value) return <div class="nothing" />;
  return (
    <div class="nothing">
      <p class="muted" dir="auto">
        {opening.value === null
          ? "Choose a model above, or drop a checkpoint folder or a recorded run here."
          : `Opening ${opening.value}. Its first picture comes here.`}
      </p>
    </div>
  );
}
