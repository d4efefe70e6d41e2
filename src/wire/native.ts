// What a page and the server of this computer agree on beside the engine's protocol: where it is, and what it has.

/** Path of the engine below the page: GET says what there is, a WebSocket speaks the engine's protocol. */
export const ENGINE_PATH = "engine";
/** Subprotocol of the WebSocket; the token is offered beside it, as an address would land in logs. */
export const PROTOCOL = "headscope.1";
export const TOKEN_PREFIX = "token.";
/** Parameter of the page's address that brings the token; the page takes it out at once. */
export const TOKEN_PARAM = "token";

/** A checkpoint in the Hugging Face cache of this computer. */
export interface CachedModel {
  /** "org/name", with "@revision" where that is not main. */
  readonly id: string;
  readonly family: string;
  readonly layers: number;
  readonly heads: number;
  /** Bytes of its files. */
  readonly bytes: number;
  /** When its newest snapshot was written, in milliseconds since 1970. */
  readonly modified: number;
}

/** What the engine of this computer offers. */
export interface NativeInfo {
  readonly threads: number;
  /** Bytes that the models of all pages may take together. */
  readonly limit: number;
  /** Checkpoints in the Hugging Face cache, newest first. */
  readonly cached: readonly CachedModel[];
}

/** What GET answers: the engine's face, or why there is none. */
export type NativeAnswer = { readonly native: NativeInfo } | { readonly native: null; readonly why: string };
