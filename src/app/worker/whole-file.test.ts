import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import {
  type FileReply,
  type FileWorker,
  fileByWorker,
  type WholeFileOptions,
  wholeFile,
} from "./whole-file.ts";

const body = (parts: number, size = 10, pause = 0) =>
  new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (pause) await new Promise((resume) => setTimeout(resume, pause));
      if (parts-- > 0) controller.enqueue(new Uint8Array(size).fill(parts));
      else controller.close();
    },
  });
const serves = (response: () => Response) => ({ fetch: async () => response() });

test("gives a file whole", async () => {
  const bytes = await wholeFile(
    "http://x/f",
    serves(() => new Response(body(3))),
  );
  expect([...bytes]).toEqual([2, 1, 0].flatMap((n) => Array(10).fill(n)));
});

test("names a refusal, and stops an endless file at the bound, announced or not", async () => {
  const no = serves(() => new Response("", { status: 404 }));
  await expect(wholeFile("http://x/f", no)).rejects.toThrow("The server answers 404 for http://x/f.");
  const endless = { ...serves(() => new Response(body(Number.POSITIVE_INFINITY))), largest: 1000 };
  await expect(wholeFile("http://x/f", endless)).rejects.toThrow("more than");
  const announced = new Response(body(1), { headers: { "content-length": "2000" } });
  await expect(wholeFile("http://x/f", { ...serves(() => announced), largest: 1000 })).rejects.toThrow(
    "more than",
  );
});

test("ends the connection to a server that never ends", async () => {
  let closed: () => void = () => {};
  const ended = new Promise<void>((resolve) => {
    closed = resolve;
  });
  const server = createServer((_, response) => {
    const go = (): void => {
      while (!response.destroyed && response.write(new Uint8Array(1 << 16)));
    };
    response.on("drain", go).on("close", closed);
    go();
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/endless`;
  await expect(wholeFile(url, { fetch: (at, init) => fetch(at, init), largest: 2e6 })).rejects.toThrow(
    "more than 2 MB",
  );
  await ended;
  server.close();
});

test("gives up a server that says nothing", async () => {
  const silent: WholeFileOptions["fetch"] = (_, init) =>
    new Promise((_resolve, reject) =>
      init!.signal!.addEventListener("abort", () => reject(init!.signal!.reason)),
    );
  await expect(wholeFile("http://x/f", { fetch: silent, silence: 20 })).rejects.toThrow("says nothing");
});

test("ends its worker with the answer, the error and the signal", async () => {
  let ended = 0;
  const worker = (reply?: FileReply): FileWorker => ({
    postMessage() {
      if (reply) queueMicrotask(() => this.onmessage?.({ data: reply } as MessageEvent<FileReply>));
    },
    terminate: () => void ended++,
    onmessage: null,
    onerror: null,
  });
  const { signal } = new AbortController();
  expect(await fileByWorker(() => worker({ bytes: new Uint8Array(3) }), "u", signal)).toHaveLength(3);
  const error = { name: "ServerError", message: "gone", code: "", data: {} };
  await expect(fileByWorker(() => worker({ error }), "u", signal)).rejects.toMatchObject({
    name: "ServerError",
  });
  const stopping = new AbortController();
  const stopped = fileByWorker(() => worker(), "u", stopping.signal);
  stopping.abort();
  await expect(stopped).rejects.toMatchObject({ name: "AbortError" });
  expect(ended).toBe(3);
});
