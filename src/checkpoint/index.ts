export * from "./chat.ts";
export * from "./config.ts";
export * from "./memory.ts";
export * from "./source.ts";
export { loadTokenizer } from "./tokenizer/load.ts";
export * from "./tokenizer.ts";
export * from "./weights.ts";
