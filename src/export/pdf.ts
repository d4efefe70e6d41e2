// Prints a scene as a one-page vector PDF: text stays text, its fonts are embedded, cells are boxes.

import PDFDocument from "pdfkit";
import { joinBytes } from "../tensor/index.ts";
import { FROM_RIGHT } from "../views/read/writing.ts";
import { gatherHairlines, HANDLE, SWAP_AXES, shorten } from "../views/scene/canvas.ts";
import {
  type Group,
  hexOf,
  type Lines,
  type Mark,
  type Outlines,
  type Polylines,
  type Raster,
  type Rects,
  type Scene,
  type TextItem,
  UNDERLINE,
} from "../views/scene/scene.ts";
import { TO_BASE } from "../views/scene/svg.ts";
import type { FontSet } from "./fonts.ts";

/** How a page is made. */
export interface PdfOptions {
  readonly fonts: FontSet;
  /** Width of the page in points, 1/72 inch. */
  readonly points: number;
  /** Colour behind everything; nothing where null. */
  readonly background: string | null;
  readonly title?: string;
  /** When the file says it was made; a fixed day where left out, so that equal figures are equal files. */
  readonly date?: Date;
}

/** Letters that are not drawn in the order in which they are read, or not alone: readers are told how a text is spelled. */
const SHAPED = /[\p{M}\p{Script=Thai}\p{Script=Lao}]/u;

/** Lines from the right are left to readers, which turn them themselves, and a spelling with them. */
function isShaped(text: string): boolean {
  return SHAPED.test(text) && !FROM_RIGHT.test(text);
}

/** No font to begin with: the standard ones are files that only Node has. */
const NO_FONT = "";

/** The PDF file of a scene. */
export function printPdf(scene: Scene, options: PdfOptions): Promise<Uint8Array> {
  const { points, fonts, background, title = "", date = new Date(0) } = options;
  const scale = points / scene.width;
  const info = {
    Title: title,
    Creator: "headscope",
    Producer: "headscope",
    CreationDate: date,
    ModDate: date,
  };
  const doc = new PDFDocument({ size: [points, scene.height * scale], margin: 0, info, font: NO_FONT });
  const done = collect(doc);
  doc.scale(scale);
  if (background) doc.rect(0, 0, scene.width, scene.height).fill(inkOf(background));
  const printer = new PdfPrinter(doc, fonts);
  for (const mark of scene.marks) printer.mark(mark, 1);
  doc.end();
  return done;
}

function collect(doc: PDFKit.PDFDocument): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  return new Promise((resolve, reject) => {
    doc.on("data", (part: Uint8Array) => parts.push(part));
    doc.on("error", reject);
    doc.on("end", () => resolve(joinBytes(parts)));
  });
}

