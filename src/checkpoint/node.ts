export * from "./folder.ts";
export * from "./resolve.ts";
