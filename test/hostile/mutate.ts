// Seeded damage: numbers that are the same each time, JSON with a value replaced, dropped or added, bytes changed or cut.

/** Numbers from 0 to 1 (exclusive) that look random; mulberry32. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export type Random = () => number;

const STRANGE: readonly unknown[] = [
  null,
  true,
  false,
  "",
  "__proto__",
  "../x",
  "a".repeat(5000),
  "\ud800",
  0,
  -1,
  -0,
  1,
  2,
  3,
  0.5,
  1e-308,
  1e308,
  -1e308,
  2 ** 31,
  2 ** 32 + 3,
  2 ** 53,
  [],
  {},
  [[]],
  [1, "a", null],
  { a: { a: {} } },
];

export function pick<T>(random: Random, list: readonly T[]): T {
  return list[Math.floor(random() * list.length)]!;
}

/** The JSON value with one place replaced or dropped. */
export function strange(random: Random, json: unknown): unknown {
  if (typeof json !== "object" || json === null || random() < 0.05) return pick(random, STRANGE);
  const entries = Object.entries(json);
  if (entries.length === 0) return pick(random, STRANGE);
  const at = Math.floor(random() * entries.length);
  if (random() < 0.15) entries.splice(at, 1);
  else entries[at] = [entries[at]![0], strange(random, entries[at]![1])];
  return Array.isArray(json) ? entries.map(([, item]) => item) : Object.fromEntries(entries);
}

/** The bytes with a few changed, or cut short, or with some doubled. */
export function damaged(random: Random, bytes: Uint8Array, within = bytes.length): Uint8Array {
  const how = random();
  const at = Math.floor(random() * within);
  if (how < 0.1) return bytes.slice(0, at);
  if (how < 0.2) return Uint8Array.from([...bytes.slice(0, at), ...bytes.slice(Math.max(0, at - 20))]);
  const out = bytes.slice();
  for (let i = 0; i <= random() * 4; i++) out[Math.floor(random() * within)] = Math.floor(random() * 256);
  return out;
}
