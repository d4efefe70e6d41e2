// The known name that a mistyped one most likely meant.

/** Hub ids that people type, beside those of the page's own models. */
export const KNOWN_IDS: readonly string[] = [
  "openai-community/gpt2",
  "google-bert/bert-base-uncased",
  "distilbert/distilbert-base-uncased",
  "FacebookAI/roberta-base",
  "Helsinki-NLP/opus-mt-en-de",
  "HuggingFaceTB/SmolLM2-135M-Instruct",
  "Qwen/Qwen3-0.6B",
  "google/vit-base-patch16-224",
];

/** Changed letters up to which two names are taken for the same. */
const MOST = 2;

/** The nearest of `known`, with or without its owner; null where none is near. */
export function nearest(typed: string, known: readonly string[]): string | null {
  const bare = (name: string) => name.split("@")[0]!.split("/").at(-1)!.toLowerCase();
  const found = known
    .map((name) => ({ name, far: distance(bare(typed), bare(name)) }))
    .filter(({ name, far }) => far <= MOST && name !== typed.split("@")[0]);
  return found.sort((a, b) => a.far - b.far)[0]?.name ?? null;
}

/** Letters to insert, leave out or change (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(changed, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
