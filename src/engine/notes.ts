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

/** What was found while a checkpoint was opened. */
export interface Findings extends Pick<Described, "unused" | "headless"> {
  /** Tensors of the head that the weights lack. */
  readonly lacking: readonly string[];
  /** Tensors of its layers that the family does not use. */
  readonly unusedWeights: readonly string[];
  /** What was cut from tensor names. */
  readonly cut: readonly string[];
  /** Whether an adapter's config lies beside the model's. */
  readonly adapter: boolean;
  /** Keys of the picture's recipe that no step reads. */
  readonly steps: readonly string[];
}

/** Everything there is to say, the most important first. */
export function notesOf({
  unused,
  headless,
  lacking,
  unusedWeights,
  cut,
  steps,
  adapter,
}: Findings): ModelNote[] {
  const quoted = cut.map((part) => `"${part}"`).join(" and ");
  const all: (ModelNote | false)[] = [
    headless !== null && {
      kind: "head",
      text: `config.json names the class ${headless.className}, whose head headscope does not have: the model opens without logits. It has those of ${headless.known.join(", ")}.`,
    },
    lacking.length > 0 && {
      kind: "head",
      text: `The weights lack ${some(lacking)}, which the head of the class in config.json needs: the model opens without logits.`,
    },
    unusedWeights.length > 0 && {
      kind: "weights",
      text: `${count(unusedWeights.length)} of the weights ${unusedWeights.length === 1 ? "is" : "are"} not used by this family as config.json describes it: ${some(unusedWeights)}. Do config.json and the weights belong together?`,
    },
    adapter && {
      kind: "weights",
      text: "adapter_config.json lies beside the model: an adapter that is not merged into the weights is not applied. If it belongs to the model, merge it with merge_and_unload() of peft, and save that.",
    },
    cut.length > 0 && {
      kind: "names",
      text: `The names of the tensors begin with or hold ${quoted}, as wrappers of PyTorch write them; it was cut.`,
    },
    unused.length > 0 && {
      kind: "keys",
      text: unread("config.json", unused, "no forward pass of this family"),
    },
    steps.length > 0 && { kind: "keys", text: unread("preprocessor_config.json", steps, "no step") },
  ];
  return all.filter((note) => note !== false);
}

function unread(file: string, keys: readonly string[], reader: string): string {
  const count = keys.length === 1 ? "a key" : `${keys.length} keys`;
  return `${file} has ${count} that ${reader} reads: ${keys.join(", ")}.`;
}

function some(names: readonly string[]): string {
  const rest = names.length - 3;
  return names.slice(0, 3).join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}

function count(tensors: number): string {
  return tensors === 1 ? "1 tensor" : `${tensors} tensors`;
}
