// The numbers of what is on screen as a table: a matrix, rows of the pinned words, neurons, scores of all heads.
// CSV follows RFC 4180; TSV is what spreadsheets take from the clipboard. Nothing is rounded.

import { scoreTables, sliceOf } from "../analysis/index.ts";
import { type Attention, attentionOf, mostHeads } from "../trace/index.ts";
import { inLayer } from "../views/head/layer-selection.ts";
import { wholeMap } from "../views/map/cut.ts";
import { MatrixCells } from "../views/matrix/cells.ts";
import { neuronPicture } from "../views/neuron/picture.ts";
import { groupName } from "../views/neuron/words.ts";
import { wordOf, wordsOf } from "../views/read/words.ts";
import { FigureError, type FigureRequest } from "./figure.ts";

/** A table of numbers; null is a cell that is masked or not known. */
export interface NumberTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | null)[])[];
}

/** The numbers behind a figure. */
export function numbersOf(request: FigureRequest): NumberTable {
  const { view, trace, selection } = request;
  const attention = request.attention ?? attentionOf(trace, selection.block);
  if (view === "model") return scoreNumbers(request, attention);
  if (view === "neuron") return neuronNumbers(request);
  if (attention.state(selection.layer, selection.focus) === "absent") {
    throw new FigureError(`Head ${selection.layer}.${selection.focus} was not recorded in this run.`);
  }
  return view === "matrix" ? matrixNumbers(request, attention) : headNumbers(request, attention);
}

/** One line per query, one column per key, named by position and word. */
function matrixNumbers({ selection, filter }: FigureRequest, attention: Attention): NumberTable {
  const cells = new MatrixCells(attention, selection.layer, selection.focus, filter);
  const { queries, keys } = cells.slice;
  const line = new Float32Array(cells.columns);
  return {
    columns: [
      "position",
      "word",
      ...keys.map((key, i) => `${key} ${cells.columnWords[i]}`),
      ...(cells.sink ? ["sink"] : []),
    ],
    rows: queries.map((query, row) => {
      cells.fetch(row);
      cells.readRow(row, 0, cells.columns, line);
      return [query, cells.rowWords[row]!, ...Array.from(line, known)];
    }),
  };
}

/** One line per key, or query where keys are pinned; for each active head the weights of each pinned word. */
function headNumbers({ selection, filter, layers }: FigureRequest, attention: Attention): NumberTable {
  const { layer, pins, side } = selection;
  const heads = (layers ?? [layer]).flatMap((of) =>
    inLayer(selection, of, attention).heads.map((head) => [of, head] as const),
  );
  const slice = sliceOf(attention, filter);
  const [own, other] = side === "query" ? (["query", "key"] as const) : (["key", "query"] as const);
  const words = wordsOf(attention.tokens(other));
  const pinned = pins.length > 0 ? pins : slice[side === "query" ? "queries" : "keys"];
  const name = (pin: number): string => `${wordsOf(attention.tokens(own))[pin]} at ${pin}`;
  const shown = side === "query" ? slice.keys : slice.queries;
  return {
    columns: [
      "position",
      "word",
      ...heads.flatMap(([of, head]) => pinned.map((pin) => `${of}.${head} ${name(pin)}`)),
    ],
    rows: shown.map((position) => [
      position,
      words[position]!,
      ...heads.flatMap(([of, head]) =>
        pinned.map((pin) => {
          const [query, key] = side === "query" ? [pin, position] : [position, pin];
          const seen = attention.reach(of).visible(query, key);
          return seen ? known(attention.row(of, head, query)?.[key]) : null;
        }),
      ),
    ]),
  };
}

/** One line per head that the map shows with all its scores, the chosen one first where it is none of those that every run has. */
function scoreNumbers(request: FigureRequest, attention: Attention): NumberTable {
  const { layers } = attention;
  const heads = mostHeads(attention);
  const tables = tablesOf(request, attention);
  const cut = request.cut ?? wholeMap(layers, heads);
  const places = cut.layers.flatMap((layer) => cut.heads.map((head) => layer * heads + head));
  return {
    columns: ["layer", "head", ...tables.map(({ name }) => name)],
    rows: places.map((i) => [
      Math.floor(i / heads),
      i % heads,
      ...tables.map(({ values }) => known(values[i])),
    ]),
  };
}

function tablesOf({ trace, selection, scores }: FigureRequest, attention: Attention) {
  const names = trace.manifest.blocks.map(({ name }) => name);
  const block = names.includes(selection.block) ? selection.block : "cross";
  const count = attention.layers * mostHeads(attention);
  const tables = scoreTables(trace, block).filter(({ values }) => values.length === count);
  return scores && !tables.some(({ name }) => name === scores.name) ? [scores, ...tables] : tables;
}

/** One line per key: its score, its weight, and the product (or weighted value) of each neuron. */
function neuronNumbers({ trace, selection, vectors = "keys" }: FigureRequest): NumberTable {
  const picture = neuronPicture(trace, selection, vectors);
  if (typeof picture === "string") throw new FigureError(picture);
  const { tokens } = trace.stream(trace.block(selection.block).keys);
  const { size } = picture;
  const dims = Array.from({ length: size }, (_, dim) => dim);
  const keys = vectors === "keys";
  const vector = (values: Float32Array, place: number): number[] =>
    dims.map((dim) => values[place * size + dim]!);
  const shares = new Map(
    picture.groups.flatMap((group, place) => group.dims.map((dim) => [dim, { group, place }])),
  );
  const first = keys ? ["q", ...vector(picture.top, 0)] : ["output", ...vector(picture.top, 0)];
  return {
    columns: [
      "position",
      "word",
      keys ? "score" : "size",
      "weight",
      ...dims.map((d) => (keys ? `q${d}·k${d}` : `weight·v${d}`)),
    ],
    rows: [
      ["", first[0]!, null, null, ...first.slice(1)],
      ...(keys && picture.groups.length > 0
        ? [
            [
              "",
              "share of the pattern",
              null,
              null,
              ...dims.map((dim) => known(shares.get(dim)?.group.share)),
            ],
          ]
        : []),
      ...(picture.rotary
        ? [
            [
              "",
              "pair",
              null,
              null,
              ...dims.map((dim) => groupName(shares.get(dim)!.group, shares.get(dim)!.place)),
            ],
          ]
        : []),
      ...picture.keys.map((key, place) => [
        key,
        wordOf(tokens[key]!),
        known(picture.amounts[place]),
        known(picture.weights[place]),
        ...vector(picture.products, place),
      ]),
    ],
  };
}

function known(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value;
}

/** A table as CSV, UTF-8, lines ended by CR LF. */
export function toCsv({ columns, rows }: NumberTable): string {
  return [columns, ...rows].map((row) => `${row.map(quoted).join(",")}\r\n`).join("");
}

/** A table as tab-separated lines, for the clipboard. */
export function toTsv({ columns, rows }: NumberTable): string {
  const cell = (value: string | number | null): string => String(value ?? "").replace(/[\t\r\n]/g, " ");
  return [columns, ...rows].map((row) => row.map(cell).join("\t")).join("\n");
}

function quoted(value: string | number | null): string {
  const text = String(value ?? "");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
