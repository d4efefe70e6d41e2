// Which checkpoint a model's key (`Place.model`) stands for: bundled, opened from this machine, an address or a hub id.

import type { PickedFile } from "../../checkpoint/files.ts";
import { parseHubAddress } from "../../checkpoint/remote/hub-api.ts";
import type { BundledModel } from "../../wire/catalog.ts";
import type { SourceSpec } from "../../wire/protocol.ts";
import type { Reads } from "../state/draft.ts";
import { addressOf, lastName, OPENED } from "../state/url.ts";
import { forgotten } from "./files.ts";

/** Models by key. */
export class ModelBook {
  readonly #bundled: () => readonly BundledModel[];
  readonly #resolve: (url: string) => string;
  readonly #opened = new Map<string, SourceSpec>();
  /** For private and gated models of the hub; never written anywhere. */
  token: string | null = null;

  /** `bundled` gives the server's models, `resolve` an address relative to the page in full. */
  constructor(bundled: () => readonly BundledModel[], resolve: (url: string) => string) {
    this.#bundled = bundled;
    this.#resolve = resolve;
  }

  /** Remember picked files as a model; gives its key. */
  add(files: readonly PickedFile[]): string {
    const name = folderName(files);
    this.#opened.set(OPENED + name, { kind: "files", name, files });
    return OPENED + name;
  }

  /** A model's name for people. */
  nameOf(key: string): string {
    if (key.startsWith(OPENED)) return key.slice(OPENED.length);
    const isAddress = /^(https?:|local\/)/.test(key);
    return isAddress ? lastName(key) : key;
  }

  isBundled(key: string): boolean {
    return this.#bundledOf(key) !== undefined;
  }

  /** Where a model's files are. */
  sourceOf(key: string): SourceSpec {
    const opened = this.#opened.get(key);
    if (opened) return opened;
    const name = this.nameOf(key);
    if (key.startsWith(OPENED)) throw forgotten(name, "folder");
    const files = this.#bundledOf(key)?.files;
    if (files) return { kind: "listed", url: this.#resolve(`models/${key}/`), name, files };
    if (key.startsWith("local/")) return { kind: "listed", url: this.#resolve(addressOf(key)), name };
    const secret = this.token === null ? {} : { token: this.token };
    return /^https?:/.test(key) ? { kind: "url", url: key, ...secret } : { kind: "hub", id: key, ...secret };
  }

  /** The same model as the server of this computer finds it; null for what only the browser can read. */
  servedOf(key: string): SourceSpec | null {
    if (key.startsWith(OPENED)) return null;
    const hub = /^https?:/.test(key) ? parseHubAddress(key) : null;
    if (hub === undefined) return null;
    const secret = this.token === null ? {} : { token: this.token };
    return { kind: "served", key: hub ? `${hub.id}@${hub.revision}` : key, ...secret };
  }

  /** The bundled model to use for a run that was only recorded: one that does the same, else the first. */
  standIn(reads: Reads): string | null {
    return standIn(this.#bundled(), reads)?.name ?? null;
  }

  #bundledOf(key: string): BundledModel | undefined {
    return this.#bundled().find((model) => model.name === key);
  }
}

const STAND_INS: Readonly<Record<Exclude<Reads, "picture">, RegExp>> = {
  translate: /translate/,
  pair: /bert/,
  text: /gpt2/,
  ids: /gpt2/,
};

/** The bundled model that does what a recorded run did, else the first; none for pictures. */
export function standIn(bundled: readonly BundledModel[], reads: Reads): BundledModel | undefined {
  if (reads === "picture") return undefined;
  return bundled.find(({ name }) => STAND_INS[reads].test(name)) ?? bundled[0];
}

function folderName(files: readonly PickedFile[]): string {
  const [first] = files;
  if (!first) return "nothing";
  return first.path.includes("/")
    ? first.path.split("/")[0]!
    : files.length === 1
      ? first.path
      : "opened files";
}
