// The letters of exported figures: Inter for what it has, DejaVu Sans for the rest, both free to embed, then fonts that
// were named. A text is cut into runs of one font, measured, and turned into paths where a file must not depend on fonts.

import { create, type Font } from "fontkit";
import { FROM_RIGHT } from "../views/read/writing.ts";
import type { Measure } from "../views/scene/measure.ts";
import type { TextItem } from "../views/scene/scene.ts";
import { type Directed, visualOrder } from "./bidi.ts";

/** A font's file and what it is called in a document. */
export interface FontFile {
  readonly name: string;
  /** True for letters of 600 and more. */
  readonly bold: boolean;
  readonly data: Uint8Array;
  /** Of a file that holds several fonts: the PostScript name of the one that is meant. */
  readonly member?: string;
}

interface Face extends FontFile {
  readonly font: Font;
}

/** A piece of text in one font. */
export interface Run {
  readonly text: string;
  readonly face: FontFile;
}

const BOLD = 600;

/** Fonts in the order in which they are asked for a letter. */
export class FontSet {
  readonly #faces: readonly Face[];

  constructor(files: readonly FontFile[]) {
    this.#faces = files.map((file) => ({
      ...file,
      font: create(file.data as Buffer, file.member) as Font,
    }));
  }

  /** The pieces of a text by font, from left to right; a letter that no font has is given to the last one, which draws its sign for that. */
  runs(text: string, weight = 450): Run[] {
    return this.#split(text, weight).map(([face, part]) => ({ text: part, face }));
  }

  /** Letters of a text that no font has. */
  missing(text: string): string[] {
    return [...new Set(text)].filter((c) => !IGNORED.test(c) && !this.#faces.some((face) => has(face, c)));
  }

  /** Widths in these fonts. */
  readonly measure: Measure = (text, size, weight = 450) =>
    this.#split(text, weight).reduce((sum, [{ font }, part]) => {
      return sum + (font.layout(part).advanceWidth / font.unitsPerEm) * size;
    }, 0);

  /** A text as the data of an SVG path whose base line begins at (0, 0), and its width. */
  readonly outline = (item: TextItem, text: string): { d: string; width: number } => {
    let x = 0;
    const parts: string[] = [];
    for (const [{ font }, part] of this.#split(text, item.weight ?? 450)) {
      const scale = item.size / font.unitsPerEm;
      const { glyphs, positions } = font.layout(part);
      for (const [i, glyph] of glyphs.entries()) {
        const { xAdvance, xOffset, yOffset } = positions[i]!;
        const path = glyph.path.scale(scale, -scale).translate(x + xOffset * scale, -yOffset * scale);
        parts.push(short(path.toSVG()));
        x += xAdvance * scale;
      }
    }
    return { d: parts.join(""), width: x };
  };

  #split(text: string, weight: number): [Face, string][] {
    const bold = weight >= BOLD;
    const of = (strong: boolean): Face[] => this.#faces.filter((face) => face.bold === strong);
    // A letter that the fonts of one weight lack is drawn in the other rather than as a box.
    const own = of(bold);
    const faces = [...own, ...of(!bold)];
    return visualOrder(text).flatMap((piece) => byFont(piece, faces, own.at(-1)!));
  }
}

/** A piece by font; `none` draws its sign for letters that no font has. Fonts turn letters of scripts from the right themselves, but not signs that stand alone. */
function byFont({ text, fromRight }: Directed, faces: readonly Face[], none: Face): [Face, string][] {
  const out: [Face, string][] = [];
  for (const letter of text.replace(FORMS, "")) {
    const last = out.at(-1);
    const character = SPACE.test(letter) && !faces.some((face) => has(face, letter)) ? " " : letter;
    const face = staysWith(last?.[0], character) ?? faces.find((f) => has(f, character)) ?? none;
    if (last?.[0] === face) last[1] += character;
    else out.push([face, character]);
  }
  if (!fromRight) return out;
  return out
    .reverse()
    .map(([face, part]) => [face, FROM_RIGHT.test(part) ? part : [...part].reverse().join("")]);
}

/** What is drawn as nothing, in every font: joiners, marks of direction, choices between forms of a sign. */
const IGNORED = /[\p{Cc}\p{Cf}\p{Zs}\p{Zl}\p{Zp}\p{Variation_Selector}]/u;
/** Wide and narrow spaces, which are drawn as plain ones where no font has them. */
const SPACE = /\p{Zs}/u;
/** The choice between a sign and its coloured form: fonts of outlines have one, and a PDF would spell it twice. */
const FORMS = /[\ufe0e\ufe0f]/g;
const JOINED = /[\p{Cf}\p{Variation_Selector}]/u;

/** The font of the letter before, for what belongs to it: alone in another font it would come apart. */
function staysWith(face: Face | undefined, character: string): Face | undefined {
  if (!face) return undefined;
  return JOINED.test(character) || (/\p{M}/u.test(character) && has(face, character)) ? face : undefined;
}

function has({ font }: Face, character: string): boolean {
  return font.hasGlyphForCodePoint(character.codePointAt(0)!);
}

/** Path data with numbers of two decimals. */
function short(d: string): string {
  return d.replace(/-?\d+\.\d{3,}/g, (number) => String(Math.round(Number(number) * 100) / 100));
}
