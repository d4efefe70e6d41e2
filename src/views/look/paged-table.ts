// A real table of a matrix, for people who read numbers or use a screen reader: words as headers, a page at a time.

import { addTo, elementFor } from "./dom.ts";
import { ensureStyle } from "./style.ts";

/** What the table shows; texts are asked for as they are needed. */
export interface TableSource {
  readonly caption: string;
  readonly rows: number;
  readonly columns: number;
  readonly rowHeader: (row: number) => string;
  readonly columnHeader: (column: number) => string;
  readonly cell: (row: number, column: number) => string;
  /** What a cell does when it is pressed, if anything. */
  readonly onPress?: (row: number, column: number) => void;
}

/** Rows and columns on a page. */
export const PAGE = 50;

const CSS = `
.hs-table{font:450 12px/16px var(--sans);color:var(--text)}
.hs-table-scroll{overflow:auto;max-height:70vh}
.hs-table table{border-collapse:separate;border-spacing:0;font-variant-numeric:tabular-nums}
.hs-table caption{text-align:left;font:620 13px/20px var(--sans);padding:0 0 8px}
.hs-table th{font-weight:560;color:var(--text-2);background:var(--surface);position:sticky;z-index:1;white-space:nowrap}
.hs-table thead th{top:0;text-align:right}
.hs-table tbody th{left:0;text-align:right}
.hs-table th,.hs-table td{padding:2px 6px;border-bottom:1px solid var(--line);text-align:right}
.hs-table td button{all:unset;cursor:pointer;border-radius:4px;box-sizing:border-box;display:inline-flex;align-items:center;justify-content:flex-end;min-width:24px;min-height:24px;padding:0 2px}
.hs-table td button:hover{background:var(--surface-3)}
.hs-table :focus-visible{outline:2px solid var(--focus);outline-offset:1px}
.hs-table-pages{display:flex;gap:8px;align-items:center;padding:8px 0;color:var(--text-3)}
.hs-table-pages button{font:500 12px/16px var(--sans);height:24px;padding:0 8px;border:1px solid var(--line-3);border-radius:6px;background:var(--surface);color:var(--text);cursor:pointer}
.hs-table-pages button:disabled{color:var(--text-3);border-color:var(--line);cursor:default}`;

/** A table with pages of 50 rows and 50 columns. */
export class PagedTable {
  readonly element: HTMLElement;
  #source: TableSource;
  #row = 0;
  #column = 0;

  constructor(target: HTMLElement, source: TableSource) {
    ensureStyle(target, "table", CSS);
    this.#source = source;
    this.element = addTo(target, "div", "hs-table");
    this.#draw();
  }

  /** Show other numbers, on the same page where it still exists. */
  update(source: TableSource): void {
    this.#source = source;
    this.#row = lastPage(this.#row, source.rows);
    this.#column = lastPage(this.#column, source.columns);
    this.#draw();
  }

  destroy(): void {
    this.element.remove();
  }

  #draw(): void {
    const scroll = elementFor(this.element, "div", "hs-table-scroll");
    scroll.tabIndex = 0;
    scroll.setAttribute("role", "region");
    scroll.setAttribute("aria-label", this.#source.caption);
    scroll.append(this.#table());
    this.element.replaceChildren(scroll, ...this.#pager("row"), ...this.#pager("column"));
  }

  #table(): HTMLTableElement {
    const { caption, rows, columns, rowHeader, columnHeader } = this.#source;
    const table = this.#make("table", "");
    table.createCaption().textContent = caption;
    const head = table.createTHead().insertRow();
    head.append(this.#make("td", ""));
    const lastColumn = Math.min(columns, this.#column + PAGE);
    for (let j = this.#column; j < lastColumn; j++) head.append(this.#header("col", columnHeader(j)));
    const body = table.createTBody();
    for (let i = this.#row; i < Math.min(rows, this.#row + PAGE); i++) {
      const line = body.insertRow();
      line.append(this.#header("row", rowHeader(i)));
      for (let j = this.#column; j < lastColumn; j++) line.append(this.#cell(i, j));
    }
    return table;
  }

  #cell(row: number, column: number): HTMLElement {
    const { cell, onPress } = this.#source;
    if (!onPress) return this.#make("td", cell(row, column));
    const button = this.#make("button", cell(row, column));
    button.addEventListener("click", () => onPress(row, column));
    const holder = this.#make("td", "");
    holder.append(button);
    return holder;
  }

  #header(scope: "row" | "col", text: string): HTMLElement {
    const header = this.#make("th", text);
    header.setAttribute("scope", scope);
    header.dir = "auto";
    return header;
  }

  #pager(axis: "row" | "column"): HTMLElement[] {
    const total = axis === "row" ? this.#source.rows : this.#source.columns;
    if (total <= PAGE) return [];
    const first = axis === "row" ? this.#row : this.#column;
    const pager = elementFor(this.element, "nav", "hs-table-pages");
    pager.setAttribute("aria-label", `Pages of ${axis}s`);
    const last = Math.min(total, first + PAGE);
    pager.append(
      this.#button("Previous", first > 0, () => this.#go(axis, first - PAGE)),
      this.#button("Next", last < total, () => this.#go(axis, first + PAGE)),
      this.#make("span", `${axis}s ${first} to ${last - 1} of ${total}`),
    );
    return [pager];
  }

  #button(text: string, enabled: boolean, press: () => void): HTMLButtonElement {
    const button = this.#make("button", text);
    button.type = "button";
    button.disabled = !enabled;
    button.addEventListener("click", press);
    return button;
  }

  #go(axis: "row" | "column", first: number): void {
    if (axis === "row") this.#row = first;
    else this.#column = first;
    this.#draw();
  }

  #make<Tag extends keyof HTMLElementTagNameMap>(tag: Tag, text: string): HTMLElementTagNameMap[Tag] {
    return elementFor(this.element, tag, "", text);
  }
}

/** A table that a view shows in place of its picture, or not. */
export class TableSwitch {
  readonly #target: HTMLElement;
  #table: PagedTable | null = null;

  constructor(target: HTMLElement) {
    this.#target = target;
  }

  /** Show this table, or none. */
  show(source: TableSource | null): void {
    if (!source) {
      this.#table?.destroy();
      this.#table = null;
    } else if (this.#table) this.#table.update(source);
    else this.#table = new PagedTable(this.#target, source);
  }
}

function lastPage(first: number, total: number): number {
  return first < total ? first : Math.max(0, Math.floor((total - 1) / PAGE) * PAGE);
}
