import { expect, test } from "vitest";
import { CACHE_NAME } from "../../checkpoint/index.ts";
import { deleteKept, keptModels } from "./kept-models.ts";

/** The little of the Cache API that is used. */
function fakeCaches(): CacheStorage {
  const held = new Map<string, Response>();
  const cache = {
    match: async (url: string) => held.get(url)?.clone(),
    put: async (url: string, response: Response) => void held.set(url, response),
    delete: async (url: string) => held.delete(url),
    keys: async () => [...held.keys()].map((url) => ({ url })),
  };
  return {
    has: async (name: string) => name === CACHE_NAME,
    open: async () => cache,
  } as unknown as CacheStorage;
}

test("kept models are listed by size, and gone when they are deleted", async () => {
  const caches = fakeCaches();
  const cache = await caches.open(CACHE_NAME);
  const put = (model: string, bytes: number) =>
    cache.put(
      `https://headscope.invalid/${encodeURIComponent(model)}/model.safetensors/t/9/0`,
      new Response("x", { headers: { "content-length": String(bytes) } }),
    );
  await put("org/small@main", 5);
  await put("org/large@main", 50);
  expect((await keptModels(caches)).map(({ name, bytes }) => [name, bytes])).toEqual([
    ["org/large@main", 50],
    ["org/small@main", 5],
  ]);
  expect((await deleteKept(caches, "org/large@main")).map(({ name }) => name)).toEqual(["org/small@main"]);
});

test("a browser without a cache keeps nothing", async () => {
  expect(await keptModels(undefined)).toEqual([]);
  expect(await deleteKept(undefined, "a")).toEqual([]);
});
