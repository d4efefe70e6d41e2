// The picture of all thumbnails: one image, one putImageData, whatever the number of heads.
// Every cell is kept as bytes, so that another theme or selection is a lookup per pixel and nothing more.

import { QUIET } from "../../analysis/index.ts";
import type { Attention } from "../../trace/index.ts";
import { context2d, sizeCanvas } from "../look/canvas.ts";
import { FULL_DIFFERENCE } from "../look/ink.ts";
import { attentionTable, headTable, mix, parseHex, type Rgb, signRgb, TABLE_SIZE } from "../look/palette.ts";
import { COLORS, type ThemeName } from "../look/theme.ts";
import { codeLevel, MASKED_CODE } from "./codes.ts";
import { cornerOf, type MapLayout, sameLayout } from "./layout.ts";

/** Codes of one head, [rows, columns]. */
export interface Cell {
  readonly codes: Uint8Array;
  readonly rows: number;
  readonly columns: number;
}

/** Pixel values (alpha in the highest byte: screens of today are little-endian) for the 256 codes. */
export type CodeColors = Uint32Array;

/** Colours of thumbnails: ink, or a head's own colour; for differences the colours of signs, negative ones second. */
export function codeColors(
  theme: ThemeName,
  color: string | null,
  kind: Attention["scale"] = "weight",
): CodeColors {
  const table = color === null ? attentionTable(theme) : headTable(theme, color);
  const tile = parseHex(COLORS[theme].tile);
  return Uint32Array.from({ length: 256 }, (_, code) => {
    if (code === MASKED_CODE) return 0;
    const level = codeLevel(code);
    if (!level) return pixel(tile);
    if (kind === "difference") {
      const size = level.position ** 2;
      return pixel(signRgb(theme, level.quiet ? -size : size, FULL_DIFFERENCE));
    }
    const i = Math.round(level.position * (TABLE_SIZE - 1)) * 4;
    const full: Rgb = [table[i]!, table[i + 1]!, table[i + 2]!];
    return pixel(level.quiet ? mix(tile, full, QUIET) : full);
  });
}

function pixel([r, g, b]: Rgb): number {
  return ((255 << 24) | (Math.round(b) << 16) | (Math.round(g) << 8) | Math.round(r)) >>> 0;
}

/** Which source row or column each of `pixels` device pixels shows. */
function spread(pixels: number, count: number): Uint16Array {
  return Uint16Array.from({ length: pixels }, (_, i) => Math.floor(((i + 0.5) * count) / pixels));
}

/** An empty picture for a layout and a screen: `before` again where it fits. */
export function emptyPicture(before: MapPicture, layout: MapLayout, ratio: number): MapPicture {
  if (before.ratio !== ratio || !sameLayout(before.layout, layout)) return new MapPicture(layout, ratio);
  before.clear();
  return before;
}

/** The image of a map at one layout and pixel ratio. */
export class MapPicture {
  readonly #image: ImageData;
  readonly #pixels: Uint32Array;
  readonly #side: number;
  readonly #spreads = new Map<number, Uint16Array>();

  constructor(
    readonly layout: MapLayout,
    readonly ratio: number,
  ) {
    this.#image = new ImageData(
      Math.max(1, Math.round(layout.width * ratio)),
      Math.max(1, Math.round(layout.height * ratio)),
    );
    this.#pixels = new Uint32Array(this.#image.data.buffer);
    this.#side = Math.max(1, Math.floor(layout.cell * ratio));
  }

  /** Side of a cell in device pixels: a thumbnail needs no more rows or columns. */
  get side(): number {
    return this.#side;
  }

  clear(): void {
    this.#pixels.fill(0);
  }

  /** Paint one thumbnail at a place; nothing is shown before `show`. */
  paint(place: number, cell: Cell, colors: CodeColors): void {
    const { x, y } = cornerOf(this.layout, place);
    const across = this.#spread(cell.columns);
    const down = this.#spread(cell.rows);
    const width = this.#image.width;
    const start = Math.round(y * this.ratio) * width + Math.round(x * this.ratio);
    const { codes } = cell;
    for (let row = 0; row < this.#side; row++) {
      const source = down[row]! * cell.columns;
      const target = start + row * width;
      for (let i = 0; i < this.#side; i++) this.#pixels[target + i] = colors[codes[source + across[i]!]!]!;
    }
  }

  show(canvas: HTMLCanvasElement): void {
    context2d(canvas).putImageData(this.#image, 0, 0);
  }

  #spread(count: number): Uint16Array {
    const known = this.#spreads.get(count);
    if (known) return known;
    const made = spread(this.#side, count);
    this.#spreads.set(count, made);
    return made;
  }
}

/** One thumbnail over the whole of a canvas of `side` CSS px, as the map paints it; an empty canvas for null. */
export function paintAlone(
  canvas: HTMLCanvasElement,
  side: number,
  cell: Cell | null,
  colors: CodeColors,
): void {
  const { ratio } = sizeCanvas(canvas, side, side);
  if (!cell || cell.codes.length === 0) return;
  const cells = { pitch: side, rowPitch: side, cell: side, side, columns: 1, rows: 1, stretch: 0 };
  const rest = { width: side, height: side, scrolls: false, marks: false, ids: false, labelEvery: 1 };
  const picture = new MapPicture({ left: 0, top: 0, ...cells, ...rest }, ratio);
  picture.paint(0, cell, colors);
  picture.show(canvas);
}
