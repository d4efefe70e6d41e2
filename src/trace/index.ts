export * from "./attend.ts";
export * from "./trace.ts";
export * from "./types.ts";
