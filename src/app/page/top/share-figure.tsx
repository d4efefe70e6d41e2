// A figure of what is on screen: which view, how wide, in which looks; a preview; files to save and numbers to copy.

import { useComputed, useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
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

/** The part of the share popover that makes figures. */
export function ShareFigure({ app, tell }: { app: AppState; tell: (said: string) => void }) {
  const root = useRef<HTMLDivElement>(null);
  const view = useSignal<FigureView>("head");
  const width = useSignal<(typeof WIDTHS)[number][0]>("85");
  const look = useSignal<(typeof LOOKS)[number][0]>(app.theme.value);
  const caption = useSignal(true);
  const views = viewsAtHand(app);
  const chosen = views.includes(view.value) ? view.value : views[0]!;
  const paper = useComputed<Paper>(() => ({
    width: Number(width.value) * MM,
    fontSize: 8,
    theme: look.value === "dark" ? "dark" : "light",
    transparent: look.value === "clear",
    dpi: 300,
    paths: false,
    title: `${app.modelName.value} ${VIEW_NAMES[chosen]}`,
  }));
  const shown = previewOf(app, chosen, paper.value, caption.value, root.current ?? document.body);
  const save = async (kind: FigureFile): Promise<void> => {
    const request = figureRequest(app, chosen, caption.value);
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
    const request = figureRequest(app, chosen, caption.value);
    if (!request) return;
    try {
      await navigator.clipboard.writeText(numbersText(request));
      tell("Numbers copied, separated by tabs.");
    } catch (error) {
      tell((error as Error).message);
    }
  };
  return (
    <div class="share-figure" ref={root}>
      <Segments
        label="View"
        choices={views.map((name) => [name, VIEW_NAMES[name]] as const)}
        value={chosen}
        pick={(name) => {
          view.value = name;
        }}
      />
      <div class={`preview ${look.value}`}>
        {typeof shown === "string" ? (
          <p class="muted small">{shown}</p>
        ) : (
          <img src={shown.url} alt={`Preview of the figure: ${VIEW_NAMES[chosen]}`} />
        )}
      </div>
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
      <label class="check small">
        <input
          type="checkbox"
          checked={caption.value}
          onChange={(event) => {
            caption.value = event.currentTarget.checked;
          }}
        />
        Caption with model, text and head
      </label>
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

/** The preview, or why there is none. */
function previewOf(app: AppState, view: FigureView, paper: Paper, caption: boolean, near: Element) {
  const request = figureRequest(app, view, caption);
  if (!request) return "There is no run to draw.";
  try {
    return preview(request, paper, near);
  } catch (error) {
    return (error as Error).message;
  }
}
