// Rows that are not here yet: they are asked for, and the line below the picture says that they are to come, or why they
// do not.

import type { Attention, RowPlace } from "../../trace/index.ts";
import { Asked } from "../read/asked.ts";
import type { HeadFrame } from "./frame.ts";

export class MissingRows {
  readonly #frame: HeadFrame;
  readonly #asked: Asked;
  #count = 0;
  /** Why rows do not come, or "". */
  #problem = "";

  /** @param came told when rows that were asked for are here */
  constructor(frame: HeadFrame, came: () => void) {
    this.#frame = frame;
    const arrived = (): void => {
      this.#problem = "";
      came();
    };
    this.#asked = new Asked(arrived, (error) => this.#failed(error));
  }

  /** Ask for rows, unless they have been asked for. */
  ask(attention: Attention, rows: readonly RowPlace[]): void {
    this.#count = rows.length;
    this.#asked.ask(attention, rows);
    this.#say();
  }

  /** What went wrong is over: another run or layer is shown. */
  startAgain(): void {
    this.#problem = "";
  }

  /** Take no notice of what was asked for. */
  forget(): void {
    this.#asked.forget();
  }

  #failed(error: unknown): void {
    this.#problem = error instanceof Error ? error.message : String(error);
    this.#say();
  }

  #say(): void {
    if (this.#count > 0) this.#frame.sayMissing(this.#count, this.#problem);
  }
}
