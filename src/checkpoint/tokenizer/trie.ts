// Strings found by the characters they begin with. One map holds all edges, so that hundreds of thousands of strings
// are stored in time and memory that grow with their length.

const CODE_POINTS = 0x110000;

/** Values under strings of characters; a later value replaces an earlier one. */
export class Trie<T> {
  readonly #edges = new Map<number, number>();
  readonly #values: (T | undefined)[] = [undefined];

  set(chars: Iterable<string>, value: T): void {
    let node = 0;
    for (const char of chars) node = this.#child(node, char);
    if (node > 0) this.#values[node] = value;
  }

  #child(node: number, char: string): number {
    const edge = node * CODE_POINTS + char.codePointAt(0)!;
    const known = this.#edges.get(edge);
    if (known !== undefined) return known;
    const made = this.#values.push(undefined) - 1;
    this.#edges.set(edge, made);
    return made;
  }

  /** Calls `found` for each string that begins at `at`, the shorter first; `end` is one past its last character. */
  each(chars: readonly string[], at: number, found: (end: number, value: T) => void): void {
    let node: number | undefined = 0;
    for (let i = at; i < chars.length; i++) {
      node = this.#edges.get(node * CODE_POINTS + chars[i]!.codePointAt(0)!);
      if (node === undefined) return;
      const value = this.#values[node];
      if (value !== undefined) found(i + 1, value);
    }
  }

  /** The longest string that begins at `at`. */
  longest(chars: readonly string[], at: number): { readonly end: number; readonly value: T } | undefined {
    let best: { end: number; value: T } | undefined;
    this.each(chars, at, (end, value) => {
      best = { end, value };
    });
    return best;
  }
}
