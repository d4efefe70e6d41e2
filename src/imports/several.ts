// Files with several pictures or runs: which one is read is chosen by its number, as a text of a batch is.

import { tokenOf } from "../trace/index.ts";
import { type Found, type FoundArray, type FoundItem, ImportError } from "./found.ts";
import { sameWords } from "./words-in-json.ts";

/** One of several, before it is read. */
export interface Unread {
  /** Where it stands: "cell 3"; "" where its number says it. */
  readonly place: string;
  readonly read: () => Found;
}

/** Letters of a text that tell it from others. */
const SHOWN = 40;

/** What a file with such a list holds: the one that there is, or all to choose from. Those that are alike count once. */
export function severalOf(list: readonly Unread[], what: string): Found {
  const items: FoundItem[] = [];
  for (const { place, read } of list) {
    const found = attempted(read);
    if (items.some((item) => isAlike(item.found, found))) continue;
    items.push({ name: [place, described(found)].filter((part) => part !== "").join(", "), found });
  }
  if (items.length === 1) {
    const [{ found }] = items as [FoundItem];
    if (found instanceof ImportError) throw found;
    return found;
  }
  return { maker: what, arrays: [], words: [], sentenceBStart: null, model: "", notes: [], items };
}

function attempted(read: () => Found): Found | ImportError {
  try {
    return read();
  } catch (error) {
    if (error instanceof ImportError) return error;
    throw error;
  }
}

/** How many words it has and how they begin. */
function described(found: Found | ImportError): string {
  if (found instanceof ImportError) return "cannot be read";
  const lists = found.words.filter(({ item = 0 }) => item === 0);
  const named = lists.map(({ words }) => `${words.length} words: ${beginning(words)}`);
  return [found.maker, ...named.slice(0, 2)].join(", ");
}

/** The first words of a text, with spaces where the tokenizer has them, or between all. */
export function beginning(words: readonly string[]): string {
  const spelled = words.slice(0, SHOWN);
  const marked = spelled.some((word) => /^[Ġ▁]/.test(word));
  const text = marked
    ? spelled
        .map((word) => tokenOf(word, 0).text)
        .join("")
        .trim()
    : spelled.join(" ").replaceAll(" ##", "");
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}

/** True for two pictures of the same attention, as the views of one run in a notebook are. */
function isAlike(a: Found | ImportError, b: Found | ImportError): boolean {
  if (a instanceof ImportError || b instanceof ImportError) return false;
  return (
    a.words.length === b.words.length &&
    a.words.every(({ name, words }, i) => name === b.words[i]!.name && sameWords(words, b.words[i]!.words)) &&
    a.arrays.length === b.arrays.length &&
    a.arrays.every((array, i) => isSame(array, b.arrays[i]!))
  );
}

function isSame(a: FoundArray, b: FoundArray): boolean {
  return (
    a.name === b.name &&
    a.layers.length === b.layers.length &&
    a.layers.every((layer, l) => {
      const other = b.layers[l]!;
      if (!layer || !other) return layer === other;
      return (
        layer.data.length === other.data.length && layer.data.every((value, i) => value === other.data[i])
      );
    })
  );
}
