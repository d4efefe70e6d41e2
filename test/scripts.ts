// Made-up runs of texts in several scripts, for tests of how they are laid out: from the right, letter below letter, and
// words that are longer than their column. No model stands behind them.

import { Trace } from "../src/trace/index.ts";
import { syntheticTokens, syntheticTrace } from "./synthetic.ts";

/** A made-up run of a text whose words are given. */
export function runOf(text: string): Trace {
  const words = text.split("|");
  const trace = syntheticTrace({ layers: 1, heads: 4, tokens: words.length, seed: 5 });
  const tokens = syntheticTokens(words.length).map((token, i) => ({
    ...token,
    text: words[i]!,
    raw: words[i]!.trim(),
  }));
  return new Trace({ ...trace.manifest, streams: [{ name: "text", tokens }] }, trace.parts().tensors);
}

export const hebrew = runOf("הילדה| קראה| ספר| ישן| על| הים| ,| והרוח| הפכה| את| הדפים| .");
export const ARABIC = "قرأت| الفتاة| كتابا| قديما| عن| البحر| والريح| تقلب| صفحاته";
export const arabic = runOf(ARABIC);
export const chinese = runOf("小|女孩|在|海边|读|一本|关于|大海|的|旧|书|,|海风|翻|着|书页|。");
export const japanese = runOf(
  "少女|は|海岸|で|コンピューター|と|Transformer|に|ついて|の|古い|教科書|を|読ん|で|い|まし|た|。|風|が|ページ|を|めくる",
);
export const english = runOf(
  "Internationally| renowned| electrophysiologists| unhesitatingly| characterised| the| counterintuitive| neurotransmitters| as| extraordinarily| representative| ,| notwithstanding| contradictory| observations",
);
