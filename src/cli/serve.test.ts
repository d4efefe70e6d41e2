import {
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { request } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pick, seeded } from "../../test/hostile/mutate.ts";
import { openReal, realFile } from "./send-file.ts";
import { type Serving, serve } from "./serve.ts";
import { type SharedPlace, share } from "./shared.ts";

const root = mkdtempSync(join(tmpdir(), "headscope-serve-"));
const at = (...parts: string[]) => join(root, ...parts);
const folders = () => ({ app: at("app"), models: at("models"), gallery: at("gallery") });
let serving: Serving;
let shared: SharedPlace;

beforeAll(async () => {
  for (const folder of ["app", "models/tiny", "gallery", "my model/sub"])
    mkdirSync(at(folder), { recursive: true });
  writeFileSync(at("app", "index.html"), "<p>page</p>");
  writeFileSync(at("gallery", "entries.json"), "[]");
  writeFileSync(at("models/tiny", "config.json"), '{"model_type":"gpt2","n_layer":2,"n_head":3}');
  writeFileSync(at("models/tiny", "README.md"), "---\nlicense: x\n---\n\n# Tiny\n\nA small *model*. More.\n");
  writeFileSync(at("my model", "config.json"), "{}");
  writeFileSync(at("my model", "model.safetensors"), "0123456789");
  writeFileSync(at("my model", ".hidden"), "secret");
  writeFileSync(at("my model/sub", "a b.json"), "[1]");
  writeFileSync(at("secret.txt"), "secret");
  for (const folder of ["my model/.git", "my model/sub/.git"]) {
    mkdirSync(at(folder));
    writeFileSync(at(folder, "config"), "secret");
  }
  symlinkSync(root, at("my model", "up"));
  symlinkSync(at("secret.txt"), at("my model", "link.txt"));
  symlinkSync(at("my model", "config.json"), at("my model", "again.json"));
  shared = await share(at("my model"));
  for (const folder of ["app", "models/tiny", "gallery", "my model"])
    writeFileSync(at(folder, "ten.txt"), "0123456789");
  serving = await serve({ ...folders(), shared: shared.handle, port: 0 });
});
afterAll(async () => {
  await serving.close();
  rmSync(root, { recursive: true });
});

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers: Record<string, string | string[] | undefined>;
}

/** A request whose path is sent as it is: fetch would tidy ".." away. */
function ask(path: string, headers: Record<string, string> = {}, method = "GET"): Promise<Answer> {
  return new Promise((resolve, reject) => {
    request({ host: "127.0.0.1", port: serving.port, path, headers, method }, (response) => {
      let body = "";
      response.on("data", (part) => {
        body += part;
      });
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, body, headers: response.headers }),
      );
    })
      .on("error", reject)
      .end();
  });
}

describe("the local server", () => {
  test("serves the page isolated from other origins", async () => {
    const { status, body, headers } = await ask("/");
    expect([status, body]).toEqual([200, "<p>page</p>"]);
    expect(headers["cross-origin-opener-policy"]).toBe("same-origin");
    expect(headers["cross-origin-embedder-policy"]).toBe("require-corp");
    expect(headers["content-security-policy"]).toContain("default-src 'self'");
  });

  test("lists bundled models with size, shape and the first sentence of their card", async () => {
    const [model] = JSON.parse((await ask("/models/index.json")).body);
    expect(model).toMatchObject({
      name: "tiny",
      family: "gpt2",
      layers: 2,
      heads: 3,
      about: "A small model.",
    });
    expect((await ask("/models/tiny/config.json")).status).toBe(200);
    expect((await ask("/gallery/entries.json")).body).toBe("[]");
  });

  test("takes a free port when its own is in use", async () => {
    const other = await serve({ ...folders(), port: serving.port });
    expect(other.port).not.toBe(serving.port);
    await other.close();
  });

  test("answers no other host's name", async () => {
    expect((await ask("/", { Host: "evil.example" })).status).toBe(403);
  });

  test("shares the files of an opened folder, whole and by range", async () => {
    const list = JSON.parse((await ask(`/${shared.path}index.json`)).body);
    expect(list.map((f: { path: string }) => f.path).sort()).toEqual([
      "again.json",
      "config.json",
      "model.safetensors",
      "sub/a b.json",
      "ten.txt",
    ]);
    expect((await ask(`/${shared.path}sub/a%20b.json`)).body).toBe("[1]");
    const part = await ask(`/${shared.path}model.safetensors`, { Range: "bytes=2-4" });
    expect([part.status, part.body, part.headers["content-range"]]).toEqual([206, "234", "bytes 2-4/10"]);
    expect((await ask(`/${shared.path}model.safetensors`, { Range: "bytes=10-" })).status).toBe(416);
  });

  test.each([
    "../secret.txt",
    "..%2fsecret.txt",
    "%2e%2e/secret.txt",
    "sub/../../secret.txt",
    "..\\secret.txt",
    "link.txt",
    ".hidden",
    ".git/config",
    "sub/.git/config",
    "up/secret.txt",
    "/etc/passwd",
  ])("does not share %s", async (path) => {
    const { status, body } = await ask(`/${shared.path}${path}`);
    expect(status).toBe(404);
    expect(body).not.toContain("secret");
  });

  test.each(["%00", "%", "a%ff"])("cannot read the path %s", async (path) => {
    expect((await ask(`/${shared.path}${path}`)).status).toBe(400);
    expect((await ask(`/${path}`)).status).toBe(400);
  });

  test("says which methods it knows", async () => {
    const { status, headers } = await ask("/", {}, "POST");
    expect([status, headers.allow]).toEqual([405, "GET, HEAD"]);
  });

  test("lets the page itself ask its own server and the hub only, and workers any address", async () => {
    const connects = async (path: string) =>
      /connect-src ([^;]*)/
        .exec(String((await ask(path)).headers["content-security-policy"]))![1]!
        .split(" ");
    expect(await connects("/")).not.toContain("https:");
    expect(await connects("/assets/worker-Ab1.js")).toContain("https:");
  });

  test("does not share without the key", async () => {
    expect((await ask("/local/my%20model/config.json")).status).toBe(404);
    expect((await ask("/models/../secret.txt")).status).toBe(404);
  });

  test("shares one file, and nothing beside it", async () => {
    const one = await share(at("my model", "model.safetensors"));
    expect(one.path).toMatch(/^local\/[0-9a-f]{24}\/model\.safetensors$/);
  });
});

