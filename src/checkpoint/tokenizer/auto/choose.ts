// The class that AutoTokenizer would build a checkpoint's tokenizer with, and classes that split text in ways of
// their own.

import type { JsonObject } from "../../json.ts";
import { CheckpointError } from "../../source.ts";
import type { Config } from "../../weights.ts";
import { escaped } from "../chars.ts";
import { registeredClass, WRONGLY_NAMED } from "./registered.ts";

/** The class that takes tokenizer.json as it is. */
export const BACKEND = "TokenizersBackend";

const PLAIN = new Set([
  BACKEND,
  "PythonBackend",
  "PreTrainedTokenizer",
  "PreTrainedTokenizerFast",
  "BloomTokenizer",
]);

/** Other names of a class, and classes that add nothing to another. */
const ALIASES = new Map([
  ["BartTokenizer", "RobertaTokenizer"],
  ["ConvBertTokenizer", "BertTokenizer"],
  ["DPRContextEncoderTokenizer", "BertTokenizer"],
  ["DPRQuestionEncoderTokenizer", "BertTokenizer"],
  ["DPRReaderTokenizer", "BertTokenizer"],
  ["DistilBertTokenizer", "BertTokenizer"],
  ["ElectraTokenizer", "BertTokenizer"],
  ["FNetTokenizer", "AlbertTokenizer"],
  ["LEDTokenizer", "RobertaTokenizer"],
  ["LayoutLMTokenizer", "BertTokenizer"],
  ["LongformerTokenizer", "RobertaTokenizer"],
  ["LxmertTokenizer", "BertTokenizer"],
  ["MobileBertTokenizer", "BertTokenizer"],
  ["MvpTokenizer", "RobertaTokenizer"],
  ["ParakeetTokenizer", BACKEND],
  ["Phi3Tokenizer", "LlamaTokenizer"],
  ["SqueezeBertTokenizer", "BertTokenizer"],
]);

/** Classes that split text by programs of their own, or by libraries that are not here. */
const OTHERS = new Set(
  (
    "BartphoTokenizer BertGenerationTokenizer BertJapaneseTokenizer BertTokenizerLegacy BertweetTokenizer " +
    "BioGptTokenizer BlenderbotSmallTokenizer ByT5Tokenizer CTRLTokenizer CanineTokenizer ClvpTokenizer " +
    "CpmAntTokenizer CpmTokenizer DiaTokenizer EsmTokenizer EsmcTokenizer FSMTTokenizer " +
    "FastSpeech2ConformerTokenizer FlaubertTokenizer GPTNeoXJapaneseTokenizer GPTSw3Tokenizer LasrTokenizer " +
    "LayoutLMv2Tokenizer LayoutLMv3Tokenizer LayoutXLMTokenizer LukeTokenizer MLukeTokenizer MarkupLMTokenizer " +
    "MgpstrTokenizer MyT5Tokenizer NougatTokenizer PLBartTokenizer PerceiverTokenizer PhobertTokenizer " +
    "Pop2PianoTokenizer ProphetNetTokenizer Qwen3_5Tokenizer RagTokenizer ReformerTokenizer RoCBertTokenizer " +
    "RoFormerTokenizer SeamlessM4TTokenizer Siglip2Tokenizer SiglipTokenizer Speech2TextTokenizer " +
    "SpeechT5Tokenizer SplinterTokenizer TapasTokenizer Tipsv2Tokenizer UdopTokenizer VideoPrismTokenizer " +
    "VitsTokenizer Wav2Vec2CTCTokenizer Wav2Vec2PhonemeCTCTokenizer XLMTokenizer"
  ).split(" "),
);

/** What the choice depends on. */
export interface Named {
  readonly config: Config;
  readonly tokenizerConfig: JsonObject;
  /** Whether tokenizer.json has a byte-level part. */
  readonly byteLevel: boolean;
  /** Whether a class is one that headscope builds. */
  readonly known: (name: string) => boolean;
}

/** The class's name, without "Fast". Classes that split otherwise are refused by name. */
export function chooseClass(named: Named): string {
  const name = chosen(named);
  if (name === BACKEND || named.known(name)) return name;
  throw new CheckpointError(
    `The tokenizer's class ${escaped(name.slice(0, 100))} splits text in a way that headscope does not have; read as another it would give wrong tokens. Give token ids in place of a text.`,
  );
}

function chosen({ config, tokenizerConfig, byteLevel, known }: Named): string {
  const type = typeof config.model_type === "string" ? config.model_type : "";
  const told = nameOf(tokenizerConfig.tokenizer_class) ?? nameOf(config.tokenizer_class);
  const registered = registeredClass(type);
  const exists = (name: string) => known(name) || OTHERS.has(name);
  const resolved = (name: string) => (exists(name) ? name : BACKEND);
  if (tokenizerConfig.auto_map !== undefined && !WRONGLY_NAMED.has(type))
    return byOwnCode(told, exists, registered);
  if (told === "LlamaTokenizer" && byteLevel && !WRONGLY_NAMED.has(type)) return BACKEND;
  if (told === undefined) return resolved(canonical(registered ?? BACKEND));
  if (registered === undefined || canonical(registered) === canonical(told)) return resolved(canonical(told));
  if (registered === BACKEND) return BACKEND;
  return resolved(canonical(WRONGLY_NAMED.has(type) ? registered : told));
}

/** A tokenizer with Python code of its own: without that code Transformers falls back to a class that it has, or ends. */
function byOwnCode(
  told: string | undefined,
  exists: (name: string) => boolean,
  registered: string | undefined,
): string {
  const name = canonical(told ?? registered ?? "");
  if (name === BACKEND || exists(name)) return name;
  return told ?? "of its own code (auto_map)";
}

function canonical(name: string): string {
  if (PLAIN.has(name)) return BACKEND;
  return ALIASES.get(name) ?? name;
}

function nameOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== ""
    ? value.replace(/(?<!PreTrainedTokenizer)Fast$/, "")
    : undefined;
}
