// A figure as PNG in Node: its SVG with letters as paths, drawn by resvg, so that no font of the machine matters.

import type { Scene } from "../views/scene/scene.ts";
import { printSvg } from "../views/scene/svg.ts";
import type { PngOptions } from "./files.ts";

/** The PNG file of a scene. */
export async function printPng(scene: Scene, { fonts, pixels, background }: PngOptions): Promise<Uint8Array> {
  const { Resvg } = await import("@resvg/resvg-js").catch((cause) => {
    throw new Error(
      "resvg, which draws PNG files, has no build for this system. Write an SVG or a PDF instead.",
      { cause },
    );
  });
  const svg = printSvg(scene, { background, measure: fonts.measure, outline: fonts.outline });
  const image = new Resvg(svg, {
    fitTo: { mode: "width", value: pixels },
    font: { loadSystemFonts: false },
  });
  return image.render().asPng();
}
