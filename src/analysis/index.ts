export * from "./block-text.ts";
export * from "./head-rows.ts";
export * from "./score-tables.ts";
export * from "./scores.ts";
