// A figure as PNG in Node: its SVG with letters as paths, drawn by resvg, so that no font of the machine matters.

import type { Scene } from "../views/scene/scene.ts";
import { printSvg } from "../views/scene/svg.ts";
import type { FontSet } from "./fonts.ts";

/** How a PNG is drawn. */
export interface PngOptions {
  readonly fonts: FontSet;
  /** Width in pixels. */
  readonly pixels: number;
  /** Colour behind everything; transparent where null. */
  readonly background: string | null;
}

/** The PNG file of a scene. */
export async function printPng(scene: Scene, { fonts, pixels, background }: PngOptions): Promise<Uint8Array> {
  const { Resvg } = await import("@resvg/resvg-js");
  const svg = printSvg(scene, { background, measure: fonts.measure, outline: fonts.outline });
  const image = new Resvg(svg, {
    fitTo: { mode: "width", value: pixels },
    font: { loadSystemFonts: false },
  });
  return image.render().asPng();
}
