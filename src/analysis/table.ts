// A small table of numbers: what sweeps, lenses and attributions give. It can be written, read and shown.

/** Numbers by row and column. */
export interface Table {
  /** What one number is, in a sentence. */
  readonly meaning: string;
  /** What rows and columns are, e.g. "layer" and "head". */
  readonly rowsAre: string;
  readonly columnsAre: string;
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  /** [rows, columns]; NaN where there is none (yet). */
  readonly values: Float32Array;
  /** Numbers that the values are read against, by name, e.g. the metric of either run. */
  readonly references?: Readonly<Record<string, number>>;
  /** A word for each cell, [rows, columns], where numbers alone do not say it. */
  readonly words?: readonly string[];
}

/** A table without numbers yet. */
export function emptyTable(table: Omit<Table, "values">): Table {
  return { ...table, values: new Float32Array(table.rows.length * table.columns.length).fill(Number.NaN) };
}

/** Comma-separated values: a line of column names, then a line per row. Cells without a number are empty. */
export function tableCsv({ rowsAre, columnsAre, rows, columns, values, words }: Table): string {
  const line = (cells: readonly string[]) => `${cells.map(csvCell).join(",")}\n`;
  const number = (value: number) => (Number.isNaN(value) ? "" : String(value));
  const grid = (cell: (at: number) => string) =>
    rows.map((row, i) => line([row, ...columns.map((_, j) => cell(i * columns.length + j))])).join("");
  const head = line([`${rowsAre} \\ ${columnsAre}`, ...columns]);
  const numbers = head + grid((at) => number(values[at]!));
  return words ? `${numbers}\n${head}${grid((at) => words[at]!)}` : numbers;
}

/** Quoted where a comma, a quote or a line break would end the cell; a leading = + - @ of a word is no formula. */
function csvCell(text: string): string {
  const safe = /^[=+@\t\r]|^-(?![\d.])/.test(text) ? `'${text}` : text;
  return /[",\n\r]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** JSON with null for cells without a number. */
export function tableJson(table: Table): string {
  const values = Array.from(table.values, (value) => (Number.isNaN(value) ? null : value));
  return JSON.stringify({ format: "headscope.table", version: "1", ...table, values });
}

/** A table from its JSON; an Error says what is wrong with it. */
export function readTable(json: string): Table {
  const { format, version, values, ...table } = JSON.parse(json) as Table & {
    format?: string;
    version?: string;
    values?: readonly (number | null)[];
  };
  if (format !== "headscope.table" || version !== "1")
    throw new Error(`This is no table of headscope, version 1: format ${format}, version ${version}.`);
  const lists = [table.rows, table.columns, values].every(Array.isArray);
  if (!lists || values.length !== table.rows.length * table.columns.length)
    throw new Error("The table has not as many values as rows times columns.");
  return { ...table, values: Float32Array.from(values, (value) => value ?? Number.NaN) };
}
