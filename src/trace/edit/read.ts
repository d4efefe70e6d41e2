// Edits from the JSON of a stranger: every field checked, unknown ones refused, lists of one entry made numbers.

import type { BlockName, StreamName } from "../names.ts";
import {
  CELL_PLACES,
  type Edit,
  EditError,
  type EditOp,
  HEAD_PLACES,
  type Index,
  type Position,
  STREAM_PLACES,
} from "./edit.ts";

type Fields = Readonly<Record<string, unknown>>;

const OPS: readonly EditOp[] = ["scale", "add", "set", "block", "patch", "mean"];
const BLOCKS: readonly BlockName[] = ["self", "encoder", "decoder", "cross"];
const STREAMS: readonly StreamName[] = ["text", "encoder", "decoder"];
/** Longest list of indices, and the largest index. */
const LIMIT = 1_000_000;

/** Fields beside op and at, by what `at` names. */
const PLACE_FIELDS: readonly (readonly [readonly string[], readonly string[]])[] = [
  [CELL_PLACES, ["block", "layer", "head", "query", "key"]],
  [HEAD_PLACES, ["block", "layer", "head", "position", "unit"]],
  [STREAM_PLACES, ["stream", "layer", "position", "unit"]],
];

/** One edit from parsed JSON; an EditError quotes it and says what is wrong. */
export function readEdit(json: unknown): Edit {
  const fail = (what: string): never => {
    throw new EditError(`Edit ${quoted(json)}: ${what}`, { data: { edit: json } });
  };
  if (typeof json !== "object" || json === null || Array.isArray(json)) return fail("expected an object.");
  const fields = json as Fields;
  const { op, at } = fields;
  if (!OPS.includes(op as EditOp)) return fail(`op is ${quoted(op)}; expected ${OPS.join(", ")}.`);
  const known = PLACE_FIELDS.find(([names]) => names.includes(at as string))?.[1];
  if (!known) return fail(`at is ${quoted(at)}; expected ${PLACE_FIELDS.flatMap(([n]) => n).join(", ")}.`);
  const place = known.flatMap((key) => entry(key, readers[key]!(fields[key], key, fail)));
  const change = changeOf(fields, op as EditOp, at as string, fail);
  const extra = Object.keys(fields).find(
    (key) => !["op", "at", ...known, ...Object.keys(change)].includes(key),
  );
  if (extra)
    fail(
      `${extra} has no meaning for ${op} at ${at}; expected ${["op", "at", ...known].join(", ")}${op === "block" ? "" : `, ${Object.keys(change).join()}`}.`,
    );
  return { op, at, ...Object.fromEntries(place), ...change } as unknown as Edit;
}

/** A list of edits from parsed JSON: one, or several. */
export function readEdits(json: unknown): Edit[] {
  return (Array.isArray(json) ? json : [json]).map(readEdit);
}

type Fail = (what: string) => never;

function entry(key: string, value: unknown): [string, unknown][] {
  return value === undefined ? [] : [[key, value]];
}

function changeOf(fields: Fields, op: EditOp, at: string, fail: Fail): Fields {
  if (op === "block")
    return at === "scores"
      ? {}
      : fail('block hides a key from a query and is at "scores"; elsewhere set a value of 0.');
  if (op === "patch") return { from: oneOf(fields.from ?? "other", "from", ["other"], fail) };
  if (op === "mean") return { from: oneOf(fields.from ?? "self", "from", ["self", "other"], fail) };
  const { value } = fields;
  if (typeof value !== "number" || !Number.isFinite(Math.fround(value)))
    return fail(`value is ${quoted(value)}; expected a finite number of float32 (up to 3.4e38).`);
  return { value: value === 0 ? 0 : value };
}

function oneOf(value: unknown, key: string, names: readonly string[], fail: Fail): unknown {
  if (value === undefined || names.includes(value as string)) return value;
  return fail(`${key} is ${quoted(value)}; expected ${names.join(", ")}.`);
}

function indices(value: unknown, key: string, least: number, fail: Fail): Index | undefined {
  if (value === undefined) return undefined;
  const list = Array.isArray(value) ? (value as unknown[]) : [value];
  const fits = list.every((i) => Number.isSafeInteger(i) && (i as number) >= least && (i as number) <= LIMIT);
  if (!fits || list.length === 0 || list.length > LIMIT)
    fail(
      `${key} is ${quoted(value)}; expected a whole number${least < 0 ? "" : " of at least 0"}, or a list of them.`,
    );
  const numbers = (list as number[]).map((i) => i + 0);
  if (new Set(numbers).size < numbers.length) fail(`${key} names ${quoted(value)}, one of them twice.`);
  return numbers.length === 1 ? numbers[0]! : numbers.sort((a, b) => a - b);
}

type Read = (value: unknown, key: string, fail: Fail) => unknown;
const index: Read = (value, key, fail) => indices(value, key, 0, fail);
const position: Read = (value, key, fail): Position | undefined =>
  value === "prompt" || value === "new" ? value : indices(value, key, -LIMIT, fail);

const readers: Readonly<Record<string, Read>> = {
  block: (value, key, fail) => oneOf(value, key, BLOCKS, fail),
  stream: (value, key, fail) => oneOf(value, key, STREAMS, fail),
  layer: index,
  head: index,
  unit: index,
  query: position,
  key: position,
  position,
};

/** A value as JSON, short enough for a message; NaN and infinite numbers as they are. */
export function quoted(value: unknown): string {
  const json =
    JSON.stringify(value, (_, v: unknown) =>
      typeof v === "number" && !Number.isFinite(v) ? String(v) : v,
    ) ?? "missing";
  return json.length > 160 ? `${json.slice(0, 157)}...` : json;
}
