// Unicode normal forms with places. Where a character is put together from several, it keeps the first one's
// place; where one falls apart, all parts keep its place; where marks change order, places stay in order.

import { type Aligned, type Change, transform } from "./aligned.ts";

/** A Unicode normal form. */
export type Form = "NFC" | "NFD" | "NFKC" | "NFKD";

// Marks, and Hangul vowels and finals: what can combine with the character before it.
const COMBINES = /^[\p{M}\u1160-\u11ff]$/u;

/** The text in a normal form. */
export function toForm(text: Aligned, form: Form): Aligned {
  const joined = text.chars.join("");
  const normal = joined.normalize(form);
  if (normal === joined) return text;
  const parts = segments(text.chars).map((chars) => changesOf(chars, form));
  const apart = parts.flat();
  const whole = apart.map(([char]) => char).join("") === normal;
  return transform(text, whole ? apart : changesOf(text.chars, form));
}

function segments(chars: readonly string[]): string[][] {
  const found: string[][] = [];
  for (const char of chars) {
    const last = found.at(-1);
    if (last && COMBINES.test(char)) last.push(char);
    else found.push([char]);
  }
  return found;
}

/** Changes that bring a run of characters into a form: through its decomposition, as the definition does. */
function changesOf(chars: readonly string[], form: Form): Change[] {
  const base = form === "NFC" || form === "NFD" ? "NFD" : "NFKD";
  const joined = chars.join("");
  const parts = chars.flatMap((char) =>
    [...char.normalize(base)].map((part, i): Change => [part, i > 0 ? 1 : 0]),
  );
  const ordered = take(parts, [...joined.normalize(base)]);
  if (form === base) return ordered;
  const made = [...joined.normalize(form)];
  const members = made.map((char) => [...char.normalize(base)]);
  const changes = take(ordered, members.flat());
  let at = 0;
  return made.map((char, i): Change => {
    const group = changes.slice(at, at + members[i]!.length);
    at += group.length;
    return [char, group.reduce((sum, [, change]) => sum + change, 1 - group.length)];
  });
}

/** The parts in the order of `wanted`; equal characters keep their order. */
function take(parts: readonly Change[], wanted: readonly string[]): Change[] {
  const queues = new Map<string, Change[]>();
  for (const part of [...parts].reverse()) {
    const queue = queues.get(part[0]);
    if (queue) queue.push(part);
    else queues.set(part[0], [part]);
  }
  return wanted.map((char) => queues.get(char)?.pop() ?? [char, 0]);
}
