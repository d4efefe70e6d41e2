export * from "./edit.ts";
export * from "./read.ts";
export * from "./resolve.ts";
export * from "./shape.ts";
export * from "./text.ts";
