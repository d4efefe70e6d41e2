// A figure: a view laid out for paper. Everything is shown, nothing scrolls; what is left out is said.

import type { ThemeName } from "./look/theme.ts";
import type { Sign } from "./scene/key.ts";
import type { Measure } from "./scene/measure.ts";
import type { Scene } from "./scene/scene.ts";

/** How a figure is laid out. */
export interface FigureStyle {
  /** Width in px at the font size of the views, 12 px; a file is scaled to the width and font size that are wanted. */
  readonly width: number;
  /** Height that it should not exceed where its parts can be laid out another way, in the same px. */
  readonly tallest?: number;
  readonly theme: ThemeName;
  /** How wide texts are in the fonts of the file. */
  readonly measure: Measure;
}

/** A picture for paper. */
export interface Figure {
  readonly scene: Scene;
  /** Signs in it whose meaning has to be said; none where left out. */
  readonly signs?: readonly Sign[];
  /** Sentences about what the picture does not show. */
  readonly leftOut: readonly string[];
}
