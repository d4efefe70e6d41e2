// The address: a place as parameters behind "#", so that texts never reach a server's log, and back.
// Addresses come from strangers: every value is checked, and one that makes no sense is left out.

import { ORIENTATIONS } from "../../views/head/layout.ts";
import { INK_SCALES } from "../../views/look/ink.ts";
import { READINGS } from "../../views/read/reading.ts";
import { readEdits, writeEdits } from "./edits/edits.ts";
import { type Place, SAMPLING, type Sampling, START } from "./place.ts";

/** How names begin of what was opened from this machine: only the page that opened it knows it. */
export const OPENED = "opened:";
/** Longest address that is offered as a link. */
export const LONGEST_LINK = 8000;
/** Bounds on what an address may ask for. */
const MOST = { text: 20_000, name: 2000, list: 4096, pattern: 200, number: 1_000_000, more: 1000 } as const;

const BLOCKS = ["self", "encoder", "decoder", "cross", "all"] as const;

/** The parameters of a place, "" where it is the start. Only what differs from the start is written. */
export function writeUrl(place: Place): string {
  const out = new URLSearchParams();
  const put = (name: string, value: string | number | null, start: string | number | null) => {
    if (value !== null && value !== start) out.set(name, String(value));
  };
  put("model", place.model, null);
  put("text", place.text, "");
  put("pair", place.pair, "");
  put("target", place.target, "");
  put("image", place.image, "");
  if (place.chat) out.set("chat", "1");
  if (place.more) writeSampling(place.more, put);
  put("edits", writeEdits(place.edits), "");
  put("b", place.b, "");
  put("compare", place.compare, START.compare);
  put("trace", place.trace, null);
  put("block", place.block === "self" ? null : place.block, null);
  put("l", place.layer, null);
  if (place.beside.length) out.set("beside", place.beside.join(","));
  if (place.heads.length) out.set("h", place.heads.join(","));
  put("focus", place.heads.length > 1 ? place.focus : null, null);
  if (place.pins) out.set("pin", place.pins.length ? place.pins.join(",") : "none");
  put("side", place.side, START.side);
  put("view", place.view, null);
  put("orientation", place.orientation, START.orientation);
  put("dock", place.dock, START.dock);
  put("panel", place.panel, START.panel);
  put("vec", place.vec, START.vec);
  put("filter", place.filter, START.filter);
  if (place.hide) out.set("hide", "1");
  put("strongest", place.strongest, START.strongest);
  put("least", place.least, START.least);
  put("read", place.read, START.read);
  put("colors", place.colors, START.colors);
  put("score", place.score, null);
  put("sort", place.sort, START.sort);
  if (place.to.length) out.set("to", place.to.join(","));
  put("find", place.pattern, "");
  put("tab", place.tab, START.tab);
  put("theme", place.theme, null);
  return out.toString().replaceAll("%2C", ",").replaceAll("%2F", "/").replaceAll("%3A", ":");
}

type Put = (name: string, value: string | number | null, start: string | number | null) => void;

function writeSampling({ tokens, temperature, topK, topP, seed }: Sampling, put: Put): void {
  put("more", tokens, null);
  put("temperature", temperature, SAMPLING.temperature);
  put("topk", topK, null);
  put("topp", topP, null);
  put("seed", seed, SAMPLING.seed);
}

/** Parameters of an address that name a model or a run in a way that is never followed. */
export function refusedIn(search: string, hash: string): string[] {
  const params = paramsOf(search, hash);
  return ["model", "trace"].filter((name) => params.get(name) && reference(params.get(name)) === null);
}

/** Values that say the same as leaving the parameter out. */
const SPELLED: Readonly<Record<string, string>> = {
  compare: START.compare,
  l: "",
  h: "",
  beside: "",
  pin: "none",
  side: START.side,
  view: "",
  orientation: START.orientation,
  dock: START.dock,
  panel: START.panel,
  vec: START.vec,
  filter: START.filter,
  hide: "0",
  chat: "0",
  strongest: String(START.strongest),
  least: String(START.least),
  read: START.read,
  colors: START.colors,
  score: "",
  sort: START.sort,
  to: "",
  block: "self",
  tab: START.tab,
  theme: "",
};

/** Parameters of an address whose values make no sense, as they stand there. */
export function ignoredIn(search: string, hash: string): string[] {
  return [...paramsOf(search, hash)].flatMap(([name, value]) => {
    const spelled = SPELLED[name];
    if (spelled === undefined || value === spelled || value === "") return [];
    const read = readUrl("", `#${new URLSearchParams({ [name]: value })}`);
    return writeUrl(read) === "" || isNone(name, read) ? [`${name}=${value.slice(0, 40)}`] : [];
  });
}

/** A list of pins without a number pins nothing, which is a value of its own. */
function isNone(name: string, { pins }: Place): boolean {
  return name === "pin" && pins?.length === 0;
}

/** Sentences of an address's edits that are none. */
export function unreadEdits(search: string, hash: string): readonly string[] {
  return readEdits((paramsOf(search, hash).get("edits") ?? "").slice(0, MOST.text)).unread;
}

