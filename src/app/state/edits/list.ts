// What the page knows about edits beside the list in its address: changes that are being run, and what they do to what
// the model says.

import { type Signal, signal } from "@preact/signals";
import type { Lens, Table } from "../../../analysis/index.ts";
import type { Edit, Trace } from "../../../trace/index.ts";
import type { PlacedEdit } from "./edits.ts";

/** What a model says after a text, before and after, as it becomes known. */
export interface Said {
  /** The run that it is about. */
  readonly trace: Trace;
  /** Texts of the tokens in the table, by id. */
  readonly words: ReadonlyMap<number, string>;
  /** How the text goes on, without edits (or in text A) and with them (or in text B); null while unknown. */
  readonly before: string | null;
  readonly after: string | null;
  /** Whether a run without edits gives the same bits as the one before; null while unknown. */
  readonly control: boolean | null;
}

/** A table that fills in. */
export interface Filling {
  readonly table: Table | null;
  readonly done: number;
  readonly total: number;
  readonly running: boolean;
  /** The run that it is about. */
  readonly of: Trace;
  /** Goes on with a table that was stopped; null where there is nothing to go on with. */
  readonly resume: (() => void) | null;
  /** What each cell does, as edits of the run; null where a cell does nothing. */
  readonly edits: (row: number, column: number) => readonly Edit[] | null;
}

/** Whose logit is told apart: of a word, or of two. */
export interface AskedAttribution {
  readonly target?: number;
  readonly against?: number;
}

/** What each part of the model adds to a logit. */
export interface Attributed {
  /** The run that it is about. */
  readonly of: Trace;
  readonly asked: AskedAttribution;
  readonly parts: Table | null;
  /** Of the focused head, by source word. */
  readonly sources: Table | null;
  readonly running: boolean;
}

/** What a menu was asked for: a head, and perhaps a weight, a word or a neuron of it. */
export interface Target {
  readonly layer: number;
  readonly head: number | null;
  readonly query: number | null;
  readonly key: number | null;
  /** Components of the query. */
  readonly units: readonly number[] | null;
  /** Point of the window. */
  readonly x: number;
  readonly y: number;
}

/** Edits of the page, as signals. */
export class EditList {
  /** The list that is being run, until it is shown or refused. */
  readonly pending: Signal<readonly PlacedEdit[] | null> = signal(null);
  readonly said: Signal<Said | null> = signal(null);
  readonly menu: Signal<Target | null> = signal(null);
  readonly lens: Signal<(Filling & { readonly tables: Lens | null }) | null> = signal(null);
  readonly attribution: Signal<Attributed | null> = signal(null);
  readonly sweep: Signal<Filling | null> = signal(null);
  readonly effect: Signal<Filling | null> = signal(null);
}
