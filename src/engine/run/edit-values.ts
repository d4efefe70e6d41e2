// The numbers that patches and means put in place: from another run, or from this one as far as it has come.

import { type FloatTensor, floatTensor } from "../../tensor/index.ts";
import {
  blockShape,
  type Edit,
  EditError,
  type EditShape,
  editText,
  isCellEdit,
  type Site,
  type StreamName,
} from "../../trace/index.ts";

/** For each position of this run the matching one of the other, -1 for none, per stream. */
export type TokenMatch = Partial<Readonly<Record<StreamName, ArrayLike<number>>>>;

/** Numbers for one site: [heads, rows, columns] with a row per position, or one row for all. */
export interface SiteValues {
  readonly tensor: FloatTensor;
  /** Row that answers to a position, and column that answers to a key; null where there is none. */
  row(position: number): number | null;
  column(key: number): number | null;
}

/** Values by site; see siteKey. */
export type EditValues = ReadonlyMap<string, SiteValues>;

/** Names a site among all: the edit's index and the tensor. */
export function siteKey({ index, tensor }: Site): string {
  return `${index}|${tensor}`;
}

/** What a site of a patch, or of a mean, takes from a tensor recorded in a run of this shape. */
export function valuesOf(
  site: Site,
  recorded: FloatTensor,
  align: SideAlignment,
  shape: EditShape,
): SiteValues {
  const tensor = threeSides(recorded);
  if (site.edit.op === "patch") return { tensor, ...align };
  const { visible } = isCellEdit(site.edit) ? blockShape(shape, site.tensor) : { visible: () => true };
  const sees = (row: number, column: number) => visible(site.layer, row, column);
  return { tensor: meanOverRows(tensor, sees), row: () => 0, column: align.column };
}

/** How positions and keys of one tensor answer to those of the other run. */
export interface SideAlignment {
  row(position: number): number | null;
  column(key: number): number | null;
}

/** The same position. */
export const UNMOVED: SideAlignment = { row: (at) => at, column: (at) => at };

/** The alignment of a site's rows and columns; an EditError where lengths differ and nothing says how they align. */
export function alignmentOf(
  site: Site,
  shape: EditShape,
  other: EditShape,
  align: TokenMatch | undefined,
): SideAlignment {
  const [rows, columns] = sidesOf(site, shape);
  const by = (stream: StreamName): ((at: number) => number | null) => {
    const given = align?.[stream];
    if (given) {
      checkMatch(site.edit, given, lengthOf(other, stream), stream);
      return (at) => ((given[at] ?? -1) < 0 ? null : given[at]!);
    }
    checkLengths(site.edit, lengthOf(shape, stream), lengthOf(other, stream), stream);
    return (at) => at;
  };
  const free = site.edit.op === "mean" && !isCellEdit(site.edit);
  if (free) return UNMOVED;
  return { row: by(rows), column: isCellEdit(site.edit) ? by(columns) : (at) => at };
}

function sidesOf({ edit, tensor, stream }: Site, shape: EditShape): readonly [StreamName, StreamName] {
  if (!isCellEdit(edit))
    return [edit.at === "k" || edit.at === "v" ? blockShape(shape, tensor).keys : stream, stream];
  const { queries, keys } = blockShape(shape, tensor);
  return [queries, keys];
}

function lengthOf(shape: EditShape, stream: StreamName): number {
  const { tokens, prompt } = shape.streams.find(({ name }) => name === stream)!;
  return shape.growing ? prompt : tokens;
}

function checkMatch(edit: Edit, given: ArrayLike<number>, there: number, stream: StreamName): void {
  const wrong = Array.from(given).find((at) => !Number.isInteger(at) || at < -1 || at >= there);
  if (wrong === undefined) return;
  throw new EditError(
    `Edit "${editText(edit)}": the alignment names token ${wrong} of the other run's stream "${stream}"; expected 0 to ${there - 1}, or -1 for none.`,
    { data: { edit } },
  );
}

function checkLengths(edit: Edit, here: number, there: number, stream: StreamName): void {
  if (here === there) return;
  throw new EditError(
    `Edit "${editText(edit)}": this run has ${here} tokens in stream "${stream}" and the other run ${there}; give inputs of equal length, or say which tokens answer to each other (align; --align tokens on the command line).`,
    { data: { edit } },
  );
}

/** [rows, columns] as one head. */
function threeSides({ shape, data }: FloatTensor): FloatTensor {
  return floatTensor(shape.length === 2 ? [1, ...shape] : shape, data);
}

/** [heads, 1, columns]: the mean over the rows that see the column; 0 where none does. */
function meanOverRows(
  { shape, data }: FloatTensor,
  sees: (row: number, column: number) => boolean,
): FloatTensor {
  const [heads = 0, rows = 0, columns = 0] = shape;
  const out = new Float32Array(heads * columns);
  for (let head = 0; head < heads; head++) {
    for (let column = 0; column < columns; column++) {
      let sum = 0;
      let count = 0;
      for (let row = 0; row < rows; row++) {
        if (!sees(row, column)) continue;
        sum += data[(head * rows + row) * columns + column]!;
        count++;
      }
      out[head * columns + column] = count ? sum / count : 0;
    }
  }
  return floatTensor([heads, 1, columns], out);
}
