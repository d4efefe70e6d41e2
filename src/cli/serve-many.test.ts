// Many requests at once, and requests of no sense: each has an answer or an end, and the local server stays.

import { connect } from "node:net";
import type { Duplex } from "node:stream";
import { describe, expect, test } from "vitest";
import { pick, seeded } from "../../test/hostile/mutate.ts";
import { Served } from "../../test/support/served.ts";
import { serve } from "./serve.ts";

const served = new Served();

/** An answer with a status that means something, or none at all (CONNECT is no request of ours). */
const ANSWER = expect.stringMatching(/^$|^HTTP\/1\.1 (100|2\d\d|304|4\d\d) /);

describe("many at once", () => {
  test("200 requests", async () => {
    const answers = await Promise.all(
      Array.from({ length: 200 }, () => served.ask(`/${served.shared.path}ten.txt`)),
    );
    expect(answers.filter(({ body }) => body === "0123456789")).toHaveLength(200);
  });

  test("200 that never end their request leave room for others", async () => {
    const open = Array.from({ length: 200 }, () => {
      const socket = connect(served.serving.port, "127.0.0.1");
      socket.write("GET / HTTP/1.1\r\nHost: localhost\r\nX: ");
      return socket.on("error", () => {});
    });
    expect((await served.ask("/")).status).toBe(200);
    for (const socket of open) socket.destroy();
  });

  test("pages that ask for a WebSocket and hang up do not end it", async () => {
    const engine = {
      answer: async () => undefined,
      upgrade: (_: unknown, socket: Duplex) => void socket.end("HTTP/1.1 403 Forbidden\r\n\r\n"),
    };
    const other = await serve({ ...served.folders(), engine, port: 0 });
    const hangUp = (path: string) =>
      new Promise<void>((resolve) => {
        const asked = `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`;
        const socket = connect(other.port, "127.0.0.1", () => socket.write(asked + "x".repeat(100_000)));
        socket.on("error", () => {});
        socket.on("close", () => resolve());
        setImmediate(() => socket.resetAndDestroy());
      });
    for (let i = 0; i < 50; i++) await Promise.all(["/x", "/engine", "/engine?a", "/"].map(hangUp));
    expect((await fetch(`http://localhost:${other.port}/`)).status).toBe(200);
    await other.close();
  });

  test("500 requests of odd parts each have an answer or an end", async () => {
    const random = seeded(13);
    const targets = [
      "/",
      "/models/index.json",
      `/${served.shared.path}ten.txt`,
      `/${served.shared.path}index.json`,
      "/local/%",
    ];
    const odd = [
      "",
      "?",
      "#",
      "//",
      "/..",
      "/%2e%2e/",
      "%00",
      "%ff",
      "\\",
      ";x",
      "x".repeat(5000),
      " ",
      "\u00e9",
    ];
    const ranges = [
      "bytes=0-0",
      "bytes=-1",
      "bytes=5-2",
      "bytes=1-2,4-5",
      "bytes=9007199254740993-",
      "x=0-1",
      "-",
    ];
    const values = [
      ...ranges,
      "",
      "x".repeat(5000),
      "\u0001",
      'W/"a"',
      "Thu, 01 Jan 1970 00:00:00 GMT",
      "-1",
    ];
    const names = ["Range", "If-Range", "If-None-Match", "If-Modified-Since", "Expect", "Content-Length"];
    const one = () => {
      const method = pick(random, ["GET", "HEAD", "OPTIONS", "TRACE", "CONNECT", "PUT", "get", "G T"]);
      const lines = Array.from({ length: 3 }, () => `${pick(random, names)}: ${pick(random, values)}`);
      const target = pick(random, targets) + pick(random, odd);
      return [`${method} ${target} HTTP/1.1`, "Host: localhost", "Connection: close", ...lines, "", ""].join(
        "\r\n",
      );
    };
    for (let i = 0; i < 10; i++) {
      const texts = Array.from({ length: 50 }, one);
      const said = await Promise.all(texts.map((text) => served.saying(text)));
      for (const [at, text] of said.entries()) expect([texts[at], text]).toEqual([texts[at], ANSWER]);
    }
    expect((await served.ask("/")).status).toBe(200);
  });

  test.each([
    "GET / HTTP/9.9\r\n\r\n",
    "GET http://other/ten.txt HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    "GET * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    "\0\0\0\r\n\r\n",
    `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${"x".repeat(20_000)}\r\n\r\n`,
  ])("no request of no sense ends it", async (text) => {
    const said = await served.saying(text);
    expect(said).toMatch(/^HTTP\/1.1 4\d\d /);
    expect((await served.ask("/")).status).toBe(200);
  });
});
