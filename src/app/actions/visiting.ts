// Visits addresses: the one that the page is opened with, and those that back and forward bring. What comes from another
// host is asked for first; what an address says and the run does not have is said, and leaves the address.

import { whyNot } from "../../views/read/reading.ts";
import { ignoredNotice, refusedAddress, unreadEditsNotice } from "../notices.ts";
import { type IdlePart, idleIn } from "../state/idle.ts";
import { outsideOf, type Place, placeOf } from "../state/place.ts";
import type { RecentRun } from "../state/recent-runs.ts";
import type { History } from "../state/run.ts";
import type { AppState } from "../state/state.ts";
import { ignoredIn, readUrl, refusedIn, unreadEdits } from "../state/url.ts";
import type { Attempt } from "./attempt.ts";
import type { Gate } from "./gate.ts";
import type { Opening } from "./opening.ts";
import type { Running } from "./running.ts";
import type { Showing } from "./showing.ts";

/** What a visit needs. */
export interface VisitsWith {
  readonly gate: Gate;
  readonly attempt: Attempt;
  readonly showing: Showing;
  readonly running: Running;
  readonly opening: Opening;
}

/** Visits addresses. */
export class Visiting {
  readonly #app: AppState;
  readonly #with: VisitsWith;

  constructor(app: AppState, visitsWith: VisitsWith) {
    this.#app = app;
    this.#with = visitsWith;
  }

  /**
   * Show what an address names: its recorded run, a run of its text, or the first example. What comes from another host
   * is asked for first, unless the address is the reader's `own`.
   */
  async visit(search: string, hash: string, own = false): Promise<void> {
    const place = readUrl(search, hash);
    if (own) this.#with.gate.trust(place);
    this.#app.settle({ theme: place.theme });
    const unread = unreadEdits(search, hash);
    await this.#visit(place, search, hash);
    if (unread.length > 0) this.#app.notice.value = unreadEditsNotice(unread);
    this.#bringInside(ignoredIn(search, hash));
  }

  async #visit(place: Place, search: string, hash: string): Promise<void> {
    const { gate, attempt, showing, opening } = this.#with;
    const kept = showing.kept(place);
    if (kept) return showing.show(kept, place, "replace");
    if (!gate.passes(place)) {
      attempt.remember(() => this.visit(search, hash));
      if (!this.#app.run.value) this.#app.settle(place);
      return;
    }
    if (place.trace) return opening.trace(place.trace, place, "replace");
    if (place.model) return opening.model(place.model, place, "replace");
    await opening.first(hash.length > 1 ? place : undefined);
    const refused = refusedIn(search, hash);
    if (refused.length > 0) this.#app.notice.value = refusedAddress(refused, this.#app.run.value !== null);
  }

  /** Show a recent run where it was left: at once where it is kept whole, else as its address says. */
  async recall({ place, run }: RecentRun, history: History = "push"): Promise<void> {
    const { gate, attempt, showing, opening, running } = this.#with;
    const { theme, tab } = this.#app.place.value;
    const there = { ...place, theme, tab };
    if (run) {
      attempt.drop();
      return showing.show(run, there, history);
    }
    gate.trust(there);
    if (place.trace) return opening.trace(place.trace, there, history);
    await running.run(there, history);
  }

  /** What an address says about the view and the run does not have is said, and leaves the address; so is what has no effect. */
  #bringInside(ignored: readonly string[]): void {
    const { attention, selection, place, notice } = this.#app;
    if (!attention.value || !selection.value || notice.value) return;
    const outside = outsideOf(place.value, attention.value);
    if (outside.length > 0) {
      const beside = place.value.beside.filter((layer) => layer < attention.value!.layers);
      this.#app.settle({ ...placeOf(selection.value), block: place.value.block, beside });
    }
    const idle = this.#idle();
    if (ignored.length + outside.length + idle.length > 0)
      notice.value = ignoredNotice([...ignored, ...outside], idle, attention.value);
  }

  #idle(): readonly IdlePart[] {
    const { place, joined, comparison, pair, readings } = this.#app;
    const read = readings.readable.value;
    return idleIn(place.value, {
      joined: joined.value,
      compared: comparison.other.value !== null,
      pair: pair.value,
      unread: read && whyNot(place.value.read, read),
    });
  }
}
