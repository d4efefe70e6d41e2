export * from "./attend.ts";
export * from "./coding.ts";
export * from "./file.ts";
export * from "./trace.ts";
export * from "./types.ts";
