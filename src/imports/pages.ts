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
/** Strings of JSON and what opens and ends an object. */
const PIECES = /"(?:[^"\\]+|\\.)*(?:"|\\?$)|[{}]/gs;

/** The object of a page, as JSON. */
export function pictureOf(html: string): string {
  const all = objectsIn(html);
  if (all.length === 1) return all[0]!;
  if (all.length === 0)
    throw new ImportError(
      "This HTML holds no attention of BertViz, Tensor2Tensor or CircuitsVis. Save it as JSON with tokens, or as a trace file.",
    );
  throw new ImportError(
    `This HTML holds ${all.length} pictures of attention; one is expected. Save the one that you mean by itself, e.g. with html_action="return" and .data.`,
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

/** The object in the outputs of a notebook, as JSON. */
export function pictureIn(notebook: Fields): string {
  const found = cellsOf(notebook).flatMap((cell, i) => {
    const all = new Set(outputsOf(cell).flatMap(objectsIn));
    return [...all].map((object) => ({ cell: i + 1, object }));
  });
  if (found.length === 1) return found[0]!.object;
  if (found.length === 0)
    throw new ImportError(
      "No output of this notebook holds attention of BertViz or CircuitsVis: run its cells, save it, and open it again.",
    );
  const cells = [...new Set(found.map(({ cell }) => cell))].join(", ");
  throw new ImportError(
    `This notebook holds ${found.length} pictures of attention, in the outputs of cells ${cells} (counted from 1). Clear the outputs of all but one, save it, and open it again.`,
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
