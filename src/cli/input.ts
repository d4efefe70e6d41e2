// From options to what the engine runs: texts, pairs, ids, targets, pictures and sound, each checked before anything
// is opened. Both commands that run a model share this file.

import { parseArgs } from "node:util";
import type { RunInput } from "../engine/index.ts";
import { decodeTensor, type FloatTensor, floatTensor, parseSafetensors, toFloat } from "../tensor/index.ts";
import { readImage } from "./image-file.ts";
import { inputBytes, inputText } from "./input-bytes.ts";
import { UsageError } from "./report.ts";
import { readSound } from "./sound-file.ts";

/** Options that say what to run, for parseArgs. */
export const INPUT_OPTIONS = {
  text: { type: "string", multiple: true },
  pair: { type: "string", multiple: true },
  texts: { type: "string" },
  ids: { type: "string" },
  "type-ids": { type: "string" },
  target: { type: "string", multiple: true },
  "target-ids": { type: "string" },
  image: { type: "string" },
  pixels: { type: "string" },
  audio: { type: "string" },
  features: { type: "string" },
  cut: { type: "string" },
} as const;

/** The values of INPUT_OPTIONS as parseArgs returns them. */
export interface InputValues {
  readonly text?: string[] | undefined;
  readonly pair?: string[] | undefined;
  readonly texts?: string | undefined;
  readonly ids?: string | undefined;
  readonly "type-ids"?: string | undefined;
  readonly target?: string[] | undefined;
  readonly "target-ids"?: string | undefined;
  readonly image?: string | undefined;
  readonly pixels?: string | undefined;
  readonly audio?: string | undefined;
  readonly features?: string | undefined;
  readonly cut?: string | undefined;
}

type OptionSpec = Readonly<
  Record<string, { type: "string" | "boolean"; multiple?: boolean; short?: string; default?: string }>
>;

type Parsed<T extends OptionSpec> = ReturnType<
  typeof parseArgs<{ args: string[]; options: T; allowPositionals: true; strict: true }>
>;

/**
 * parseArgs that takes values beginning with a dash, as texts and negative numbers may: after an option that
 * wants a value, only the name of another option counts as forgotten.
 */
export function parse<const T extends OptionSpec>(args: readonly string[], options: T): Parsed<T> {
  const joined: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const [arg, next] = [args[i]!, args[i + 1]];
    const takesDash = wantsValue(arg, options) && next?.startsWith("-") && !isOption(next, options);
    joined.push(takesDash ? `${arg}=${args[++i]}` : arg);
  }
  return parseArgs({ args: joined, options, allowPositionals: true, strict: true });
}

function wantsValue(arg: string, options: OptionSpec): boolean {
  return arg.startsWith("--") && options[arg.slice(2)]?.type === "string";
}

function isOption(arg: string, options: OptionSpec): boolean {
  if (arg.startsWith("--")) return arg === "--" || Object.hasOwn(options, arg.slice(2).split("=")[0]!);
  return Object.values(options).some(({ short }) => arg === `-${short}`);
}

/** The one positional argument: which model. */
export function modelSpec(positionals: readonly string[]): string {
  const [model, extra] = positionals;
  if (model === undefined) throw new UsageError("No model is named.");
  if (extra === undefined) return model;
  throw new UsageError(
    `"${extra}" follows the model "${model}", but one model is expected. A text goes behind --text, in quotes.`,
  );
}

/** What to run, one entry per result, and whether the results belong in a folder. */
export async function readInputs(
  values: InputValues,
  signal: AbortSignal,
): Promise<{ inputs: RunInput[]; folder: boolean }> {
  const texts = await readTexts(values, signal);
  checkOneKind(values);
  const inputs = texts.length
    ? textInputs(texts, values)
    : [{ ...onlyTarget(values), ...(await idsOrFile(values, signal)) }];
  const common = { ...targetIds(values), ...cut(values) };
  return {
    inputs: inputs.map((input) => ({ ...input, ...common })),
    folder: values.texts !== undefined || texts.length > 1,
  };
}

async function readTexts({ text, texts }: InputValues, signal: AbortSignal): Promise<string[]> {
  if (texts === undefined) return text ?? [];
  const lines = (await inputText(texts, signal)).replace(/\r?\n$/, "").split(/\r?\n/);
  const empty = lines.indexOf("");
  if (empty >= 0)
    throw new Error(`Line ${empty + 1} of ${texts} is empty; each line must hold one text to run.`);
  return [...(text ?? []), ...lines];
}

/** Text, ids, picture and sound exclude each other, and options that belong to one of them need it. */
function checkOneKind(values: InputValues): void {
  const hasText = values.text !== undefined || values.texts !== undefined;
  const kinds = [
    hasText && "--text",
    values.ids !== undefined && "--ids",
    values.image !== undefined && "--image",
    values.pixels !== undefined && "--pixels",
    values.audio !== undefined && "--audio",
    values.features !== undefined && "--features",
  ];
  const given = kinds.filter((kind) => kind !== false);
  if (given.length === 0)
    throw new UsageError(
      "Nothing to run: give --text, --texts, --ids, --image, --pixels, --audio or --features.",
    );
  if (given.length > 1) throw new UsageError(`${given.join(" and ")} exclude each other: give one of them.`);
  needs(values.pair !== undefined, "--pair", hasText, "--text");
  needs(values["type-ids"] !== undefined, "--type-ids", values.ids !== undefined, "--ids");
  if (values.target && values["target-ids"] !== undefined)
    throw new UsageError("--target and --target-ids exclude each other: give one of them.");
}

