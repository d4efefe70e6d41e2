// Silences the heads with the strongest induction pattern, and as many random heads, and prints what that does to the
// loss on the second copy of random tokens. Usage, after npm run build: node scripts/induction-table.mjs MODEL-FOLDER [COUNT] [L.H...]
// Heads named at the end are silenced alone too, whatever their pattern.

import { meanLoss, SCORES, scoreTables } from "../dist/analysis/index.js";
import { openModel } from "../dist/index.js";
import { folderSource, nodeRuntime } from "../dist/node.js";

const [folder, count = "5", ...named] = process.argv.slice(2);
if (!folder) {
  console.error("usage: node scripts/induction-table.mjs MODEL-FOLDER [COUNT] [L.H...]");
  process.exit(2);
}
const COPY = 25;
const TEXTS = 4;
const DRAWS = 10;

let state = 1126;
/** Whole numbers below `limit` from a fixed seed (mulberry32). */
function draw(limit) {
  state = (state + 0x6d2b79f5) >>> 0;
  let t = Math.imul(state ^ (state >>> 15), state | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return ((t ^ (t >>> 14)) >>> 0) % limit;
}

const model = await openModel(await folderSource(folder), { runtime: await nodeRuntime() });
const { layers, heads, vocab } = model.info;
const texts = Array.from({ length: TEXTS }, () => {
  const ids = Array.from({ length: COPY }, () => draw(vocab));
  return [...ids, ...ids];
});

const score = SCORES.find(({ id }) => id === "induction");
const sums = new Float64Array(layers * heads);
for (const ids of texts) {
  const { trace } = await model.run({ ids }, { captures: ["q", "k"], points: "vectors" });
  const [table] = scoreTables(trace, "self", [score]);
  for (const [i, value] of table.values.entries()) sums[i] += value / TEXTS;
}
const ranked = [...sums.keys()].sort((a, b) => sums[b] - sums[a]);
const strongest = ranked.slice(0, Number(count));

/** Mean loss on the second copy with these heads silenced, in nats. */
async function loss(silenced) {
  const edits = silenced.map((i) => ({
    op: "scale",
    at: "z",
    layer: Math.floor(i / heads),
    head: i % heads,
    value: 0,
  }));
  let sum = 0;
  for (const ids of texts) {
    const { trace } = await model.run({ ids }, { captures: ["logits"], edits, points: "vectors" });
    const second = Array.from({ length: COPY - 1 }, (_, i) => COPY + i);
    sum += meanLoss(trace.tensor("logits").data, ids, second) / TEXTS;
  }
  return sum;
}

const name = (i) => `${Math.floor(i / heads)}.${i % heads}`;
const plain = await loss([]);
const silenced = await loss(strongest);
const random = [];
for (let i = 0; i < DRAWS; i++) {
  const drawn = new Set();
  while (drawn.size < strongest.length) {
    const head = draw(layers * heads);
    if (!strongest.includes(head)) drawn.add(head);
  }
  random.push(await loss([...drawn]));
}
const mean = random.reduce((sum, value) => sum + value, 0) / DRAWS;
console.log(`${model.info.name}: ${TEXTS} texts of ${COPY} random tokens, twice`);
console.log(`strongest: ${strongest.map((i) => `${name(i)} (${sums[i].toFixed(2)})`).join(", ")}`);
console.log(
  `loss on the second copy: ${plain.toFixed(3)}; strongest silenced ${silenced.toFixed(3)}; random silenced ${mean.toFixed(3)} (${Math.min(...random).toFixed(3)} to ${Math.max(...random).toFixed(3)} in ${DRAWS} draws)`,
);
console.log(
  `rise: ${(silenced - plain).toFixed(3)} against ${(mean - plain).toFixed(3)}, ${((silenced - plain) / (mean - plain)).toFixed(1)} times`,
);
const also = named.map((head) => head.split(".").map(Number)).map(([layer, head]) => layer * heads + head);
for (const i of [...strongest, ...also])
  console.log(`${name(i)} (${sums[i].toFixed(2)}) alone: ${((await loss([i])) - plain).toFixed(3)}`);
await model.dispose();
