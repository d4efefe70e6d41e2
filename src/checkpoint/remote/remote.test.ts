// Sources over the network against a local server that drops, refuses, redirects and lies.

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type HubServer, startHub } from "../../../test/hub-server.ts";
import { floatTensor, writeSafetensors } from "../../tensor/index.ts";
import { readConfig } from "../config.ts";
import { CheckpointError, type Source } from "../source.ts";
import { openWeights } from "../weights.ts";
import { browserCache, type CacheLike } from "./browser-cache.ts";
import { type HubOptions, hubSource } from "./hub.ts";
import { probe } from "./range.ts";
import { remoteSource } from "./remote-source.ts";
import { urlSource } from "./url.ts";

const data = Uint8Array.from({ length: 100_000 }, (_, i) => (i * 7) % 251);
const weights = writeSafetensors(new Map([["w", floatTensor([2], new Float32Array([1, 2]))]]));
const waits: number[] = [];
const wait = async (milliseconds: number) => void waits.push(milliseconds);

let server: HubServer;
beforeEach(async () => {
  waits.length = 0;
  server = await startHub({ "config.json": "{}", "model.safetensors": weights, "data.safetensors": data });
});
afterEach(() => server.close());

function hub(options: Partial<HubOptions> = {}, spec = "org/name") {
  return hubSource(spec, { fetch, endpoint: server.endpoint, wait, ...options });
}

describe("a hub", () => {
  it("lists files with sizes and reads them by ranges", async () => {
    const source = hub();
    expect(await source.list()).toContainEqual({ path: "data.safetensors", size: 100_000 });
    expect(await source.read("data.safetensors", 99_990, 100_000)).toEqual(data.slice(99_990));
    expect(await readConfig(source)).toEqual({});
    expect([...(await openWeights(source)).keys()]).toEqual(["w"]);
    expect(source.name).toBe("org/name@main");
  });

  it("asks for its list once, and again after a failure", async () => {
    const source = hub({}, "org/other");
    await expect(source.list()).rejects.toThrow(CheckpointError);
    await expect(source.list()).rejects.toThrow(CheckpointError);
    expect(server.seen.length).toBe(2);
    const good = hub();
    await Promise.all([good.list(), good.list(), good.read("config.json", 0, 2)]);
    expect(server.seen.filter(({ path }) => path.startsWith("/api/models/org/name/")).length).toBe(1);
  });

  it("sends the token to the hub and never on to another host", async () => {
    server.model.token = "hf_secret";
    await hub({ token: "hf_secret" }).read("data.safetensors", 0, 10);
    const by = (host: string) =>
      server.seen.filter((seen) => seen.host === host).map((seen) => seen.authorization);
    expect(new Set(by("hub"))).toEqual(new Set(["Bearer hf_secret"]));
    expect(by("cdn").length).toBeGreaterThan(0);
    expect(new Set(by("cdn"))).toEqual(new Set([undefined]));
  });

  it("leaves the token to the fetch standard where redirects are hidden, as in browsers", async () => {
    const modes: (string | undefined)[] = [];
    const hiding = (async (url: URL, init: RequestInit) => {
      modes.push(init.redirect);
      if (init.redirect !== "manual" || url.pathname.startsWith("/api/")) return fetch(url, init);
      return { type: "opaqueredirect", status: 0, headers: new Headers() } as Response;
    }) as typeof fetch;
    const source = hub({ fetch: hiding, token: "hf_secret" });
    expect(await source.read("data.safetensors", 0, 10)).toEqual(data.slice(0, 10));
    expect(modes).toEqual(["manual", "manual", "follow"]);
  });

  it.each([
    ["missing", "org/nothing", {}, "There is no model org/nothing on the hub", "Repository not found"],
    ["of another revision", "org/name@v9", {}, "has no revision v9", "Invalid rev id"],
    ["private", "org/name", { token: "right" }, "it is private and needs a token", "Repository not found"],
  ])("says why a model is %s, in its own words and the hub's", async (_, spec, change, ours, hubs) => {
    Object.assign(server.model, change);
    await expect(hub({}, spec).list()).rejects.toThrow(ours);
    await expect(hub({}, spec).list()).rejects.toThrow(hubs);
  });

  it("says what to do about a gated model, with a token and without", async () => {
    Object.assign(server.model, { gated: true, token: "right" });
    await expect(hub().read("config.json", 0, 2)).rejects.toThrow("give a token (HF_TOKEN)");
    await expect(hub({ token: "wrong" }).read("config.json", 0, 2)).rejects.toThrow(
      "the account of your token",
    );
  });

  it("calls fetch on its own, as browsers demand", async () => {
    const strict = function (this: unknown, ...input: Parameters<typeof fetch>) {
      if (this !== undefined) throw new TypeError("Illegal invocation");
      return fetch(...input);
    };
    expect((await hub({ fetch: strict as typeof fetch }).list()).length).toBe(3);
  });

  it("notices an address that is no hub", async () => {
    const other = hub({ fetch: async () => new Response("<html>") });
    await expect(other.list()).rejects.toThrow("not as a Hugging Face hub does");
    expect(() => hub({}, "not a model")).toThrow("is not a model id");
  });
});

