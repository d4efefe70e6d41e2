export * from "./folder.ts";
export { type CacheOptions, cachedHubSource } from "./remote/hub-cache.ts";
export * from "./resolve.ts";
