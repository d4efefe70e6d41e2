export * from "./block-text.ts";
export * from "./compare.ts";
export * from "./head-rows.ts";
export * from "./neurons.ts";
export * from "./score-tables.ts";
export * from "./scores.ts";
export * from "./written.ts";
