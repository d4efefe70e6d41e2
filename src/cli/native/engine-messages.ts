// What the server and the process of an engine tell each other. Models and runs go between page and engine alone.

import type { IncomingHttpHeaders } from "node:http";
import type { Pace } from "../../wire/crossing.ts";

/** Where an engine finds checkpoints, and when it sends layers. */
export interface Places {
  /** The folder of the bundled models. */
  readonly models: string;
  /** The folder that the user opened, and its path on the server ("local/..."); null for none. */
  readonly opened: { readonly path: string; readonly folder: string } | null;
  readonly pace?: Pace;
}

/** The part of a request that a WebSocket is made from. */
export interface Asked {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly httpVersion: string;
}

/** To an engine: its page (the socket comes beside it), that there is room, that it has to end. */
export type ToEngine =
  | { readonly kind: "page"; readonly asked: Asked; readonly head: string }
  | { readonly kind: "room" }
  | { readonly kind: "end"; readonly limit: number };

/** From an engine: how many bytes the model takes that it is about to open, and whether it works. */
export type FromEngine =
  | { readonly kind: "opening"; readonly bytes: number }
  | { readonly kind: "busy"; readonly busy: boolean };