describe("ranges, the same on every path", () => {
  test.each([
    ["bytes=0-3", 206, "0123"],
    ["bytes=0-0", 206, "0"],
    ["bytes=8-99", 206, "89"],
    ["bytes=-3", 206, "789"],
    ["bytes=-99", 206, "0123456789"],
    ["bytes=4-", 206, "456789"],
    ["bytes=0-9007199254740992", 206, "0123456789"],
    ["bytes=0-99999999999999999999", 206, "0123456789"],
    ["bytes=5-2", 416, undefined],
    ["bytes=10-", 416, undefined],
    ["bytes=-0", 416, undefined],
    ["bytes=-99999999999999999999", 206, "0123456789"],
    ["bytes=99999999999999999999-", 416, undefined],
    ["bytes=abc", 200, "0123456789"],
    ["bytes=1-2,5-6", 200, "0123456789"],
    ["lines=1-2", 200, "0123456789"],
    ["", 200, "0123456789"],
  ])("%s", async (range, status, body) => {
    for (const path of ["/ten.txt", "/models/tiny/ten.txt", "/gallery/ten.txt", `/${shared.path}ten.txt`]) {
      const answer = await ask(path, { Range: range });
      expect([path, answer.status]).toEqual([path, status]);
      if (body !== undefined) expect(answer.body).toBe(body);
      if (status === 416) expect(answer.headers["content-range"]).toBe("bytes */10");
      expect((await ask(path, { Range: range }, "HEAD")).status).toBe(status);
    }
  });
});

