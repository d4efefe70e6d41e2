// Asks before a link is followed to another host; what its reader opens by hand needs no question.

import { followNotice } from "../notices.ts";
import { hostOf, type Trusted } from "../state/hosts.ts";
import type { Place } from "../state/place.ts";
import type { AppState } from "../state/state.ts";
import { lastName } from "../state/url.ts";

/** What the gate needs of the outside. */
export interface GateOutside {
  /** Host of the page itself. */
  readonly home: string;
  readonly trusted: Trusted;
}

/** Stands before every address that the page is opened with. */
export class Gate {
  readonly #app: AppState;
  readonly #outside: GateOutside;
  #asked: string | null = null;

  constructor(app: AppState, outside: GateOutside) {
    this.#app = app;
    this.#outside = outside;
  }

  /** True if a place may be opened; else a notice asks for its host. */
  passes(place: Place): boolean {
    const host = this.#hostOf(place);
    if (host === null || this.#outside.trusted.has(host)) return true;
    this.#asked = host;
    const what = place.trace ? `the run ${lastName(place.trace)}` : `the model ${place.model}`;
    this.#app.notice.value = followNotice(what, host);
    return false;
  }

  /** The reader opens this place, or said yes to the question. */
  trust(place?: Place): void {
    const host = place ? this.#hostOf(place) : this.#asked;
    if (host !== null) this.#outside.trusted.add(host);
  }

  #hostOf(place: Place): string | null {
    const cached = this.#app.native.value?.native?.cached ?? [];
    const { home } = this.#outside;
    return hostOf(place, { home, bundled: this.#app.bundled.value, cached: cached.map(({ id }) => id) });
  }
}
