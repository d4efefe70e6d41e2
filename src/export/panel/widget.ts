// The panel as a live widget of a notebook (anywidget): the kernel holds the trace and sends it when asked,
// and the selection goes both ways.

import { scoreTables } from "../../analysis/score-tables.ts";
import { readTrace } from "../../trace/file.ts";
import { type BlockName, TraceError } from "../../trace/types.ts";
import type { ThemeName } from "../../views/look/theme.ts";
import type { Selection } from "../../views/view.ts";
import { said } from "./page.ts";
import { Panel } from "./panel.ts";
import type { PanelView } from "./state.ts";

/** The part of anywidget's model that is used; see anywidget.dev, "AFM". */
export interface WidgetModel {
  get(name: string): unknown;
  set(name: string, value: unknown): void;
  save_changes(): void;
  send(message: unknown): void;
  on(event: string, call: (...args: never[]) => void): void;
  off(event: string, call: (...args: never[]) => void): void;
}

interface Answer {
  readonly ticket?: string;
  readonly error?: string;
}

/** Milliseconds to wait for a kernel. */
const PATIENCE = 15_000;
const SILENCE = "The kernel that holds this recording does not answer. Run the cell again.";

/** Draws the widget; the returned function takes it away. */
export function render({ model, el }: { model: WidgetModel; el: HTMLElement }): () => void {
  const host = el.appendChild(el.ownerDocument.createElement("div"));
  // JupyterLab takes letters for itself (j, b, x) unless an element says so.
  host.dataset.lmSuppressShortcuts = "true";
  host.style.cssText = "all: initial; display: block; contain: content";
  const place = host.attachShadow({ mode: "open" }).appendChild(el.ownerDocument.createElement("div"));
  place.textContent = "Loading the recording.";
  let shown: Shown | null = null;
  let gone = false;
  const resize = (): void => {
    place.style.height = `${Number(model.get("height")) || 520}px`;
  };
  resize();
  model.on("change:height", resize);
  askFor(model)
    .then((bytes) => {
      place.textContent = "";
      if (!gone) shown = new Shown(model, el, place, bytes);
    })
    .catch((error) => {
      place.textContent = said(error);
    });
  return () => {
    gone = true;
    shown?.destroy();
    model.off("change:height", resize);
    host.remove();
  };
}

/** The bytes of the trace, by message: a large trait is slow and can break the reopening of a notebook. */
function askFor(model: WidgetModel): Promise<Uint8Array> {
  const ticket = `${Date.now()}-${Math.random()}`;
  return new Promise((resolve, reject) => {
    const answer = (message: Answer, buffers: readonly (DataView | ArrayBuffer)[]): void => {
      if (message?.ticket !== ticket) return;
      end();
      const [data] = buffers;
      if (message.error || !data) reject(new TraceError(message.error ?? SILENCE));
      else resolve(data instanceof ArrayBuffer ? new Uint8Array(data) : bytesOf(data));
    };
    const timer = setTimeout(() => {
      end();
      reject(new TraceError(SILENCE));
    }, PATIENCE);
    const end = (): void => {
      clearTimeout(timer);
      model.off("msg:custom", answer);
    };
    model.on("msg:custom", answer);
    model.send({ want: "trace", ticket });
  });
}

function bytesOf(data: DataView): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** A panel that is linked to the traits of its model. */
class Shown {
  readonly #panel: Panel;
  readonly #trace: ReturnType<typeof readTrace>;
  readonly #stop: () => void;
  readonly #changed = (): void => this.#take();
  readonly #asked = (message: { want?: string; ticket?: string; block?: BlockName }): void =>
    this.#answer(message);

  constructor(
    readonly model: WidgetModel,
    el: HTMLElement,
    place: HTMLElement,
    bytes: Uint8Array,
  ) {
    this.#trace = readTrace(bytes);
    const onSelect = (selection: Selection): void => this.#tell(selection);
    const panel = new Panel(place, {
      trace: this.#trace,
      state: this.#state(),
      theme: themeAround(el),
      onSelect,
    });
    this.#panel = panel;
    this.#tell(panel.selection);
    model.on("change:selection", this.#changed);
    model.on("change:view", this.#changed);
    model.on("msg:custom", this.#asked);
    this.#stop = followTheme(el, (theme) => panel.update({ theme }));
  }

  destroy(): void {
    this.#stop();
    this.model.off("change:selection", this.#changed);
    this.model.off("change:view", this.#changed);
    this.model.off("msg:custom", this.#asked);
    this.#panel.destroy();
  }

  #state(): { view: PanelView; selection: Partial<Selection>; leftOut: boolean } {
    const selection = (this.model.get("selection") ?? {}) as Partial<Selection>;
    return {
      view: this.model.get("view") as PanelView,
      selection,
      leftOut: this.model.get("left_out") === true,
    };
  }

  #take(): void {
    this.#panel.update({ state: this.#state() });
    this.#tell(this.#panel.selection);
  }

  #tell(selection: Selection): void {
    if (JSON.stringify(selection) === JSON.stringify(this.model.get("selection"))) return;
    this.model.set("selection", selection);
    this.model.save_changes();
  }

  /** Scores are worked out here: their definitions exist once, in TypeScript. */
  #answer({ want, ticket, block }: { want?: string; ticket?: string; block?: BlockName }): void {
    if (want !== "scores" || !block) return;
    const tables = scoreTables(this.#trace, block).map((table) => ({ ...table, values: [...table.values] }));
    this.model.send({ scores: tables, ticket });
  }
}

/** The theme of the notebook around an element: JupyterLab says it on its body, VS Code too; else the reader's. */
export function themeAround(el: HTMLElement): ThemeName {
  const body = el.ownerDocument.body;
  const lab = body.dataset.jpThemeLight;
  if (lab !== undefined) return lab === "false" ? "dark" : "light";
  const code = body.dataset.vscodeThemeKind;
  if (code !== undefined) return code.includes("dark") ? "dark" : "light";
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

function followTheme(el: HTMLElement, set: (theme: ThemeName) => void): () => void {
  const observer = new MutationObserver(() => set(themeAround(el)));
  const attributeFilter = ["data-jp-theme-light", "data-vscode-theme-kind", "class"];
  observer.observe(el.ownerDocument.body, { attributes: true, attributeFilter });
  return () => observer.disconnect();
}
