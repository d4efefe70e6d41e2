// A worker at the other end of a WebSocket: the engine of the process that served this page. The same messages as with
// a worker; arrays come as one binary frame each and are not copied.

import { decodeMessage, encodeMessage } from "../../wire/frames.ts";
import { ENGINE_PATH, PROTOCOL, TOKEN_PREFIX } from "../../wire/native.ts";
import { pictureBeside } from "../../wire/pictures.ts";
import type { Reply, Request } from "../../wire/protocol.ts";
import type { WorkerLike } from "../../wire/rpc.ts";
import { ServerError } from "../fetching.ts";

const LOST =
  "The connection to headscope on this computer ended: it was stopped, or it is being started again. Start it with " +
  "`npx headscope`, then try again.";

/** One connection; what is asked before it stands waits. */
export class SocketWorker implements WorkerLike {
  readonly #socket: WebSocket;
  readonly #early: Request[] = [];
  #ended = false;
  onmessage: WorkerLike["onmessage"] = null;
  onerror: WorkerLike["onerror"] = null;
  onmessageerror: WorkerLike["onmessageerror"] = null;

  /** `page`: the page's own address, whose server has the engine. */
  constructor(page: string, token: string) {
    const address = new URL(ENGINE_PATH, page);
    address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
    this.#socket = new WebSocket(address, [PROTOCOL, TOKEN_PREFIX + token]);
    this.#socket.binaryType = "arraybuffer";
    this.#socket.onopen = () => {
      for (const message of this.#early.splice(0)) this.#send(message);
    };
    this.#socket.onmessage = ({ data }) => this.#hear(data as string | ArrayBuffer);
    this.#socket.onclose = () => this.#lost();
  }

  postMessage(message: unknown): void {
    if (this.#socket.readyState === WebSocket.CONNECTING) this.#early.push(message as Request);
    else this.#send(message as Request);
  }

  terminate(): void {
    this.#ended = true;
    this.#socket.close();
  }

  #send(request: Request): void {
    const message = encodeMessage(pictureBeside(request));
    this.#socket.send(typeof message === "string" ? message : new Blob(message as BlobPart[]));
  }

  #hear(data: string | ArrayBuffer): void {
    const reply = decodeMessage(typeof data === "string" ? data : new Uint8Array(data));
    this.onmessage?.({ data: reply as unknown as Reply } as MessageEvent<Reply>);
  }

  #lost(): void {
    if (this.#ended) return;
    this.#ended = true;
    const error = new ServerError(LOST, { code: "own-server" });
    this.onerror?.({ message: LOST, error, preventDefault: () => undefined } as unknown as ErrorEvent);
  }
}
