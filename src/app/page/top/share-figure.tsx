// A figure of what is on screen: which view, how wide, in which looks; a preview; files to save and numbers to copy.

import { type Signal, useComputed, useSignal } from "@preact/signals";
import type { FigureView } from "../../../export/figure.ts";
import type { FigureFile, Paper } from "../../../export/files.ts";
import {
  download,
  figureFile,
  figureRequest,
  fileName,
  numbersText,
  preview,
  VIEW_NAMES,
  viewsAtHand,
} from "../../actions/figures.ts";
import type { Drawn } from "../../actions/recipes.ts";
import type { AppState } from "../../state/state.ts";
import { Segments } from "../controls/segments.tsx";

const MM = 72 / 25.4;
const WIDTHS = [
  ["85", "85 mm"],
  ["170", "170 mm"],
] as const;
const LOOKS = [
  ["light", "Light"],
  ["dark", "Dark"],
  ["clear", "Transparent"],
] as const;
const KINDS: readonly (readonly [FigureFile, string])[] = [
  ["svg", "SVG"],
  ["png", "PNG"],
  ["pdf", "PDF"],
  ["csv", "CSV"],
];

/** What figure the reader chose. */
export interface FigureChoice {
  readonly view: Signal<FigureView>;
  readonly width: Signal<(typeof WIDTHS)[number][0]>;
  readonly look: Signal<(typeof LOOKS)[number][0]>;
  readonly caption: Signal<boolean>;
  readonly bar: Signal<boolean>;
}

/** What figure is chosen while the popover is open. */
export function useFigureChoice(app: AppState): FigureChoice {
  return {
    view: useSignal<FigureView>("head"),
    width: useSignal<(typeof WIDTHS)[number][0]>("85"),
    look: useSignal<(typeof LOOKS)[number][0]>(app.theme.value),
    caption: useSignal(true),
    bar: useSignal(false),
  };
}

/** The view that is drawn: the chosen one, where it has something to show. */
function viewOf(app: AppState, { view }: FigureChoice): FigureView {
  const views = viewsAtHand(app);
  return views.includes(view.value) ? view.value : views[0]!;
}

/** The figure as recipes write it down. */
export function drawnOf(app: AppState, figure: FigureChoice): Drawn {
  const look = figure.look.value;
  return {
    view: viewOf(app, figure),
    width: `${figure.width.value}mm`,
    theme: look === "dark" ? "dark" : "light",
    transparent: look === "clear",
    caption: figure.caption.value,
    bar: figure.bar.value,
  };
}

interface Props {
  readonly app: AppState;
  readonly figure: FigureChoice;
  readonly tell: (said: string) => void;
}

/** The part of the share popover that makes figures. */
export function ShareFigure({ app, figure, tell }: Props) {
  const { view, width, look, caption, bar } = figure;
  const around = { caption: caption.value, bar: bar.value };
  const views = viewsAtHand(app);
  const chosen = viewOf(app, figure);
  const paper = useComputed<Paper>(() => ({
    width: Number(width.value) * MM,
    fontSize: 8,
    theme: look.value === "dark" ? "dark" : "light",
    transparent: look.value === "clear",
    dpi: 300,
    paths: false,
    title: `${app.modelName.value} ${VIEW_NAMES[chosen]}`,
  }));
  const shown = previewOf(app, chosen, paper.value, around);
  const save = async (kind: FigureFile): Promise<void> => {
    const request = figureRequest(app, chosen, around);
    if (!request) return;
    tell(`Writing ${kind.toUpperCase()} …`);
    try {
      const { blob, notes } = await figureFile(request, kind, paper.value);
      download(blob, fileName(app, chosen, kind));
      // What the preview leaves out stands below it already.
      tell(notes.filter((note) => typeof shown === "string" || !shown.notes.includes(note)).join(" "));
    } catch (error) {
      tell((error as Error).message);
    }
  };
  const copy = async (): Promise<void> => {
    const request = figureRequest(app, chosen, around);
    if (!request) return;
    try {
      await navigator.clipboard.writeText(numbersText(request));
      tell("Numbers copied, separated by tabs.");
    } catch (error) {
      tell((error as Error).message);
    }
  };
  return (
    <div class="share-figure">
      <Segments
        label="View"
        choices={views.map((name) => [name, VIEW_NAMES[name]] as const)}
        value={chosen}
        pick={(name) => {
          view.value = name;
        }}
      />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is scrolled by keyboard, too */}
      <section class={`preview ${look.value}`} aria-label="Preview" tabIndex={0}>
        {typeof shown === "string" ? (
          <p class="muted small">{shown}</p>
        ) : (
          <img src={shown.url} alt={`Preview of the figure: ${VIEW_NAMES[chosen]}`} />
        )}
      </section>
      <div class="row">
        <Segments
          label="Width"
          choices={WIDTHS}
          value={width.value}
          pick={(value) => {
            width.value = value;
          }}
        />
        <Segments
          label="Looks"
          choices={LOOKS}
          value={look.value}
          pick={(value) => {
            look.value = value;
          }}
        />
      </div>
      <Check label="Caption with model, text and head" on={caption} />
      <Check label="Layer and squares of the heads" on={bar} />
      <div class="row kinds">
        {KINDS.map(([kind, name]) => (
          <button
            type="button"
            key={kind}
            class="btn small"
            disabled={typeof shown === "string"}
            onClick={() => void save(kind)}
          >
            {name}
          </button>
        ))}
        <button
          type="button"
          class="btn small ghost"
          disabled={typeof shown === "string"}
          onClick={() => void copy()}
        >
          Copy numbers
        </button>
      </div>
      {typeof shown !== "string" && shown.notes.length > 0 && (
        <p class="hint small muted">{shown.notes.join(" ")}</p>
      )}
    </div>
  );
}

function Check({ label, on }: { label: string; on: Signal<boolean> }) {
  return (
    <label class="check small">
      <input
        type="checkbox"
        checked={on.value}
        onChange={(event) => {
          on.value = event.currentTarget.checked;
        }}
      />
      {label}
    </label>
  );
}

/** The preview, or why there is none. */
function previewOf(
  app: AppState,
  view: FigureView,
  paper: Paper,
  around: Parameters<typeof figureRequest>[2],
) {
  const request = figureRequest(app, view, around);
  if (!request) return "There is no run to draw.";
  try {
    return preview(request, paper);
  } catch (error) {
    return (error as Error).message;
  }
}
