// Opens what somebody chose: an example, a recorded run at an address, a model, files of this machine.

import type { PickedFile } from "../../checkpoint/files.ts";
import type { ImagePixels } from "../../checkpoint/image.ts";
import { InputError } from "../../engine/errors.ts";
import type { Reading } from "../../imports/index.ts";
import type { Trace } from "../../trace/index.ts";
import {
  type Example,
  exampleAt,
  firstExample,
  placeOfExample,
  recordedOther,
  traceUrl,
} from "../state/gallery.ts";
import { type Place, START, said } from "../state/place.ts";
import type { History } from "../state/run.ts";
import type { AppState } from "../state/state.ts";
import { addressOf, lastName, OPENED } from "../state/url.ts";
import type { Attempt } from "./attempt.ts";
import { forgotten, kindOf } from "./files.ts";
import type { Gate } from "./gate.ts";
import type { ModelBook } from "./model-book.ts";
import { readRun } from "./recorded.ts";
import type { Running } from "./running.ts";
import type { Showing } from "./showing.ts";

/** What opening needs of the outside. */
export interface OpeningOutside {
  /** Bytes at a URL relative to the page; rejects where there are none. */
  readonly fetchBytes: (url: string, signal: AbortSignal) => Promise<Uint8Array>;
  readonly decodePicture: (blob: Blob, name: string) => Promise<ImagePixels>;
}

/** What opens things. */
export interface OpensWith {
  readonly models: ModelBook;
  readonly gate: Gate;
  readonly attempt: Attempt;
  readonly showing: Showing;
  readonly running: Running;
  readonly outside: OpeningOutside;
  /** Runs what the fields hold. */
  readonly runDraft: () => Promise<void>;
}

/** Opens things; what is opened by hand is trusted. */
export class Opening {
  readonly #app: AppState;
  readonly #with: OpensWith;

  constructor(app: AppState, opensWith: OpensWith) {
    this.#app = app;
    this.#with = opensWith;
  }

  /** Show the example that the page begins with, or a bundled model's first text where there is no gallery. */
  async first(place?: Place): Promise<void> {
    const first = firstExample(this.#app.gallery.value);
    if (first) return this.example(first, "replace", place);
    const own = this.#with.models.standIn("text");
    if (own) await this.model(own, START, "replace");
  }

  /** Show an example of the gallery; `place` in front of the example's own where a link says so. */
  async example(example: Example, history: History = "push", place?: Place): Promise<void> {
    const named = placeOfExample(example, this.#app.place.value);
    const shown = place ? { ...named, ...said(place) } : named;
    await this.trace(traceUrl(example), shown, history, example.id);
  }

  /** Show a recorded run at a URL. */
  trace(url: string, place: Place, history: History = "push", example: string | null = null): Promise<void> {
    const { attempt, gate } = this.#with;
    attempt.remember(() => this.trace(url, place, history, example));
    gate.trust({ ...place, trace: url });
    return attempt.make(lastName(url), async (signal) => {
      const trace = await this.#read(url, place, signal);
      const known = example ?? exampleAt(this.#app.gallery.value, url, place)?.id ?? null;
      const b = trace && (await this.#otherOf(known, place, signal));
      if (!trace || signal.aborted) return;
      this.#show(trace, { ...place, trace: url }, history, known, b);
    });
  }

  /** The recorded run of text B, where the gallery has one of the same model. */
  async #otherOf(known: string | null, place: Place, signal: AbortSignal): Promise<Trace | null> {
    const gallery = this.#app.gallery.value;
    const model = place.model ?? gallery.find(({ id }) => id === known)?.model ?? null;
    const other = recordedOther(gallery, { ...place, model });
    return other ? this.#read(traceUrl(other), place, signal) : null;
  }

  async #read(url: string, place: Place, signal: AbortSignal): Promise<Trace | null> {
    if (url.startsWith(OPENED)) {
      if (!this.#app.run.value) this.#app.settle(place);
      throw forgotten(url.slice(OPENED.length), "file");
    }
    const bytes = await this.#with.outside.fetchBytes(addressOf(url), signal);
    return signal.aborted ? null : readRun(this.#app, lastName(url), bytes);
  }

  /** Open a model and run a text on it; without a text its first example is shown. */
  async model(key: string, place: Place, history: History = "push"): Promise<void> {
    const named = { ...place, model: key, trace: null };
    this.#with.gate.trust(named);
    const example = this.#app.gallery.value.find((e) => e.model === key);
    if (example && !place.text) return this.example(example, history, place);
    await this.#with.running.run(named, history);
  }

  /** Show a bundled model's own example, or run it on a first text. */
  bundled(key: string): Promise<void> {
    const { theme, tab } = this.#app.place.value;
    return this.model(key, { ...START, theme, tab });
  }

  /** Open dropped, picked or pasted files: a recorded run, a checkpoint, or a picture. */
  async files(picked: readonly PickedFile[] | Promise<readonly PickedFile[]>): Promise<void> {
    await this.#with.attempt.make("These files", async () => {
      const files = await picked;
      const found = kindOf(files);
      if (found.kind === "checkpoint") return this.#checkpoint(files);
      if (found.kind === "picture") return this.#picture(found.file);
      const { path, blob } = found.file;
      const name = lastName(path);
      const trace = await readRun(this.#app, name, new Uint8Array(await blob.arrayBuffer()));
      if (trace) this.#recorded(trace, name);
    });
  }

  /** Open the file that waits for answers; what is wrong with them, or "". */
  answered(reading: Reading): string {
    const importing = this.#app.importing.value;
    if (!importing) return "";
    try {
      this.#recorded(importing.read(reading), importing.name);
      this.#app.importing.value = null;
      return "";
    } catch (error) {
      return (error as Error).message;
    }
  }

  #recorded(trace: Trace, name: string): void {
    const key = OPENED + name;
    this.#show(trace, { ...this.#startOr("trace", key), trace: key }, "push", null);
  }

  #show(trace: Trace, place: Place, history: History, example: string | null, b: Trace | null = null): void {
    this.#with.showing.show({ trace, b, seconds: null, example, picture: null }, place, history);
  }

  /** The start; where nothing is shown because this file or folder was forgotten, the place that asks for it. */
  #startOr(what: "trace" | "model", key: string): Place {
    const { run, place } = this.#app;
    if (!run.value && place.value[what] === key) return place.value;
    return { ...START, theme: place.value.theme, tab: place.value.tab };
  }

  #checkpoint(files: readonly PickedFile[]): Promise<void> {
    const { models, running } = this.#with;
    const key = models.add(files);
    running.forget();
    this.#app.recent.forget(key);
    if (this.#app.live.value?.key === key) this.#app.live.value = null;
    const { text } = this.#app.draft.value;
    return running.run({ ...this.#startOr("model", key), model: key, text });
  }

  #picture({ path, blob }: PickedFile): Promise<void> {
    const name = path.split("/").at(-1)!;
    return this.#with.attempt.make(this.#app.modelName.value, () => this.#usePicture(name, blob));
  }

  async #usePicture(name: string, blob: Blob): Promise<void> {
    const { reads, own, modelName, picture, draft } = this.#app;
    if (reads.value !== "picture" && !own.value?.pictures)
      throw new InputError(
        `${modelName.value} reads text. Open an image model (ViT, CLIP) to look at ${name}.`,
      );
    picture.value = { name, pixels: await this.#with.outside.decodePicture(blob, name) };
    draft.value = { ...draft.value, image: name };
    return this.#with.runDraft();
  }
}
