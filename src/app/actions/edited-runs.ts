// The runs behind one picture: of the model as it is, with edits, and of the text it is compared with. Once edits are in
// use every run has edit points, so that one without edits has the same bits as a control after it.

import type { Capture, Edit, Trace } from "../../trace/index.ts";
import type { EngineClient, RunCallOptions, RunResult } from "../../wire/client.ts";
import type { LayerPlace, OpenedModel, PageInput, Precision } from "../../wire/protocol.ts";

/** What is to be run. */
export interface Wanted {
  readonly opened: OpenedModel;
  readonly input: PageInput;
  /** Names the input, so that its run is kept. */
  readonly key: string;
  readonly edits: readonly Edit[];
  /** The other text as an input, where there is one. */
  readonly other: PageInput | null;
  /** Whether its run is shown, too. */
  readonly compares: boolean;
  /** True where edits are looked at, or made. */
  readonly editing: boolean;
  /** How the numbers cross, where nothing is edited: what an edit changes may be smaller than a half's rounding. */
  readonly precision: Precision;
  /** The layer that is looked at, so that it comes first. */
  readonly look: LayerPlace;
}

/** What came of it. */
export interface Found extends RunResult {
  readonly before: Trace | null;
  readonly b: Trace | null;
}

/** How many runs without edits are kept. */
const MOST = 4;

/** Runs inputs on an engine; keeps what was run without edits. */
export class EditedRuns {
  readonly #kept = new Map<string, RunResult>();

  /** All runs of `wanted`; parts of a run are told, and its first layer, where it is the only one. */
  async run(engine: EngineClient, wanted: Wanted, asked: RunCallOptions): Promise<Found> {
    const { input, edits, other, compares, key } = wanted;
    const { onPart, onFirst, ...rest } = asked;
    const only = edits.length === 0 && !(compares && other);
    const options = only ? asked : rest;
    const b = compares && other ? await this.#plain(engine, wanted, `${key} b`, other, options) : null;
    const before = await this.#plain(engine, wanted, key, input, options);
    if (edits.length === 0) return { ...before, before: null, b: b?.trace ?? null };
    const request = { input, edits, ...(other && { other }), points: "cells", more: moreOf(wanted) } as const;
    const after = await engine.run(request, options);
    return { ...after, before: before.trace, b: b?.trace ?? null };
  }

  /** What was run is of a model that is gone. */
  forget(): void {
    this.#kept.clear();
  }

  async #plain(
    engine: EngineClient,
    wanted: Wanted,
    key: string,
    input: PageInput,
    options: RunCallOptions,
  ): Promise<RunResult> {
    const look = options.onFirst ? { look: wanted.look } : {};
    if (!wanted.editing) return engine.run({ input, precision: wanted.precision, ...look }, options);
    const name = JSON.stringify([key, input.text, input.cut, input.continuation]);
    const known = this.#kept.get(name);
    if (known) return known;
    const run = await engine.run({ input, points: "cells", more: moreOf(wanted), ...look }, options);
    this.#kept.set(name, run);
    for (const old of [...this.#kept.keys()].slice(0, -MOST)) this.#kept.delete(old);
    return run;
  }
}

/** What models say that do not go on with a text: logits of every position, or of classes. */
export function moreOf({ opened }: { readonly opened: OpenedModel }): readonly Capture[] {
  const { says, kind } = opened;
  const fills = says?.what === "words" && kind === "encoder";
  return says && (fills || says.what !== "words") ? ["logits"] : [];
}