describe("what goes away while it is shared", () => {
  test("a file is 410 once it was seen, a folder at once; the server stays", async () => {
    mkdirSync(at("going"));
    for (const name of ["config.json", "later.json"]) writeFileSync(at("going", name), "{}");
    const place = await share(at("going"));
    const gone = await serve({ ...folders(), shared: place.handle, port: 0 });
    const status = async (path: string) =>
      (await fetch(`http://localhost:${gone.port}/${place.path}${path}`)).status;
    expect(await status("index.json")).toBe(200);
    unlinkSync(at("going", "later.json"));
    expect([await status("later.json"), await status("never.json")]).toEqual([410, 404]);
    expect(await status("index.json")).toBe(200);
    renameSync(at("going"), at("gone"));
    expect([await status("index.json"), await status("config.json")]).toEqual([410, 410]);
    await gone.close();
  });

  test("a link that is put in a file's place afterwards is not followed", async () => {
    mkdirSync(at("swapped"));
    writeFileSync(at("swapped", "config.json"), "{}");
    const place = await share(at("swapped"));
    const swapped = await serve({ ...folders(), shared: place.handle, port: 0 });
    const answer = () => fetch(`http://localhost:${swapped.port}/${place.path}config.json`);
    expect((await answer()).status).toBe(200);
    unlinkSync(at("swapped", "config.json"));
    symlinkSync(at("secret.txt"), at("swapped", "config.json"));
    expect((await answer()).status).toBe(410);
    await swapped.close();
  });

  test.each<readonly [string, (folder: string) => void]>([
    [
      "a link",
      (folder) => {
        unlinkSync(join(folder, "sub", "x"));
        symlinkSync(at("secret.txt"), join(folder, "sub", "x"));
      },
    ],
    [
      "a folder",
      (folder) => {
        unlinkSync(join(folder, "sub", "x"));
        mkdirSync(join(folder, "sub", "x"));
      },
    ],
    ["nothing", (folder) => unlinkSync(join(folder, "sub", "x"))],
    [
      "a link for the folder that it is in",
      (folder) => {
        renameSync(join(folder, "sub"), join(folder, "away"));
        mkdirSync(join(folder, "elsewhere"));
        writeFileSync(join(folder, "elsewhere", "x"), "secret");
        symlinkSync(join(folder, "elsewhere"), join(folder, "sub"));
      },
    ],
  ])("%s between the look at a file and its opening is refused", async (_, swap) => {
    const folder = mkdtempSync(join(root, "between-"));
    mkdirSync(join(folder, "sub"));
    writeFileSync(join(folder, "sub", "x"), "own");
    const real = await realFile({ root: folder }, "sub/x");
    const file = await openReal(real);
    expect((await file.readFile()).toString()).toBe("own");
    await file.close();
    swap(folder);
    await expect(openReal(real)).rejects.toMatchObject({ status: 404 });
  });

  test("a file that becomes shorter while it is sent ends the connection", async () => {
    writeFileSync(at("my model", "long.bin"), new Uint8Array(40e6));
    const cut = new Promise<number>((resolve) => {
      let got = 0;
      const socket = connect(serving.port, "127.0.0.1", () => {
        socket.write(`GET /${shared.path}long.bin HTTP/1.1\r\nHost: localhost\r\n\r\n`);
      });
      socket.once("data", () => {
        socket.pause();
        truncateSync(at("my model", "long.bin"), 10);
        setTimeout(() => socket.resume(), 50);
      });
      socket.on("data", (part) => {
        got += part.length;
      });
      socket.on("close", () => resolve(got));
      socket.on("error", () => {});
    });
    expect(await cut).toBeLessThan(40e6);
  });

  test("a bundled model that is broken is left out of the list", async () => {
    for (const [name, config] of [
      ["broken", "{"],
      ["nothing", "null"],
    ] as const) {
      mkdirSync(at("models", name));
      writeFileSync(at("models", name, "config.json"), config);
    }
    const { status, body } = await ask("/models/index.json");
    expect([status, JSON.parse(body).length]).toEqual([200, 1]);
  });
});

/** All that the server sends back to a request as it is spelled, until it hangs up. */
function saying(text: string): Promise<string> {
  return new Promise<string>((resolve) => {
    let all = "";
    const socket = connect(serving.port, "127.0.0.1", () => socket.write(text, "latin1"));
    socket.on("data", (part) => {
      all += part;
    });
    socket.on("close", () => resolve(all));
    socket.on("error", () => {});
  });
}

/** An answer with a status that means something, or none at all (CONNECT is no request of ours). */
const ANSWER = expect.stringMatching(/^$|^HTTP\/1\.1 (100|2\d\d|304|4\d\d) /);

test("two hosts in one request are one too many", async () => {
  const asked = "GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nConnection: close\r\n\r\n";
  expect(await saying(asked)).toMatch(/^HTTP\/1\.1 40[03] /);
});

describe("many at once", () => {
  test("200 requests", async () => {
    const answers = await Promise.all(Array.from({ length: 200 }, () => ask(`/${shared.path}ten.txt`)));
    expect(answers.filter(({ body }) => body === "0123456789")).toHaveLength(200);
  });

  test("200 that never end their request leave room for others", async () => {
    const open = Array.from({ length: 200 }, () => {
      const socket = connect(serving.port, "127.0.0.1");
      socket.write("GET / HTTP/1.1\r\nHost: localhost\r\nX: ");
      return socket.on("error", () => {});
    });
    expect((await ask("/")).status).toBe(200);
    for (const socket of open) socket.destroy();
  });

  test("pages that ask for a WebSocket and hang up do not end it", async () => {
    const engine = {
      answer: async () => undefined,
      upgrade: (_: unknown, socket: Duplex) => void socket.end("HTTP/1.1 403 Forbidden\r\n\r\n"),
    };
    const other = await serve({ ...folders(), engine, port: 0 });
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
      `/${shared.path}ten.txt`,
      `/${shared.path}index.json`,
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
      const said = await Promise.all(texts.map(saying));
      for (const [at, text] of said.entries()) expect([texts[at], text]).toEqual([texts[at], ANSWER]);
    }
    expect((await ask("/")).status).toBe(200);
  });

  test.each([
    "GET / HTTP/9.9\r\n\r\n",
    "GET http://other/ten.txt HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    "GET * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    "\0\0\0\r\n\r\n",
    `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${"x".repeat(20_000)}\r\n\r\n`,
  ])("no request of no sense ends it", async (text) => {
    const said = await saying(text);
    expect(said).toMatch(/^HTTP\/1.1 4\d\d /);
    expect((await ask("/")).status).toBe(200);
  });
});