function paramsOf(search: string, hash: string): URLSearchParams {
  const params = new URLSearchParams(search.replace(/^\?/, ""));
  for (const [name, value] of new URLSearchParams(hash.replace(/^#/, ""))) params.set(name, value);
  return params;
}

/** The place that an address names; `search` and `hash` as in `location`, the hash wins. */
export function readUrl(search: string, hash: string): Place {
  const params = paramsOf(search, hash);
  const get = (name: string) => params.get(name);
  const heads = numbers(get("h")).sort((a, b) => a - b);
  return {
    model: reference(get("model")),
    text: (get("text") ?? "").slice(0, MOST.text),
    pair: (get("pair") ?? "").slice(0, MOST.text),
    target: (get("target") ?? "").slice(0, MOST.text),
    image: (get("image") ?? "").slice(0, MOST.name),
    chat: get("chat") === "1",
    more: samplingOf(get),
    edits: readEdits((get("edits") ?? "").slice(0, MOST.text)).edits,
    b: (get("b") ?? "").slice(0, MOST.text),
    compare: oneOf(get("compare"), ["off", "side", "difference"], START.compare),
    trace: reference(get("trace")),
    block: oneOf(get("block"), BLOCKS, null),
    layer: number(get("l")),
    beside: numbers(get("beside")).sort((a, b) => a - b),
    heads,
    focus: number(get("focus")) ?? heads[0] ?? null,
    pins: get("pin") === null ? null : numbers(get("pin")),
    side: oneOf(get("side"), ["query", "key"], START.side),
    view: oneOf(get("view"), ["lines", "both", "matrix"], null),
    orientation: oneOf(get("orientation"), ORIENTATIONS, START.orientation),
    dock: oneOf(get("dock"), ["neurons", "open", "closed"], START.dock),
    panel: oneOf(get("panel"), ["neurons", "edits", "lens", "patch", "parts"], START.panel),
    vec: oneOf(get("vec"), ["k", "v"], START.vec),
    filter: oneOf(get("filter"), ["all", "aa", "ab", "ba", "bb"], START.filter),
    hide: get("hide") === "1",
    strongest: percent(get("strongest")),
    least: leastOf(get("least")),
    read: oneOf(get("read"), READINGS, START.read),
    colors: oneOf(get("colors"), INK_SCALES, START.colors),
    score: /^[\w-]{1,40}$/.test(get("score") ?? "") ? get("score") : null,
    sort: oneOf(get("sort"), ["grid", "score"], START.sort),
    to: numbers(get("to")),
    pattern: (get("find") ?? "").slice(0, MOST.pattern),
    tab: oneOf(get("tab"), ["map", "head", "neurons", "edits"], START.tab),
    theme: oneOf(get("theme"), ["light", "dark"], null),
  };
}

function oneOf<const T extends string, D>(value: string | null, known: readonly T[], otherwise: D): T | D {
  return known.find((k) => k === value) ?? otherwise;
}

function number(value: string | null): number | null {
  return value !== null && /^\d{1,7}$/.test(value) && Number(value) <= MOST.number ? Number(value) : null;
}

/** null where the address says nothing about going on. */
function samplingOf(get: (name: string) => string | null): Sampling | null {
  const tokens = number(get("more"));
  if (!tokens || tokens > MOST.more) return null;
  return {
    tokens,
    temperature: decimal(get("temperature"), 10) ?? SAMPLING.temperature,
    topK: number(get("topk")) || null,
    topP: decimal(get("topp"), 1) || null,
    seed: number(get("seed")) ?? SAMPLING.seed,
  };
}

function decimal(value: string | null, most: number): number | null {
  return value !== null && /^\d{0,3}(\.\d{1,6})?$/.test(value) && value !== "" && Number(value) <= most
    ? Number(value)
    : null;
}

/** In their order, without repeats. */
function numbers(value: string | null): number[] {
  const parts = (value ?? "").slice(0, MOST.list * 8).split(",", MOST.list);
  const known = parts.map(number).filter((n) => n !== null);
  return [...new Set(known)];
}

function percent(value: string | null): number {
  const n = number(value);
  return n !== null && n >= 1 && n <= 100 ? n : START.strongest;
}

function leastOf(value: string | null): number {
  const n = decimal(value, 99);
  return n ?? START.least;
}

/**
 * A name, a relative path below the page, an http(s) address, or the name of something that was opened from this
 * machine; never another scheme, never upwards.
 */
function reference(value: string | null): string | null {
  if (value === null || value === "" || value.length > MOST.name) return null;
  if (/\p{Cc}/u.test(value) || value.split("/").includes("..")) return null;
  if (/^https?:\/\/[^/]/i.test(value)) return URL.canParse(value) ? value : null;
  if (/^opened:[^/]/.test(value)) return value;
  return /^[\s/\\]|^[^/]*:|^[^/]*\\/.test(value) ? null : value;
}

/** The address of a reference, relative to the page: what is not yet spelled as in an address is encoded. */
export function addressOf(reference: string): string {
  if (/^https?:/i.test(reference)) return reference;
  return reference
    .replace(/%(?![0-9a-f]{2})/gi, "%25")
    .replace(/[^\w/%.~!$&'()*+,;=@-]/gu, (char) => encodeURIComponent(char));
}

/** The last part of an address for people: decoded where it can be, without characters that turn or break lines. */
export function lastName(address: string): string {
  const last = address.replace(/\/+$/, "").split("/").at(-1) || address;
  return decoded(last).replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, "\ufffd");
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
