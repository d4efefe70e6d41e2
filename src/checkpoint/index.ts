export * from "./source.ts";
export * from "./tokenizer.ts";
export * from "./weights.ts";