describe("a connection", () => {
  const read = (source = hub()) => source.read("data.safetensors", 0, data.length);

  it("that drops is resumed where it stopped", async () => {
    server.faults.push({ kind: "drop", after: 30_000 }, { kind: "drop", after: 30_000 });
    expect(await read()).toEqual(data);
    const ranges = server.seen.filter(({ host }) => host === "cdn").map(({ range }) => range);
    expect(ranges[0]).toBe("bytes=0-99999");
    expect(ranges.length).toBe(3);
    expect(ranges[2]).toMatch(/^bytes=[1-9]\d*-99999$/);
  });

  it("that drops each time is given up", async () => {
    for (let i = 0; i < 20; i++) server.faults.push({ kind: "drop", after: 0 });
    await expect(read()).rejects.toThrow("drops each time at byte 0 of data.safetensors");
  });

  it("that gives another length is noticed", async () => {
    server.faults.push({ kind: "total", total: 99_999 });
    await expect(read()).rejects.toThrow("has 99999 bytes on the server, but 100000 were announced");
  });

  it("that asks for patience gets it", async () => {
    server.faults.push({ kind: "status", status: 429, headers: { "retry-after": "2" } });
    expect(await read()).toEqual(data);
    expect(waits).toEqual([2000]);
  });

  it("that asks for too much patience is given up at once", async () => {
    server.faults.push({ kind: "status", status: 429, headers: { "retry-after": "3600" } });
    await expect(read()).rejects.toThrow("Try again in 3600 seconds");
    expect(waits).toEqual([]);
  });

  it("to a busy server is tried again, more and more slowly, and not for ever", async () => {
    for (let i = 0; i < 9; i++) server.faults.push({ kind: "status", status: 503 });
    await expect(read()).rejects.toThrow("answers 503");
    expect(waits).toEqual([500, 1000, 2000, 4000]);
  });

  it("that cannot be made says so", async () => {
    const source = hubSource("org/name", { fetch, endpoint: "http://127.0.0.1:1", wait });
    await expect(source.list()).rejects.toThrow("127.0.0.1:1 cannot be reached");
  });

  it("can be aborted", async () => {
    const stop = new AbortController();
    stop.abort(new Error("stopped"));
    await expect(hub().list(stop.signal)).rejects.toThrow("stopped");
  });
});

describe("an address", () => {
  const url = (options = {}, base = `${server.endpoint}/org/name/resolve/main/`) =>
    urlSource(base, { fetch, wait, ...options });

  it("holds the files that are found under the usual names", async () => {
    expect((await url().list()).map(({ path }) => path)).toEqual(["config.json", "model.safetensors"]);
    expect([...(await openWeights(url())).keys()]).toEqual(["w"]);
  });

  it("may be that of a file in the folder", async () => {
    const source = url({}, `${server.endpoint}/org/name/resolve/main/config.json?x=1#y`);
    expect(await readConfig(source)).toEqual({});
    expect(source.name).toBe("main");
  });

  it("holds the shards that an index names", async () => {
    const index = JSON.stringify({ weight_map: { w: "part/1.safetensors" } });
    const { files } = server.model;
    delete files["model.safetensors"];
    Object.assign(files, {
      "model.safetensors.index.json": Buffer.from(index),
      "part/1.safetensors": weights,
    });
    expect((await openWeights(url())).get("w")?.file).toBe("part/1.safetensors");
  });

  it("of a server that ignores ranges is read whole, once", async () => {
    server.model.ranges = false;
    const list = async () => {
      const at = `${server.endpoint}/org/name/resolve/main/data.safetensors`;
      return [{ path: "data", url: at, ...(await probe({ fetch }, at))! }];
    };
    const source = remoteSource("m", list, { http: { fetch }, chunk: 1000 });
    expect(await source.read("data", 5000, 9000)).toEqual(data.slice(5000, 9000));
    expect(await source.read("data", 90_000, 91_000)).toEqual(data.slice(90_000, 91_000));
    expect(server.seen.filter(({ host }) => host === "cdn").length).toBe(3);
  });

  it("must be http or https", () => {
    expect(() => url({}, "ftp://host/")).toThrow("is not an http or https address");
    expect(() => url({}, "nonsense")).toThrow(CheckpointError);
  });

  it("without a checkpoint says what was found", async () => {
    server.model.files = {};
    await expect(readConfig(url())).rejects.toThrow("has no config.json. Found: nothing");
  });
});

