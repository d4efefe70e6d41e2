export { FAMILIES, familyOf } from "./architectures/index.ts";
export * from "./model.ts";
export * from "./open.ts";
