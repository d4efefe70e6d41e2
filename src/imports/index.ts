export * from "./found.ts";
export * from "./own-page.ts";
export * from "./read.ts";
export * from "./reading.ts";
export * from "./understand.ts";
