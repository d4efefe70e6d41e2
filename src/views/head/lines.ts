// The lines of the head view as one mark of a scene: edges and sizes in, numbers per line out.

import type { ThemeName } from "../look/theme.ts";
import type { Lines } from "../scene/scene.ts";
import type { Edges } from "./edges.ts";
import { CURVES_UP_TO, type LinesLayout } from "./layout.ts";

/** What decides how lines look besides their weights. */
export interface LineStyle {
  readonly layout: Pick<LinesLayout, "from" | "to" | "rowHeight">;
  /** The axis that lines run along; x where left out. */
  readonly axis?: Lines["axis"];
  /** Rows of the longer column. */
  readonly rows: number;
  /** A CSS colour per active head; of differences, of more and of less. */
  readonly palette: readonly string[];
  /** Colours are those of signs, not of heads. */
  readonly signed: boolean;
  /** Active heads. */
  readonly heads: number;
  /** Lines of a pinned or hovered word, drawn stronger. */
  readonly pinned: boolean;
  /** Height of the drawn rows in CSS px: hairlines share the ink it has room for. */
  readonly height: number;
  /** Where a position is drawn on the other axis, in px. */
  readonly leftAt: (query: number) => number;
  readonly rightAt: (key: number) => number;
}

/** Stroke width of a weight. */
export function lineWidth(weight: number, style: Pick<LineStyle, "layout" | "rows" | "pinned">): number {
  if (style.pinned) return 1 + (style.rows > 30 ? 2 : 4.5) * weight;
  if (style.rows > CURVES_UP_TO) return 1;
  return 0.75 + Math.min(3.2, style.layout.rowHeight / 7) * weight;
}

/** Opacity of a weight before anything is pinned, and of pinned lines. */
export function lineOpacity(weight: number, style: Pick<LineStyle, "heads" | "pinned">): number {
  const full = 0.08 + 0.88 * Math.sqrt(Math.min(1, weight));
  return style.pinned || style.heads <= 3 ? full : full / 1.5;
}

const CONTRASTS = [0.5, 0.75, 1, 1.25, 1.5, 2, 3];
/** How often the drawn area may be covered by full ink before nothing can be told apart. */
const COVERAGE = 1.1;

/**
 * Exponent of the weight in the opacity of hairlines: the more lines there are, the fainter the weak ones,
 * so that the strong ones can still be followed. A line covers its share of the height wherever it runs.
 */
export function hairlineContrast(weights: Float32Array, height: number): number {
  const fits = (power: number): boolean =>
    weights.reduce((ink, weight) => ink + 0.9 * Math.abs(weight) ** power, 0) <= COVERAGE * height;
  return CONTRASTS.find(fits) ?? CONTRASTS.at(-1)!;
}

/** Opacity of the whole picture of resting lines while a word is pinned or hovered. */
export function restingOpacity(rows: number, theme: ThemeName): number {
  return 0.22 * Math.max(theme === "dark" ? 0.62 : 0.4, Math.min(1, 12 / Math.max(1, rows)));
}

/** The mark of `edges`. */
export function lineMark(edges: Edges, style: LineStyle): Lines {
  const { count } = edges;
  const list = {
    kind: "lines",
    ...(style.axis ? { axis: style.axis } : {}),
    count,
    from: style.layout.from + 3,
    to: style.layout.to - 3,
    left: new Float32Array(count),
    right: new Float32Array(count),
    widths: new Float32Array(count),
    opacities: new Float32Array(count),
    colors: style.signed ? Uint16Array.from(edges.weights, (weight) => (weight < 0 ? 1 : 0)) : edges.heads,
    palette: style.palette,
    curved: style.rows <= CURVES_UP_TO,
  } as const;
  const power = list.curved || style.pinned ? 0 : hairlineContrast(edges.weights, style.height);
  for (let i = 0; i < count; i++) {
    const weight = Math.abs(edges.weights[i]!);
    list.left[i] = style.leftAt(edges.queries[i]!);
    list.right[i] = style.rightAt(edges.keys[i]!);
    list.widths[i] = lineWidth(weight, style);
    list.opacities[i] = power > 0 ? 0.9 * weight ** power : lineOpacity(weight, style);
  }
  return list;
}
