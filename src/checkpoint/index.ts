export * from "./config.ts";
export * from "./memory.ts";
export * from "./source.ts";
export * from "./tokenizer.ts";
export * from "./weights.ts";
