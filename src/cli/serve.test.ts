import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Serving, serve } from "./serve.ts";
import { parseRange, type SharedPlace, share } from "./shared.ts";

const root = mkdtempSync(join(tmpdir(), "headscope-serve-"));
const at = (...parts: string[]) => join(root, ...parts);
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
  symlinkSync(at("secret.txt"), at("my model", "link.txt"));
  symlinkSync(at("my model", "config.json"), at("my model", "again.json"));
  shared = await share(at("my model"));
  const [app, models, gallery] = [at("app"), at("models"), at("gallery")];
  serving = await serve({ app, models, gallery, shared: shared.handle, port: 0 });
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
function ask(path: string, headers: Record<string, string> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    get({ host: "127.0.0.1", port: serving.port, path, headers }, (response) => {
      let body = "";
      response.on("data", (part) => {
        body += part;
      });
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, body, headers: response.headers }),
      );
    }).on("error", reject);
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
    const other = await serve({
      app: at("app"),
      models: at("models"),
      gallery: at("gallery"),
      port: serving.port,
    });
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
    "%00",
    "%",
    "/etc/passwd",
  ])("does not share %s", async (path) => {
    const { status, body } = await ask(`/${shared.path}${path}`);
    expect(status).toBe(404);
    expect(body).not.toContain("secret");
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

test.each([
  [undefined, undefined],
  ["bytes=0-3", { start: 0, end: 4 }],
  ["bytes=8-99", { start: 8, end: 10 }],
  ["bytes=-3", { start: 7, end: 10 }],
  ["bytes=5-2", "outside"],
  ["bytes=-", undefined],
  ["lines=1-2", undefined],
])("range %s", (header, expected) => {
  expect(parseRange(header, 10)).toEqual(expected);
});
