// Part one: headscope's engine in Node against Transformers in Python, equal ids, two threads each.
// One long-lived process on each side; calls alternate with a pause between, because the spinning worker threads of
// two runtimes disturb each other.

import type { Answer, Child, Request } from "./child.ts";
import { type BenchModel, benchModels, startOurs, startTheirs, THREADS } from "./engine-processes.ts";
import {
  type Column,
  engineTargets,
  type LengthRow,
  type Measured,
  type Memory,
  type SpeedRow,
  type Start,
} from "./engine-targets.ts";
import { fixed, ids, median, pause, table, time } from "./stats.ts";
import type { Findings, Setup } from "./types.ts";

const PAUSE_MS = 300;
const VOCABULARY = 40_000;

/** Columns of the comparison: who runs it and what is asked for. */
const COLUMNS = {
  attention: { ours: true, request: { do: "attention" } },
  qkv: { ours: true, request: { do: "plain" } },
  eagerAll: { ours: false, request: { do: "attention", logits: "all" } },
  eagerLast: { ours: false, request: { do: "attention", logits: "last" } },
  sdpa: { ours: false, request: { do: "plain" } },
} satisfies Record<Column, { ours: boolean; request: Request }>;

/** Pairs of columns that are set against each other. */
const COMPARED: readonly { what: string; ours: Column; anchor: string; theirs: Column }[] = [
  { what: "every attention matrix", ours: "attention", anchor: "eager, all logits", theirs: "eagerAll" },
  { what: "every attention matrix", ours: "attention", anchor: "eager, last logits", theirs: "eagerLast" },
  { what: "q, k, v", ours: "qkv", anchor: "eager, last logits", theirs: "eagerLast" },
  { what: "q, k, v", ours: "qkv", anchor: "sdpa, no attention", theirs: "sdpa" },
];

/** Measures the engine. */
export async function benchEngine(setup: Setup): Promise<Findings> {
  const models = await benchModels(setup);
  const sections: string[] = [];
  const measured: Measured = {};
  let versions = {};
  for (const model of models) {
    setup.say(`Engine: ${model.name}`);
    const found = await measureModel(model, setup);
    sections.push(lengthSection(model, found.lengths), speedSection(model, found.speeds));
    measured[model.key] = found;
    versions = found.versions;
  }
  if (models[0]) {
    measured.start = await measureStart(models[0], setup);
    measured.memory = await measureMemory(models[0], setup);
    sections.push(startSection(measured.start), memorySection(measured.memory));
  }
  return { sections, targets: engineTargets(measured), versions };
}

async function measureModel(model: BenchModel, setup: Setup) {
  const ours = startOurs();
  const theirs = setup.python === undefined ? undefined : startTheirs(setup.python);
  const load = { do: "load", model: model.path, threads: THREADS };
  await ours.ask(load);
  const versions = (await theirs?.ask(load))?.versions ?? {};
  try {
    const lengths = await measureLengths(model, ours, theirs, setup);
    return { lengths, speeds: await measureSpeeds(ours, theirs, setup), versions };
  } finally {
    await Promise.all([ours.stop(), theirs?.stop()]);
  }
}

/** Medians by column of `rounds` alternating calls, after one that warms up; NaN where there is no child. */
async function alternate<Name extends string>(
  columns: Readonly<Record<Name, readonly [Child | undefined, Request]>>,
  rounds: number,
  value: (answer: Answer) => number,
): Promise<Record<Name, number>> {
  const entries = Object.entries(columns) as [Name, readonly [Child | undefined, Request]][];
  const values = new Map(entries.map(([name]) => [name, [] as number[]]));
  for (let round = -1; round < rounds; round++) {
    for (const [name, [child, request]] of entries) {
      if (!child) continue;
      await pause(PAUSE_MS);
      const answer = await child.ask(request);
      if (round >= 0) values.get(name)!.push(value(answer));
    }
  }
  return Object.fromEntries([...values].map(([name, list]) => [name, median(list)])) as Record<Name, number>;
}

async function measureLengths(model: BenchModel, ours: Child, theirs: Child | undefined, setup: Setup) {
  const rows: LengthRow[] = [];
  const lengths = setup.quick ? [16, 128] : [16, 64, 128, 256, 512, 1024, 2048];
  for (const n of lengths.filter((length) => length <= model.positions)) {
    setup.say(`  ${n} tokens`);
    const input = { ids: ids(n, VOCABULARY) };
    const columns = mapValues(COLUMNS, (column) => {
      return [column.ours ? ours : theirs, { ...column.request, ...input }] as const;
    });
    const rounds = setup.quick || n >= 1024 ? 3 : n >= 512 ? 5 : 9;
    rows.push({ n, ...(await alternate(columns, rounds, ({ seconds }) => seconds)) });
  }
  return rows;
}

