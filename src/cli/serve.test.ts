// What the local server serves and shares, whole and by range, and what it refuses.

import { describe, expect, test } from "vitest";
import { Served } from "../../test/support/served.ts";
import { serve } from "./serve.ts";
import { share } from "./shared.ts";

const served = new Served();

describe("the local server", () => {
  test("serves the page isolated from other origins", async () => {
    const { status, body, headers } = await served.ask("/");
    expect([status, body]).toEqual([200, "<p>page</p>"]);
    expect(headers["cross-origin-opener-policy"]).toBe("same-origin");
    expect(headers["cross-origin-embedder-policy"]).toBe("require-corp");
    expect(headers["content-security-policy"]).toContain("default-src 'self'");
  });

  test("lists bundled models with size, shape and the first sentence of their card", async () => {
    const [model] = JSON.parse((await served.ask("/models/index.json")).body);
    expect(model).toMatchObject({
      name: "tiny",
      family: "gpt2",
      layers: 2,
      heads: 3,
      about: "A small model.",
    });
    expect((await served.ask("/models/tiny/config.json")).status).toBe(200);
    expect((await served.ask("/gallery/entries.json")).body).toBe("[]");
  });

  test("takes a free port when its own is in use", async () => {
    const other = await serve({ ...served.folders(), port: served.serving.port });
    expect(other.port).not.toBe(served.serving.port);
    await other.close();
  });

  test("answers no other host's name", async () => {
    expect((await served.ask("/", { Host: "evil.example" })).status).toBe(403);
  });

  test("shares the files of an opened folder, whole and by range", async () => {
    const list = JSON.parse((await served.ask(`/${served.shared.path}index.json`)).body);
    expect(list.map((f: { path: string }) => f.path).sort()).toEqual([
      "again.json",
      "config.json",
      "model.safetensors",
      "sub/a b.json",
      "ten.txt",
    ]);
    expect((await served.ask(`/${served.shared.path}sub/a%20b.json`)).body).toBe("[1]");
    const part = await served.ask(`/${served.shared.path}model.safetensors`, { Range: "bytes=2-4" });
    expect([part.status, part.body, part.headers["content-range"]]).toEqual([206, "234", "bytes 2-4/10"]);
    expect((await served.ask(`/${served.shared.path}model.safetensors`, { Range: "bytes=10-" })).status).toBe(
      416,
    );
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
    const { status, body } = await served.ask(`/${served.shared.path}${path}`);
    expect(status).toBe(404);
    expect(body).not.toContain("secret");
  });

  test.each(["%00", "%", "a%ff"])("cannot read the path %s", async (path) => {
    expect((await served.ask(`/${served.shared.path}${path}`)).status).toBe(400);
    expect((await served.ask(`/${path}`)).status).toBe(400);
  });

  test("says which methods it knows", async () => {
    const { status, headers } = await served.ask("/", {}, "POST");
    expect([status, headers.allow]).toEqual([405, "GET, HEAD"]);
  });

  test("lets the page itself ask its own server and the hub only, and workers any address", async () => {
    const connects = async (path: string) =>
      /connect-src ([^;]*)/
        .exec(String((await served.ask(path)).headers["content-security-policy"]))![1]!
        .split(" ");
    expect(await connects("/")).not.toContain("https:");
    expect(await connects("/assets/worker-Ab1.js")).toContain("https:");
  });

  test("does not share without the key", async () => {
    expect((await served.ask("/local/my%20model/config.json")).status).toBe(404);
    expect((await served.ask("/models/../secret.txt")).status).toBe(404);
  });

  test("shares one file, and nothing beside it", async () => {
    const one = await share(served.at("my model", "model.safetensors"));
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
    for (const path of [
      "/ten.txt",
      "/models/tiny/ten.txt",
      "/gallery/ten.txt",
      `/${served.shared.path}ten.txt`,
    ]) {
      const answer = await served.ask(path, { Range: range });
      expect([path, answer.status]).toEqual([path, status]);
      if (body !== undefined) expect(answer.body).toBe(body);
      if (status === 416) expect(answer.headers["content-range"]).toBe("bytes */10");
      expect((await served.ask(path, { Range: range }, "HEAD")).status).toBe(status);
    }
  });
});

test("two hosts in one request are one too many", async () => {
  const asked = "GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nConnection: close\r\n\r\n";
  expect(await served.saying(asked)).toMatch(/^HTTP\/1\.1 40[03] /);
});
