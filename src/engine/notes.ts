// What the user of a checkpoint should know although it opens: keys that change nothing, a missing head, cut names.

import type { Described } from "./architectures/index.ts";
import type { Head, HeadStep, ModelDescription } from "./description.ts";
import type { ModelNote } from "./model.ts";
import type { WeightBook } from "./weight-book.ts";

/** A description whose head is left out where the weights lack a part of it: attention needs no head. */
export interface Headed {
  readonly description: ModelDescription;
  /** Tensors of the head that the weights lack. */
  readonly lacking: readonly string[];
}

/** The description, without its head where `book` lacks a tensor of it. */
export function withStoredHead(description: ModelDescription, book: WeightBook): Headed {
  const lacking = description.head ? tensorsOf(description.head).filter((name) => !book.has(name)) : [];
  return { description: lacking.length > 0 ? { ...description, head: null } : description, lacking };
}

function tensorsOf({ steps }: Head): string[] {
  return [...new Set(steps.flatMap(namesOf))];
}

function namesOf(step: HeadStep): string[] {
  if ("linear" in step) return [step.linear.weight, step.linear.bias].filter((name) => name !== undefined);
  if ("norm" in step) {
    const { weight, bias } = { bias: undefined, ...step.norm };
    return [weight, bias].filter((name) => typeof name === "string");
  }
  return "add" in step ? [step.add] : [];
}

/** Everything there is to say, the most important first. */
export function notesOf(
  { unused, headless }: Pick<Described, "unused" | "headless">,
  lacking: readonly string[],
  cut: readonly string[],
  unusedWeights: readonly string[] = [],
): ModelNote[] {
  const notes: ModelNote[] = [];
  if (headless)
    notes.push({
      kind: "head",
      text: `config.json names the class ${headless.className}, whose head headscope does not have: the model opens without logits. It has those of ${headless.known.join(", ")}.`,
    });
  if (lacking.length > 0)
    notes.push({
      kind: "head",
      text: `The weights lack ${some(lacking)}, which the head of the class in config.json needs: the model opens without logits.`,
    });
  if (unusedWeights.length > 0)
    notes.push({
      kind: "weights",
      text: `${count(unusedWeights.length)} of the weights ${unusedWeights.length === 1 ? "is" : "are"} not used by this family as config.json describes it: ${some(unusedWeights)}. Do config.json and the weights belong together?`,
    });
  if (cut.length > 0)
    notes.push({
      kind: "names",
      text: `The names of the tensors begin with or hold ${cut.map((part) => `"${part}"`).join(" and ")}, as wrappers of PyTorch write them; it was cut.`,
    });
  if (unused.length > 0)
    notes.push({
      kind: "keys",
      text: `config.json has ${unused.length === 1 ? "a key" : `${unused.length} keys`} that no forward pass of this family reads: ${unused.join(", ")}.`,
    });
  return notes;
}

function some(names: readonly string[]): string {
  const rest = names.length - 3;
  return names.slice(0, 3).join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}

function count(tensors: number): string {
  return tensors === 1 ? "1 tensor" : `${tensors} tensors`;
}