/** A colour as pdfkit reads it, "#rrggbb" or three numbers to 255: of another spelling it draws in the colour before. */
function inkOf(color: string): PDFKit.Mixins.ColorValue {
  if (/^#[0-9a-f]{6}$/i.test(color)) return color as `#${string}`;
  const [, ...parts] = /^rgb\((\d+),(\d+),(\d+)\)$/.exec(color) ?? [];
  if (parts.length === 0) throw new TypeError(`A PDF has no colour "${color}".`);
  return parts.map(Number) as [number, number, number];
}

class PdfPrinter {
  readonly #doc: PDFKit.PDFDocument;
  readonly #fonts: FontSet;
  readonly #known = new Set<string>();

  constructor(doc: PDFKit.PDFDocument, fonts: FontSet) {
    this.#doc = doc;
    this.#fonts = fonts;
  }

  /** `opacity` is that of the groups around. */
  mark(mark: Mark, opacity: number): void {
    if (mark.kind === "rects") this.#rects(mark, opacity);
    else if (mark.kind === "outlines") this.#outlines(mark, opacity);
    else if (mark.kind === "lines") this.#lines(mark, opacity);
    else if (mark.kind === "polylines") this.#polylines(mark, opacity);
    else if (mark.kind === "rasters") for (const item of mark.items) this.#raster(item, opacity);
    else if (mark.kind === "group") this.#group(mark, opacity);
    else for (const item of mark.items) this.#text(item, opacity);
  }

  #group({ marks, x = 0, y = 0, clip, opacity: own = 1 }: Group, opacity: number): void {
    this.#doc.save();
    this.#doc.translate(x, y);
    if (clip) this.#doc.rect(...clip).clip();
    for (const mark of marks) this.mark(mark, opacity * own);
    this.#doc.restore();
  }

  #rects({ boxes, fill, opacity: own = 1, radius = 0 }: Rects, opacity: number): void {
    for (let i = 0; i < boxes.length; i += 4) {
      const alpha = typeof own === "number" ? own : own[i / 4]!;
      this.#doc.fillOpacity(opacity * alpha);
      const [x, y, width, height] = [boxes[i]!, boxes[i + 1]!, boxes[i + 2]!, boxes[i + 3]!];
      if (radius > 0) this.#doc.roundedRect(x, y, width, height, radius);
      else this.#doc.rect(x, y, width, height);
      this.#doc.fill(inkOf(typeof fill === "string" ? fill : fill[i / 4]!));
    }
  }

  #outlines({ boxes, stroke, width, radius = 0 }: Outlines, opacity: number): void {
    this.#doc.strokeOpacity(opacity).lineWidth(width);
    for (let i = 0; i < boxes.length; i += 4) {
      this.#doc.roundedRect(boxes[i]!, boxes[i + 1]!, boxes[i + 2]!, boxes[i + 3]!, radius);
      this.#doc.stroke(inkOf(typeof stroke === "string" ? stroke : stroke[i / 4]!));
    }
  }

  #lines(mark: Lines, opacity: number): void {
    this.#doc.save();
    if (mark.axis === "y") this.#doc.transform(...SWAP_AXES);
    if (mark.curved) this.#curves(mark, opacity);
    else this.#hairlines(mark, opacity);
    this.#doc.restore();
  }

  #hairlines(mark: Lines, opacity: number): void {
    const { from, to, left, right } = mark;
    for (const { color, opacity: own, width, lines } of gatherHairlines(mark, 0, mark.count)) {
      for (const i of lines) this.#doc.moveTo(from, left[i]!).lineTo(to, right[i]!);
      this.#doc
        .lineWidth(width)
        .strokeOpacity(opacity * own)
        .stroke(inkOf(color));
    }
  }

  #curves(mark: Lines, opacity: number): void {
    const { from, to, left, right, palette } = mark;
    const bend = (to - from) * HANDLE;
    for (let i = 0; i < mark.count; i++) {
      this.#doc
        .moveTo(from, left[i]!)
        .bezierCurveTo(from + bend, left[i]!, to - bend, right[i]!, to, right[i]!)
        .lineWidth(mark.widths[i]!)
        .strokeOpacity(opacity * mark.opacities[i]!)
        .stroke(inkOf(palette[mark.colors[i]!]!));
    }
  }

  #polylines(
    { paths, closed, fill, stroke, width = 1, dash, opacity: own = 1 }: Polylines,
    opacity: number,
  ): void {
    if (paths.length === 0) return;
    const trace = (): void => {
      for (const path of paths) {
        for (let i = 0; i < path.length; i += 2) {
          if (i === 0) this.#doc.moveTo(path[i]!, path[i + 1]!);
          else this.#doc.lineTo(path[i]!, path[i + 1]!);
        }
        if (closed) this.#doc.closePath();
      }
    };
    this.#doc.fillOpacity(opacity * own).strokeOpacity(opacity * own);
    if (fill) {
      trace();
      this.#doc.fill(inkOf(fill));
    }
    if (!stroke) return;
    trace();
    this.#doc.lineWidth(width);
    if (dash?.[0]) this.#doc.dash(dash[0], { space: dash[1] ?? dash[0] });
    this.#doc.stroke(inkOf(stroke));
    if (dash?.[0]) this.#doc.undash();
  }

  /** Cells of one colour as one shape; neighbours in a row as one box. */
  #raster({ x, y, width, height, rows, columns, pixels, gap = 0 }: Raster, opacity: number): void {
    const [w, h] = [width / columns, height / rows];
    const colors = new Map<number, [number, number, number][]>();
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; ) {
        const pixel = pixels[row * columns + column]!;
        const first = column++;
        if (gap === 0) while (column < columns && pixels[row * columns + column] === pixel) column++;
        if (pixel === 0) continue;
        const list = colors.get(pixel) ?? [];
        colors.set(pixel, list);
        list.push([first, row, column - first]);
      }
    }
    this.#doc.fillOpacity(opacity);
    for (const [pixel, list] of colors) {
      for (const [column, row, count] of list) {
        this.#doc.rect(x + column * w, y + row * h, count * w - gap, h - gap);
      }
      this.#doc.fill(hexOf(pixel));
    }
  }

  #text(item: TextItem, opacity: number): void {
    const { x, y, size, weight = 450, color, anchor = "start", angle = 0, opacity: own = 1, width } = item;
    const measure = (text: string): number => this.#fonts.measure(text, size, weight);
    const text = width === undefined ? item.text : shorten(item.text, width, measure);
    if (text === "") return;
    const shift = anchor === "start" ? 0 : anchor === "end" ? -measure(text) : -measure(text) / 2;
    this.#doc.save();
    this.#doc.translate(x, y);
    if (angle !== 0) this.#doc.rotate(angle);
    this.#doc
      .fillColor(inkOf(color))
      .fillOpacity(opacity * own)
      .fontSize(size);
    const spelled = isShaped(text);
    if (spelled) this.#doc.markContent("Span", { actual: text });
    let at = shift;
    for (const run of this.#fonts.runs(text, weight)) {
      if (!this.#known.has(run.face.name))
        this.#doc.registerFont(run.face.name, run.face.data as Buffer, run.face.member);
      this.#known.add(run.face.name);
      this.#doc
        .font(run.face.name)
        .text(run.text, at, size * TO_BASE, { lineBreak: false, baseline: "alphabetic" });
      at += measure(run.text);
    }
    if (spelled) this.#endSpelled();
    if (item.underline) {
      this.#doc.rect(shift, size * UNDERLINE.from, at - shift, size * UNDERLINE.thick).fill(inkOf(color));
    }
    this.#doc.restore();
  }

  /** Ends a spelling where its letters were drawn, upside down: poppler looks for them from where it ends, and drops them outside the page. */
  #endSpelled(): void {
    this.#doc.save();
    this.#doc.transform(1, 0, 0, -1, 0, this.#doc.page.height);
    this.#doc.endMarkedContent();
    this.#doc.restore();
  }
}
