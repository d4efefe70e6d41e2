// Chat templates of instruct models: Jinja programs in tokenizer_config.json, or beside it, that turn messages into
// the text the model was tuned on. Plain text stays the default; a template is a choice.

import { isObject, type JsonObject, readJson, readText } from "./json.ts";
import { CheckpointError, type Source } from "./source.ts";
import { limited } from "./tokenizer/limit.ts";

/** One message of a chat. */
export interface ChatMessage {
  readonly role: "system" | "user" | "assistant";
  readonly content: string;
}

/**
 * Text of a chat, up to where the assistant's answer begins. It holds its own special tokens: encode it with
 * `addSpecialTokens: false`.
 */
export type ChatTemplate = (messages: readonly ChatMessage[]) => string;

const MAX_TEMPLATE = 1_000_000;
const MAX_CONFIG = 16_000_000;
/** Characters of a whole chat; a text of as many takes a tokenizer minutes. */
const MAX_CHAT = 10_000_000;
/** Numbers of one range(), which the library makes a list of before a loop reads the first. */
const MAX_RANGE = 100_000;
/** Before every template: the library lets its globals be set, but not be given. Its newline goes with the block. */
const BOUNDS = "{% set range = bounded_range %}\n";

/** The chat template of a checkpoint, or null where it has none. */
export async function loadChatTemplate(source: Source, signal?: AbortSignal): Promise<ChatTemplate | null> {
  const config = (await readJson(source, "tokenizer_config.json", MAX_CONFIG, signal)) ?? {};
  const file = await readText(source, "chat_template.jinja", MAX_TEMPLATE, signal);
  const beside = await readJson(source, "chat_template.json", MAX_TEMPLATE, signal);
  const program = file ?? templateOf(beside?.chat_template) ?? templateOf(config.chat_template);
  return program === undefined ? null : compile(program, config);
}

/** A template, or the default one of several that are named. */
function templateOf(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  if (!Array.isArray(value)) return undefined;
  const named = value.filter(isObject);
  const chosen = named.find(({ name }) => name === "default") ?? named[0];
  return typeof chosen?.template === "string" ? chosen.template : undefined;
}

async function compile(program: string, config: JsonObject): Promise<ChatTemplate> {
  const { Template } = await import("@huggingface/jinja");
  const template = attempt("cannot be read", () => new Template(BOUNDS + program));
  const names = { ...specialTokens(config), bounded_range: boundedRange, add_generation_prompt: true };
  return (messages) =>
    attempt("refuses these messages", () =>
      limited("The model's chat template", 0, () => bounded(template.render({ ...names, messages }))),
    );
}

/** Jinja's range(stop) and range(start, stop, step), of a bounded length. */
function boundedRange(first: number, second?: number, step = 1): number[] {
  const [start, stop] = second === undefined ? [0, first] : [first, second];
  if (![start, stop, step].every(Number.isFinite) || step === 0)
    throw new Error("range() takes whole numbers, and a step that is not 0");
  const length = Math.max(0, Math.ceil((stop - start) / step));
  if (length > MAX_RANGE) throw new Error(`range() of ${length} numbers; at most ${MAX_RANGE} are made`);
  return Array.from({ length }, (_, i) => start + i * step);
}

function bounded(text: string): string {
  if (text.length <= MAX_CHAT) return text;
  throw new Error(`it makes ${text.length} characters of them; at most ${MAX_CHAT} are read`);
}

function attempt<T>(what: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof CheckpointError) throw error;
    throw new CheckpointError(
      `The model's chat template ${what}: ${(error as Error).message}. Use plain text instead.`,
    );
  }
}

/** bos_token, eos_token and their like, as the template's variables. */
function specialTokens(config: JsonObject): Record<string, string> {
  const tokens = Object.entries(config).flatMap(([key, value]): [string, string][] => {
    const content = isObject(value) ? value.content : value;
    return key.endsWith("_token") && typeof content === "string" ? [[key, content]] : [];
  });
  return Object.fromEntries(tokens);
}
