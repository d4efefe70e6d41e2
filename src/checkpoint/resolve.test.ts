import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { useHub } from "../../test/support/hub-cache.ts";
import { cacheFolder, openSource } from "./resolve.ts";
import { CheckpointError } from "./source.ts";

const hub = useHub();

describe("openSource", () => {
  const env = () => ({ HF_ENDPOINT: hub.server.endpoint, HF_HUB_CACHE: hub.cache });

  it("takes a hub id and the address of a model's page", async () => {
    expect((await openSource("org/name@main", { env: env() })).folder).toContain("snapshots");
    expect((await openSource(`${hub.server.endpoint}/org/name/tree/main`, { env: env() })).name).toBe(
      "org/name@main",
    );
  });

  it("takes another address", async () => {
    const source = await openSource(`${hub.server.endpoint}/org/name/resolve/main/sub/`, {
      env: { HF_HUB_CACHE: hub.cache },
    });
    expect(source.name).toBe("sub");
  });

  it("sends HF_TOKEN", async () => {
    hub.server.model.token = "right";
    await openSource("org/name", { env: { ...env(), HF_TOKEN: "right" } });
    await expect(openSource("org/name", { env: env() })).rejects.toThrow(
      "There is no folder org/name here. As a model on the hub: There is no model org/name",
    );
  });

  it("says what was tried", async () => {
    await expect(openSource("./none", { env: env() })).rejects.toThrow(CheckpointError);
    await expect(openSource("./none", { env: env() })).rejects.toThrow(
      "there is no such folder, and it is neither",
    );
    await expect(openSource("a/b/c", { env: env() })).rejects.toThrow('"a/b/c" names no model');
  });

  it("finds the cache as Python does", () => {
    expect(cacheFolder({ HF_HUB_CACHE: "/a" })).toBe("/a");
    expect(cacheFolder({ HF_HOME: "/b" })).toBe(join("/b", "hub"));
    expect(cacheFolder({ XDG_CACHE_HOME: "/c" })).toBe(join("/c", "huggingface", "hub"));
    expect(cacheFolder({})).toMatch(/\.cache.huggingface.hub$/);
  });
});
