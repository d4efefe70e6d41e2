// What a model's logits are of, and what its classes are called: read off its description and its config.

import type { ModelDescription } from "./description.ts";
import type { Says } from "./model.ts";

/** Longest name that is kept; a checkpoint may hold anything. */
const LONGEST = 80;

/** What a model says; null where it has no head. */
export function saysOf({ head }: ModelDescription, config: Readonly<Record<string, unknown>>): Says | null {
  if (!head) return null;
  if (head.words) return { what: "words", each: true, labels: null };
  const each = head.from === "tokens";
  const [name] = Array.isArray(config.architectures) ? (config.architectures as unknown[]) : [];
  if (String(name).endsWith("ForQuestionAnswering")) return { what: "answer", each, labels: null };
  if (each && head.width === 1) return { what: "replaced", each, labels: ["original", "replaced"] };
  return { what: "classes", each, labels: labelsOf(config.id2label, head.width) };
}

/** LABEL_0 and the like are what Transformers writes where nobody named them. */
function labelsOf(given: unknown, count: number): readonly string[] | null {
  if (typeof given !== "object" || given === null) return null;
  const names = Array.from({ length: count }, (_, id) => (given as Record<string, unknown>)[String(id)]);
  const all = names.every((name): name is string => typeof name === "string");
  if (!all || names.every((name, id) => name === `LABEL_${id}`)) return null;
  return names.map((name) => name.slice(0, LONGEST));
}
