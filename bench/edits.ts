// Part: edits. What open edit points cost where they change nothing, and a sweep that silences each head in turn,
// against the same sweep made naively in Transformers with hooks (the last logits, one run a head); and a slider.

import { type BenchModel, benchModels, startOurs, startTheirs, THREADS } from "./engine-processes.ts";
import { benchSlider } from "./slider.ts";
import { fixed, ids, median, pause, table, time } from "./stats.ts";
import type { Findings, Setup, Target } from "./types.ts";

const PAUSE_MS = 300;
const VOCABULARY = 40_000;
const LENGTHS = [16, 128, 512] as const;
const SWEEP_TOKENS = 32;
/** Largest shares of the plain run's time and of the naive sweep's. */
const OF_PLAIN = 1.05;
const OF_NAIVE = 0.4;

interface Neutral {
  readonly n: number;
  readonly plain: number;
  readonly open: number;
}

/** Measures edits on the model of GPT-2 small's shape. */
export async function benchEdits(setup: Setup): Promise<Findings> {
  const model = (await benchModels(setup)).find(({ key }) => key === "gpt2");
  if (!model) return { sections: [], targets: [] };
  setup.say("Edits: points that change nothing");
  const neutral = await measureNeutral(model, setup);
  setup.say("Edits: a sweep over all heads");
  const sweep = await measureSweep(model, setup);
  const slider = await benchSlider(setup);
  return {
    sections: [neutralSection(neutral), ...slider.sections, sweepSection(sweep)],
    targets: [
      ...neutral.map(neutralTarget),
      ...slider.targets,
      ...(sweep.theirs ? [sweepTarget(sweep.ours, sweep.theirs)] : []),
    ],
  };
}

/** Two processes of ours, because open points take the plain session's place. */
async function measureNeutral({ path }: BenchModel, { quick }: Setup): Promise<Neutral[]> {
  const [plain, open] = [startOurs(), startOurs()];
  try {
    for (const child of [plain, open]) await child.ask({ do: "load", model: path });
    const rows: Neutral[] = [];
    for (const n of quick ? [128] : LENGTHS) {
      const request = { ids: ids(n, VOCABULARY) };
      const times: { plain: number[]; open: number[] } = { plain: [], open: [] };
      for (let round = 0; round < (quick ? 4 : 10); round++) {
        const a = await plain.ask({ do: "plain", ...request });
        await pause(PAUSE_MS);
        const b = await open.ask({ do: "pointed", ...request });
        await pause(PAUSE_MS);
        if (round > 1) times.plain.push(a.seconds);
        if (round > 1) times.open.push(b.seconds);
      }
      rows.push({ n, plain: median(times.plain), open: median(times.open) });
    }
    return rows;
  } finally {
    await Promise.all([plain.stop(), open.stop()]);
  }
}

interface SweepTimes {
  readonly ours: number;
  readonly theirs: number | undefined;
}

async function measureSweep({ path }: BenchModel, { python, quick }: Setup): Promise<SweepTimes> {
  const ours = startOurs();
  const theirs = python === undefined ? undefined : startTheirs(python);
  const request = { do: "sweep", ids: ids(SWEEP_TOKENS, VOCABULARY) };
  const times: { ours: number[]; theirs: number[] } = { ours: [], theirs: [] };
  try {
    await ours.ask({ do: "load", model: path });
    await theirs?.ask({ do: "load", model: path, threads: THREADS });
    for (let round = 0; round < (quick ? 2 : 4); round++) {
      const a = await ours.ask(request);
      await pause(PAUSE_MS);
      const b = await theirs?.ask(request);
      await pause(PAUSE_MS);
      if (round > 0) times.ours.push(a.seconds);
      if (round > 0 && b) times.theirs.push(b.seconds);
    }
  } finally {
    await Promise.all([ours.stop(), theirs?.stop()]);
  }
  return { ours: median(times.ours), theirs: theirs && median(times.theirs) };
}

function neutralSection(rows: readonly Neutral[]): string {
  const lines = rows.map(({ n, plain, open }) => [n, time(plain), time(open), fixed(open / plain)]);
  return `### Points that change nothing\n\n${table(["tokens", "plain run", "with points open", "ratio"], lines)}`;
}

function sweepSection({ ours, theirs }: SweepTimes): string {
  const ratio = theirs === undefined ? "–" : fixed(ours / theirs);
  const row = [`144 heads, ${SWEEP_TOKENS} tokens`, time(ours), time(theirs), ratio];
  return `### Each head silenced in turn\n\n${table(["what", "headscope", "Transformers with hooks", "ratio"], [row])}`;
}

function neutralTarget({ n, plain, open }: Neutral): Target {
  return {
    what: `a run with neutral edit points, ${n} tokens`,
    target: `at most ${OF_PLAIN} of a plain run`,
    measured: fixed(open / plain),
    share: open / plain / OF_PLAIN,
  };
}

function sweepTarget(ours: number, theirs: number): Target {
  return {
    what: `head-ablation sweep, 144 heads, ${SWEEP_TOKENS} tokens`,
    target: `at most ${OF_NAIVE} of Transformers with hooks`,
    measured: fixed(ours / theirs),
    share: ours / theirs / OF_NAIVE,
  };
}
