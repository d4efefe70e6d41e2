export * from "./attend.ts";
export * from "./build.ts";
export * from "./coding.ts";
export * from "./edit/index.ts";
export * from "./file.ts";
export * from "./spelling.ts";
export * from "./trace.ts";
export * from "./types.ts";