function needs(given: boolean, option: string, present: boolean, other: string): void {
  if (given && !present) throw new UsageError(`${option} works only together with ${other}.`);
}

function textInputs(texts: readonly string[], { pair = [], target = [] }: InputValues): RunInput[] {
  sameCount("--pair", pair, texts);
  sameCount("--target", target, texts);
  return texts.map((text, i) => ({
    text,
    ...(pair.length && { pair: pair[i]! }),
    ...(target.length && { target: target[i]! }),
  }));
}

function sameCount(option: string, given: readonly string[], texts: readonly string[]): void {
  if (given.length === 0 || given.length === texts.length) return;
  throw new UsageError(
    `${option} is given ${given.length} times for ${texts.length} texts: give one for each text, in the same order, or none.`,
  );
}

function onlyTarget({ target = [] }: InputValues): RunInput {
  if (target.length > 1) throw new UsageError(`--target is given ${target.length} times for one input.`);
  return target.length ? { target: target[0]! } : {};
}

async function idsOrFile(values: InputValues, signal: AbortSignal): Promise<RunInput> {
  if (values.image !== undefined) return { image: await readImage(values.image, signal) };
  if (values.pixels !== undefined) return { pixels: await readPixels(values.pixels, signal) };
  if (values.audio !== undefined) return { audio: await readSound(values.audio, signal) };
  if (values.features !== undefined) return { features: await readFeatures(values.features, signal) };
  const ids = parseIds("--ids", values.ids!);
  if (values["type-ids"] === undefined) return { ids };
  const typeIds = parseIds("--type-ids", values["type-ids"]);
  if (typeIds.length === ids.length) return { ids, typeIds };
  throw new UsageError(
    `--type-ids holds ${typeIds.length} numbers for ${ids.length} ids: give one for each id.`,
  );
}

function targetIds(values: InputValues): RunInput {
  const given = values["target-ids"];
  return given === undefined ? {} : { targetIds: parseIds("--target-ids", given) };
}

function cut({ cut }: InputValues): RunInput {
  if (cut === undefined) return {};
  if (cut === "first" || cut === "last") return { cut };
  throw new UsageError(
    `--cut is "${cut}"; it may be "first" or "last": which tokens of a long text to keep.`,
  );
}

/** Whole numbers between commas, e.g. "1,2,3". Whether the model knows them is the engine's question. */
export function parseIds(option: string, list: string): number[] {
  return list.split(",").map((item) => {
    if (/^\s*-?\d{1,15}\s*$/.test(item)) return Number(item);
    throw new UsageError(
      `${option} holds "${item}"; whole numbers with commas between them are expected, e.g. 1,2,3.`,
    );
  });
}

/** A number option within bounds, or undefined where it is not given. */
export function parseNumber(
  option: string,
  given: string | undefined,
  {
    least,
    most = Number.POSITIVE_INFINITY,
    whole = false,
  }: { least: number; most?: number; whole?: boolean },
): number | undefined {
  if (given === undefined) return undefined;
  const value = given.trim() === "" ? Number.NaN : Number(given);
  if (value >= least && value <= most && (!whole || Number.isSafeInteger(value))) return value;
  const range = most === Number.POSITIVE_INFINITY ? `of at least ${least}` : `from ${least} to ${most}`;
  throw new UsageError(`${option} is "${given}"; a ${whole ? "whole " : ""}number ${range} is expected.`);
}

/** A layer and a head in the form 4.11, or undefined where it is not given. */
export function parseHead(
  option: string,
  given: string | undefined,
): readonly [layer: number, head: number] | undefined {
  if (given === undefined) return undefined;
  const found = /^(\d{1,6})\.(\d{1,6})$/.exec(given.trim());
  if (found) return [Number(found[1]), Number(found[2])];
  throw new UsageError(`${option} is "${given}"; a layer and a head are expected in the form 4.11.`);
}

/** `pixel_values` of a safetensors file, [3, height, width] or with a batch axis of 1 before it. */
export function readPixels(path: string, signal: AbortSignal): Promise<FloatTensor> {
  return readOne(path, "pixel_values", 3, "one image, [3, height, width],", signal);
}

/** `input_features` of a safetensors file, [mel bins, frames] or with a batch axis of 1 before it. */
export function readFeatures(path: string, signal: AbortSignal): Promise<FloatTensor> {
  return readOne(path, "input_features", 2, "one spectrogram, [mel bins, frames],", signal);
}

async function readOne(
  path: string,
  name: string,
  axes: number,
  expected: string,
  signal: AbortSignal,
): Promise<FloatTensor> {
  const file = new Uint8Array(await inputBytes(path, signal));
  const entry = parseSafetensors(file).tensors.get(name);
  if (!entry) throw new Error(`${path} holds no tensor named ${name}.`);
  const { shape, data } = toFloat(decodeTensor(entry, file.subarray(entry.start, entry.end)));
  const one = shape.length === axes + 1 && shape[0] === 1 ? shape.slice(1) : shape;
  if (one.length === axes) return floatTensor(one, data);
  throw new Error(`${name} in ${path} has the shape [${shape.join(", ")}]; ${expected} is expected.`);
}