describe("a browser's cache", () => {
  /** The Cache API over a map. */
  function fakeCache(): CacheLike {
    const kept = new Map<string, Response>();
    return {
      match: async (key) => kept.get(key)?.clone(),
      put: async (key, response) => void kept.set(key, response),
      delete: async (key) => kept.delete(key),
      keys: async () => [...kept.keys()].map((key) => ({ url: key })),
    };
  }

  it("serves a model again without its bytes being fetched, and lists and deletes it", async () => {
    const store = browserCache(fakeCache());
    await hub({ store }).read("data.safetensors", 0, 10);
    const before = server.seen.filter(({ host }) => host === "cdn").length;
    expect(await hub({ store }).read("data.safetensors", 50, 60)).toEqual(data.slice(50, 60));
    expect(server.seen.filter(({ host }) => host === "cdn").length).toBe(before);
    expect(await store.models()).toEqual([{ name: "org/name@main", files: 1, bytes: 100_000 }]);
    expect(await store.remove("org/name@main")).toBe(true);
    expect(await store.models()).toEqual([]);
    expect(await store.remove("org/name@main")).toBe(false);
  });

  it("opens a model without network, once it was there", async () => {
    const store = browserCache(fakeCache());
    const offline = (() => Promise.reject(new TypeError("Failed to fetch"))) as typeof fetch;
    await expect(hub({ store, fetch: offline }).list()).rejects.toThrow("cannot be reached");
    await hub({ store }).read("config.json", 0, 2);
    const source = hub({ store, fetch: offline });
    expect(await readConfig(source)).toEqual({});
    await expect(source.read("data.safetensors", 0, 9)).rejects.toThrow("cannot be reached");
    expect(await store.models()).toMatchObject([{ name: "org/name@main", files: 1 }]);
    server.model.token = "hf_secret";
    await expect(hub({ store }).list()).rejects.toThrow("There is no model org/name");
  });

  it("does not serve what has changed", async () => {
    const store = browserCache(fakeCache());
    await hub({ store }).read("data.safetensors", 0, 10);
    server.model.files["data.safetensors"] = data.slice().reverse();
    expect(await hub({ store }).read("data.safetensors", 0, 10)).toEqual(data.slice().reverse().slice(0, 10));
  });

  it("keeps hub and addresses, servers, folders and queries apart", async () => {
    const store = browserCache(fakeCache());
    const genuine = server.model.files["config.json"]!;
    const evil = await startHub({ "config.json": '{"evil":1}', "model.safetensors": weights });
    const read = async (source: { read: Source["read"] }) =>
      new TextDecoder().decode(await source.read("config.json", 0, genuine.length));
    const tagged =
      (tag: string): typeof fetch =>
      async (input, init) => {
        const response = await fetch(input, init);
        const headers = new Headers(response.headers);
        headers.set("etag", tag);
        return new Response(response.body, { status: response.status, headers });
      };
    const at = (host: HubServer, path: string) => `${host.endpoint}/org/name/resolve/main/${path}`;
    const addresses = [at(evil, ""), at(evil, "?v=1"), at(server, ""), at(server, "?v=2")];
    for (const address of addresses) {
      const expected = address.startsWith(evil.endpoint) ? '{"' : "{}";
      const source = urlSource(address, { fetch: tagged('"same"'), wait, store });
      expect([address, await read(source)]).toEqual([address, expected]);
    }
    expect(await read(hub({ store }))).toBe("{}");
    expect(await read(hubSource("org/name", { fetch, endpoint: evil.endpoint, wait, store }))).toBe('{"');
    await evil.close();
  });

  it.each([undefined, 'W/"weak"'])("keeps nothing of an address with the tag %s", async (tag) => {
    const kept = fakeCache();
    const files: Record<string, string> = { "config.json": "{}" };
    const serve = (async (input: URL | string) => {
      const body = files[String(input).split("/").at(-1)!];
      const headers = { "last-modified": "Thu, 26 Nov 2026 00:00:00 GMT", ...(tag && { etag: tag }) };
      return new Response(body ?? "", {
        status: body ? 200 : 404,
        headers: { ...headers, "content-length": "2" },
      });
    }) as typeof fetch;
    const read = () =>
      urlSource("http://host/m/", { fetch: serve, wait, store: browserCache(kept) }).read(
        "config.json",
        0,
        2,
      );
    expect(new TextDecoder().decode(await read())).toBe("{}");
    files["config.json"] = "[]";
    expect(new TextDecoder().decode(await read())).toBe("[]");
    expect(await kept.keys()).toEqual([]);
  });

  it("gives no byte of a hub file that does not come to its checksum, then or later", async () => {
    const kept = fakeCache();
    const chunked = (options: Partial<HubOptions> = {}) =>
      hub({ store: browserCache(kept), chunk: 7000, ...options });
    server.faults.push({ kind: "bytes", bytes: new Uint8Array(100_000) });
    await expect(chunked().read("data.safetensors", 50_000, 50_010)).rejects.toThrow("but the hub announced");
    expect(await chunked().read("data.safetensors", 50_000, 50_010)).toEqual(data.slice(50_000, 50_010));
    const spoiled = (await kept.keys()).filter(({ url }) => url.endsWith("/7"));
    for (const { url } of spoiled) await kept.put(url, new Response(new Uint8Array(7000)));
    expect(spoiled).toHaveLength(1);
    expect(await chunked().read("data.safetensors", 50_000, 50_010)).toEqual(data.slice(50_000, 50_010));
  });

  it("lets a header be looked at before the file is there", async () => {
    const long = writeSafetensors(new Map([["w", floatTensor([20_000], new Float32Array(20_000))]]));
    server.model.files["model.safetensors"] = long;
    const source = hub({ chunk: 7000 });
    expect([...(await openWeights(source)).keys()]).toEqual(["w"]);
    const asked = () => server.seen.filter(({ host }) => host === "cdn").length;
    expect(asked()).toBe(1);
    await source.read("model.safetensors", 300, 400);
    expect(asked()).toBeGreaterThan(1);
  });

  it("that is full is no reason to fail", async () => {
    const full = { ...fakeCache(), put: () => Promise.reject(new Error("QuotaExceededError")) };
    const source = hub({ store: browserCache(full) });
    expect(await source.read("data.safetensors", 0, 10)).toEqual(data.slice(0, 10));
  });
});

describe("chunks", () => {
  it("are fetched once even when asked for at the same time, and report their bytes", async () => {
    const arrived: number[] = [];
    const url = `${server.endpoint}/org/name/resolve/main/data.safetensors`;
    const list = async () => [{ path: "data", url, size: data.length, tag: "" }];
    const onBytes = (_: string, loaded: number) => void arrived.push(loaded);
    const source = remoteSource("m", list, { http: { fetch }, chunk: 40_000, onBytes });
    const parts = await Promise.all(
      [0, 1, 2, 3].map((i) => source.read("data", i * 25_000, (i + 1) * 25_000)),
    );
    expect(Buffer.concat(parts).equals(data)).toBe(true);
    expect(server.seen.filter(({ host }) => host === "cdn").length).toBe(3);
    expect(Math.max(...arrived)).toBe(100_000);
    await expect(source.read("data", 0, 100_001)).rejects.toThrow("has 100000 bytes");
    await expect(source.read("../x", 0, 1)).rejects.toThrow("not a path inside");
    await expect(source.read("none", 0, 1)).rejects.toThrow("has no file none");
  });
});
