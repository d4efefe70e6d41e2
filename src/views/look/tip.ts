// The small panel that says what is under the pointer, kept inside its parent.

import { addTo } from "./dom.ts";
import { ensureStyle } from "./style.ts";

/** What a tip says. */
export interface TipContent {
  readonly title: string;
  readonly detail: string;
  readonly rows: readonly (readonly [string, string])[];
  readonly note: string;
}

const TIP_STYLE = `
.hs-tip{position:absolute;z-index:10;box-sizing:border-box;max-width:calc(100% - 8px);min-width:160px;padding:10px 14px;border:1px solid var(--line-2);border-radius:10px;background:var(--surface);color:var(--text);box-shadow:0 8px 28px rgb(0 0 0/.16);pointer-events:none;font:450 12px/16px var(--sans);font-variant-numeric:tabular-nums}
.hs-tip[hidden]{display:none}
.hs-tip strong{font-weight:620;font-size:13px;line-height:20px}
.hs-tip strong+span{color:var(--text-3);margin-left:6px}
.hs-tip dl{display:grid;grid-template-columns:1fr auto;gap:2px 20px;margin:2px 0 0}
.hs-tip dt{color:var(--text-2)}
.hs-tip dd{margin:0;text-align:right;color:var(--text)}
.hs-tip p{margin:6px 0 0;color:var(--text-3)}
`;

/** Distance of the panel from the pointer. */
const AWAY = 14;

export class Tip {
  readonly #parent: HTMLElement;
  readonly #element: HTMLElement;
  /** Escape puts the tip away, and is used up by that: what is under it stays as it is. */
  readonly #typed = (event: KeyboardEvent): void => {
    const shown = this.#element.isConnected;
    if (event.key !== "Escape" && shown) return;
    if (shown) event.preventDefault();
    this.hide();
  };

  /** `parent` must be positioned; it also gives the colours. */
  constructor(parent: HTMLElement) {
    ensureStyle(parent, "tip", TIP_STYLE);
    this.#parent = parent;
    this.#element = addTo(parent, "div", "hs-tip");
    this.#element.setAttribute("role", "tooltip");
    this.#element.hidden = true;
  }

  hide(): void {
    this.#element.hidden = true;
    this.#parent.ownerDocument.removeEventListener("keydown", this.#typed, true);
  }

  /** Show `tip` beside the point (x, y) of the parent, on the side where it fits. */
  show(tip: TipContent, x: number, y: number): void {
    this.#element.replaceChildren();
    addTo(this.#element, "strong", "", tip.title).dir = "auto";
    addTo(this.#element, "span", "", tip.detail);
    const list = addTo(this.#element, "dl");
    for (const [name, value] of tip.rows) {
      addTo(list, "dt", "", name);
      addTo(list, "dd", "", value);
    }
    if (tip.note !== "") addTo(this.#element, "p", "", tip.note);
    this.#element.hidden = false;
    this.#parent.ownerDocument.addEventListener("keydown", this.#typed, true);
    this.move(x, y);
  }

  /** Put what is shown beside another point. */
  move(x: number, y: number): void {
    if (this.#element.hidden) return;
    const { offsetWidth: width, offsetHeight: height } = this.#element;
    const { clientWidth, clientHeight, scrollTop } = this.#parent;
    const fits = x + AWAY + width <= clientWidth;
    const lowest = scrollTop + clientHeight - height - 4;
    this.#element.style.left = `${fits ? x + AWAY : Math.max(4, x - AWAY - width)}px`;
    this.#element.style.top = `${Math.max(scrollTop + 4, Math.min(y + AWAY, lowest))}px`;
  }
}
