// How a checkpoint's authors would have it write: generation_config.json, or the same keys in config.json.
// Nothing of it counts unless it is asked for; keys that headscope does not follow are named.

import { type Config, readFile, type Source } from "../../checkpoint/index.ts";
import type { GenerationSettings } from "../model.ts";

/** Keys that change which tokens come out and that only beam search or other machinery would honour. */
const NOT_FOLLOWED: Readonly<Record<string, unknown>> = {
  num_beams: 1,
  no_repeat_ngram_size: 0,
  encoder_no_repeat_ngram_size: 0,
  bad_words_ids: null,
  suppress_tokens: null,
  begin_suppress_tokens: null,
  min_length: 0,
  min_new_tokens: null,
  min_p: null,
  typical_p: 1,
  epsilon_cutoff: 0,
  eta_cutoff: 0,
};

/** Read generation_config.json where there is one; older checkpoints keep these keys in config.json. */
export async function readGenerationSettings(
  source: Source,
  config: Config,
  signal?: AbortSignal,
): Promise<GenerationSettings> {
  const file = await readFile(source, "generation_config.json", signal);
  if (!file) return generationSettings(config);
  const own = parse(file);
  return own
    ? generationSettings(own)
    : { options: {}, ignored: ["generation_config.json, which is not valid JSON"] };
}

function parse(file: Uint8Array): Config | null {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(file));
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Config) : null;
  } catch {
    return null;
  }
}

/** The options that a config's keys stand for, named as Transformers' GenerationConfig names them. */
export function generationSettings(config: Config): GenerationSettings {
  // As written: what is no number, or out of its range, is refused when it is used.
  const number = (key: string) => (config[key] ?? undefined) as number | undefined;
  const draws = config.do_sample === true;
  const ends = [config.eos_token_id ?? []].flat();
  const eos = ends.filter((id): id is number => Number.isSafeInteger(id) && (id as number) >= 0);
  const options = {
    temperature: draws ? (number("temperature") ?? 1) : undefined,
    topK: draws ? (number("top_k") ?? 50) || undefined : undefined,
    topP: draws ? number("top_p") : undefined,
    repetitionPenalty: number("repetition_penalty"),
    eos: eos.length > 0 ? eos : undefined,
    forcedFirst: number("forced_bos_token_id"),
    forcedLast: number("forced_eos_token_id"),
  };
  const known = Object.entries(options).filter(([, value]) => value !== undefined);
  const ignored = Object.keys(NOT_FOLLOWED).filter(
    (key) => (config[key] ?? NOT_FOLLOWED[key]) !== NOT_FOLLOWED[key],
  );
  const odd = eos.length < ends.length ? ["eos_token_id of other than whole numbers"] : [];
  return { options: Object.fromEntries(known), ignored: [...ignored, ...odd] };
}
