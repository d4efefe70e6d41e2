// The program of one engine: EngineHost over onnxruntime-node, speaking to one page over one WebSocket. It ends with
// its page, and with the server that started it.

import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import { openModel } from "../../engine/index.ts";
import { nodeRuntime } from "../../engine/runtime/node.ts";
import { useSimd } from "../../trace/index.ts";
import { decodeMessage, encodeMessage, type Message } from "../../wire/frames.ts";
import { EngineHost } from "../../wire/host.ts";
import { PROTOCOL } from "../../wire/native.ts";
import { pictureInside } from "../../wire/pictures.ts";
import type { Reply } from "../../wire/protocol.ts";
import type { Asked, FromEngine, Places, ToEngine } from "./engine-messages.ts";
import { memoryOf, sourceOf } from "./places.ts";

/** Largest message of a page: a picture of fifty million pixels. */
const LARGEST = 256 * 2 ** 20;

const places = JSON.parse(process.argv[2]!) as Places;
useSimd();
const runtime = nodeRuntime();
runtime.catch(() => undefined);
/** A server that was killed hears nothing more: then the engine ends too, without a stack trace in the terminal. */
const tell = (message: FromEngine) =>
  process.send?.(message, undefined, undefined, (error) => error && process.exit(0));
let page: WebSocket | null = null;
let giveRoom: () => void = () => {};

const host = new EngineHost({
  post,
  runtime: () => runtime,
  sourceOf: async (spec, options) => {
    const source = await sourceOf(spec, places, options);
    const room = new Promise<void>((resolve) => {
      giveRoom = resolve;
    });
    tell({ kind: "opening", bytes: await memoryOf(source) });
    await room;
    return source;
  },
  openModel,
  keeps: true,
  ...(places.pace && { pace: places.pace }),
});

/** The pieces of a frame leave one after the other as one message, so that no run is copied into one array first. */
function post(reply: Reply): void {
  const message = encodeMessage(reply as unknown as Message);
  const parts = typeof message === "string" ? [message] : message;
  for (const [i, part] of parts.entries())
    page?.send(part, { binary: part !== message, fin: i === parts.length - 1 });
}

function serve(asked: Asked, head: Buffer, socket: Socket): void {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: LARGEST,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(PROTOCOL) ? PROTOCOL : false),
  });
  server.handleUpgrade(asked as IncomingMessage, socket, head, (opened) => {
    page = opened;
    opened.on("message", (data: Buffer, binary: boolean) => void hear(binary ? data : data.toString()));
    opened.on("close", () => process.exit(0));
    opened.on("error", () => opened.terminate());
  });
}

let working = 0;

async function hear(data: Buffer | string): Promise<void> {
  const request = pictureInside(decodeMessage(data));
  if (working++ === 0) tell({ kind: "busy", busy: true });
  await host.serve(request);
  if (--working === 0) tell({ kind: "busy", busy: false });
}

/** Say why to the page, and leave once that was sent. */
function end(limit: number): void {
  const gigabytes = (limit / 1e9).toFixed(1);
  const message = `Another page needed room: the models of all pages may take ${gigabytes} GB together.`;
  post({ id: 0, kind: "closed", error: { name: "MemoryError", message, code: "closed", data: { limit } } });
  page?.close(1000);
  setTimeout(() => process.exit(0), 1000).unref();
}

process.on("message", (message: ToEngine, socket?: Socket) => {
  if (message.kind === "room") giveRoom();
  else if (message.kind === "end") end(message.limit);
  else if (socket) serve(message.asked, Buffer.from(message.head, "base64"), socket);
  else process.exit(0);
});
process.on("disconnect", () => process.exit(0));
// Interrupts of the terminal are the server's to answer; it ends its engines.
process.on("SIGINT", () => undefined);
