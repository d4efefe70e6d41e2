// Objects that pages and notebooks of others draw pictures of attention from: BertViz's params, the attention of
// Tensor2Tensor and of BertViz's first versions, CircuitsVis's props.

import { ImportError } from "./found.ts";
import type { Json } from "./nested.ts";
import { type Fields, isObject } from "./words-in-json.ts";

/** What stands before such an object. */
const BEFORE =
  /(?:params\s*=|window\.attention\s*=|\brender\(\s*"circuits-vis-[\w-]*"\s*,\s*(?:CircuitsVis\.)?Attention\w*\s*,)\s*(?=\{\s*")/gi;
/** A name of attention within it; scripts of pages have other objects called params. */
const ATTENTION = /"(?:att|attn|attention)"/;
/** Scripts of Ecco, and what can be done about them. */
const ECCO = /requirejs\(\s*\[\s*['"]basic['"]\s*,\s*['"]ecco['"]/;
const ECCO_SAYS =
  "They show saliency, neurons or predictions, or the mean of all heads for one word, and no head's attention. Load the model with ecco.from_pretrained(name, attention=True) and save what generate() returns: np.savez(path, *[a.cpu() for a in output.attention_values], tokens=output.tokens).";
/** Strings of JSON and what opens and ends an object. */
const PIECES = /"(?:[^"\\]+|\\.)*(?:"|\\?$)|[{}]/gs;

/** The objects of a page, as JSON. */
export function picturesOf(html: string): string[] {
  const all = objectsIn(html);
  if (all.length > 0) return all;
  if (ECCO.test(html)) throw new ImportError(`This page is Ecco's. ${ECCO_SAYS}`);
  throw new ImportError(
    "This HTML holds no attention of BertViz, Tensor2Tensor or CircuitsVis. Save it as JSON with tokens, or as a trace file.",
  );
}

/** True for a notebook of Jupyter. */
export function isNotebook(value: Json): value is Fields {
  return (
    isObject(value) &&
    value.nbformat !== undefined &&
    (Array.isArray(value.cells) || Array.isArray(value.worksheets))
  );
}

/** The objects in the outputs of a notebook, as JSON, with the number of their cell, counted from 1. */
export function picturesIn(notebook: Fields): { readonly cell: number; readonly object: string }[] {
  const outputs = cellsOf(notebook).map(outputsOf);
  const found = outputs.flatMap((texts, i) =>
    [...new Set(texts.flatMap(objectsIn))].map((object) => ({ cell: i + 1, object })),
  );
  if (found.length > 0) return found;
  if (outputs.flat().some((text) => ECCO.test(text)))
    throw new ImportError(`The outputs of this notebook are Ecco's. ${ECCO_SAYS}`);
  throw new ImportError(
    "No output of this notebook holds attention of BertViz or CircuitsVis: run its cells, save it, and open it again.",
  );
}

/** Objects of a page, each once: BertViz writes its own twice. */
function objectsIn(text: string): string[] {
  const found = new Set<string>();
  BEFORE.lastIndex = 0;
  for (let match = BEFORE.exec(text); match; match = BEFORE.exec(text)) {
    const object = objectAt(text, BEFORE.lastIndex);
    if (ATTENTION.test(object)) found.add(object);
    BEFORE.lastIndex += object.length;
  }
  return [...found];
}

/** The JSON object that begins at a place. */
function objectAt(text: string, start: number): string {
  let depth = 0;
  PIECES.lastIndex = start;
  for (let match = PIECES.exec(text); match; match = PIECES.exec(text)) {
    if (match[0] === "{") depth++;
    if (match[0] === "}" && --depth === 0) return text.slice(start, match.index + 1);
  }
  throw new ImportError("The attention in this file has no end: the file is cut short.");
}

/** Cells of notebooks of the formats 3 and 4. */
function cellsOf({ cells, worksheets }: Fields): Fields[] {
  const lists = Array.isArray(cells)
    ? [cells]
    : (worksheets as Json[]).map((sheet) => isObject(sheet) && sheet.cells);
  return lists.flatMap((list) => (Array.isArray(list) ? list.filter(isObject) : []));
}

/** HTML and scripts that a cell put out. */
function outputsOf({ outputs }: Fields): string[] {
  const all = Array.isArray(outputs) ? outputs.filter(isObject) : [];
  return all.flatMap((output) => {
    const data = isObject(output.data) ? output.data : output;
    return ["text/html", "application/javascript", "html", "javascript"].flatMap((kind) => {
      const text = data[kind];
      if (typeof text === "string") return [text];
      return Array.isArray(text) ? [text.join("")] : [];
    });
  });
}
