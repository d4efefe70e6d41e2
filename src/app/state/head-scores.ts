// All scores that heads can be ranked by: those that every run has, those that the reader asked for, and the measured
// effect of each head; and the one that is chosen.

import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { AskedScores, ScoreTable } from "../../analysis/index.ts";
import type { Attention, BlockName, Trace } from "../../trace/index.ts";
import type { Selection } from "../../views/index.ts";
import { askedScores } from "./asked-scores.ts";
import type { Comparison } from "./comparison.ts";
import type { EditList } from "./edits/list.ts";
import { effectTable } from "./effect.ts";
import type { Place } from "./place.ts";
import { type Ranking, rank } from "./ranking.ts";
import type { ScoresByBlock } from "./scores.ts";
import { staying } from "./staying.ts";

/** What is scored. */
export interface Scored {
  readonly place: ReadonlySignal<Place>;
  readonly trace: ReadonlySignal<Trace | null>;
  readonly attention: ReadonlySignal<Attention | null>;
  readonly block: ReadonlySignal<BlockName | null>;
  readonly joined: ReadonlySignal<boolean>;
  readonly selection: ReadonlySignal<Selection | null>;
  readonly scoresByBlock: ReadonlySignal<ScoresByBlock>;
  /** True while scores stay as they were. */
  readonly behind: ReadonlySignal<boolean>;
  readonly comparison: Comparison;
  readonly edits: EditList;
}

/** Scores of the heads that are shown. */
export class HeadScores {
  readonly #of: Scored;

  constructor(of: Scored) {
    this.#of = of;
  }

  /** The block whose scores rank heads: cross attention where all three are shown as one. */
  readonly block: ReadonlySignal<BlockName | null> = computed(() =>
    this.#of.joined.value ? "cross" : this.#of.block.value,
  );
  /** The scores that every run of this kind has; of joined attentions those with the heads that all of them have. */
  readonly known: ReadonlySignal<readonly ScoreTable[]> = computed(() => {
    const [block, attention] = [this.block.value, this.#of.attention.value];
    const tables = (block && this.#of.scoresByBlock.value.get(block)) ?? [];
    const fits = ({ layers, heads }: ScoreTable) =>
      layers === attention?.layers && heads === attention.heads(0);
    return this.#of.joined.value ? tables.filter(fits) : tables;
  });
  /** Scores by the number of probes of a model, by its key. */
  readonly probes: Signal<ReadonlyMap<string, readonly ScoreTable[]>> = signal(new Map());
  /** What the reader asks for: from word to word, a pattern, probes; and what is wrong with the pattern. */
  readonly asked: ReadonlySignal<AskedScores> = staying(
    () => this.#of.behind,
    () => {
      const { trace, attention, comparison, selection, place, joined } = this.#of;
      return askedScores({
        trace: trace.value,
        attention: attention.value,
        counterpart: comparison.other.value,
        selection: selection.value,
        place: place.value,
        joined: joined.value,
        probed: this.probes.value.get(place.value.model ?? "") ?? [],
      });
    },
  );
  /** The effect of silencing each head, as far as it was measured. */
  readonly #effect: ReadonlySignal<readonly ScoreTable[]> = computed(() => {
    const [effect, trace] = [this.#of.edits.effect.value, this.#of.trace.value];
    if (!effect?.table || effect.of !== trace || this.#of.joined.value) return [];
    return effectTable(effect.table, this.#of.block.value);
  });
  /** All of them, the reader's own first. */
  readonly all: ReadonlySignal<readonly ScoreTable[]> = computed(() => [
    ...this.asked.value.tables,
    ...this.known.value,
    ...this.#effect.value,
  ]);
  /** The one that heads are ranked by. */
  readonly chosen: ReadonlySignal<ScoreTable | null> = computed(() => {
    const all = this.all.value;
    return all.find((s) => s.id === this.#of.place.value.score) ?? all[0] ?? null;
  });
  readonly ranking: ReadonlySignal<Ranking | null> = computed(
    () => this.chosen.value && rank(this.chosen.value),
  );
}