function mapValues<Name extends string, A, B>(
  record: Readonly<Record<Name, A>>,
  change: (value: A) => B,
): Record<Name, B> {
  const entries = Object.entries(record) as [Name, A][];
  return Object.fromEntries(entries.map(([name, value]) => [name, change(value)])) as Record<Name, B>;
}

async function measureSpeeds(ours: Child, theirs: Child | undefined, setup: Setup): Promise<SpeedRow[]> {
  const rows: SpeedRow[] = [];
  const tokens = setup.quick ? 16 : 64;
  for (const n of setup.quick ? [32] : [32, 512]) {
    setup.say(`  generation after ${n} tokens`);
    const request = { do: "generate", ids: ids(n, VOCABULARY), tokens };
    const columns = { ours: [ours, request], theirs: [theirs, request] } as const;
    const speed = ({ seconds }: Answer) => tokens / seconds;
    rows.push({ n, tokens, ...(await alternate(columns, setup.quick ? 2 : 5, speed)) });
  }
  return rows;
}

async function measureStart({ path }: BenchModel, setup: Setup): Promise<{ ours: Start; theirs: Start }> {
  setup.say("  process start");
  const { python } = setup;
  const ours: Start[] = [];
  const theirs: Start[] = [];
  for (let round = 0; round < (setup.quick ? 1 : 5); round++) {
    ours.push(await startOnce(startOurs, path));
    if (python !== undefined) theirs.push(await startOnce(() => startTheirs(python), path));
  }
  return { ours: medians(ours), theirs: medians(theirs) };
}

async function startOnce(start: () => Child, model: string): Promise<Start> {
  const began = performance.now();
  const since = () => (performance.now() - began) / 1000;
  const child = start();
  await child.ask({ do: "load", model, threads: THREADS });
  const ready = since();
  await child.ask({ do: "attention", logits: "all", ids: ids(128, VOCABULARY) });
  const first = since();
  await child.stop();
  return { ready, first };
}

function medians(starts: readonly Start[]): Start {
  return { ready: median(starts.map(({ ready }) => ready)), first: median(starts.map(({ first }) => first)) };
}

async function measureMemory({ path }: BenchModel, { python, quick, say }: Setup): Promise<Memory> {
  say("  memory");
  const runs = quick ? 2 : 10;
  const peak = async (what: string, child: Child, request: Request) => {
    await child.ask({ do: "load", model: path, threads: THREADS });
    for (let i = 0; i < runs; i++) await child.ask({ ...request, ids: ids(1024, VOCABULARY) });
    const { megabytes } = await child.ask({ do: "memory" });
    await child.stop();
    return { what, megabytes };
  };
  const peaks = [
    await peak("headscope, q, k, v kept", startOurs(), { do: "plain" }),
    await peak("headscope, every attention matrix", startOurs(), { do: "attention" }),
  ];
  if (python !== undefined) {
    const eager = { do: "attention", logits: "all" };
    peaks.push(await peak("Transformers, eager, every attention matrix", startTheirs(python), eager));
    peaks.push(await peak("Transformers, sdpa, no attention", startTheirs(python), { do: "plain" }));
  }
  return { runs, peaks };
}

function lengthSection({ name }: BenchModel, lengths: readonly LengthRow[]): string {
  const rows = lengths.flatMap((row) =>
    COMPARED.map(({ what, ours, anchor, theirs }) => {
      return [row.n, what, time(row[ours]), anchor, time(row[theirs]), fixed(row[ours] / row[theirs])];
    }),
  );
  const head = ["tokens", "headscope keeps", "takes", "Transformers", "takes", "ratio"];
  return `### Text to attention: ${name}\n\n${table(head, rows)}`;
}

function speedSection({ name }: BenchModel, speeds: readonly SpeedRow[]): string {
  const rows = speeds.map(({ n, tokens, ours, theirs }) => {
    return [n, tokens, fixed(ours, 1), fixed(theirs, 1), fixed(ours / theirs)];
  });
  const head = [
    "prompt",
    "new tokens",
    "headscope, tokens/s",
    "Transformers with its cache, tokens/s",
    "ratio",
  ];
  return `### Generation: ${name}\n\n${table(head, rows)}`;
}

function startSection({ ours, theirs }: { ours: Start; theirs: Start }): string {
  const row = (what: string, key: keyof Start) => {
    return [what, time(ours[key]), time(theirs[key]), fixed(ours[key] / theirs[key])];
  };
  const rows = [row("a model that is ready", "ready"), row("the first result, 128 tokens", "first")];
  return `### From process start to ...\n\n${table(["", "headscope", "Transformers", "ratio"], rows)}`;
}

function memorySection({ runs, peaks }: Memory): string {
  const rows = peaks.map(({ what, megabytes }) => [what, `${Math.round(megabytes)} MB`]);
  return `### Largest resident memory after ${runs} runs of 1,024 tokens\n\n${table(["", "peak"], rows)}`;
}
