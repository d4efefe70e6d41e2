export { FAMILIES, familyOf } from "./architectures/index.ts";
export * from "./errors.ts";
export * from "./model.ts";
export * from "./open.ts";
export type { Points } from "./points.ts";
export type { TokenMatch } from "./run/edit-values.ts";
export type * from "./runtime/runtime.ts";
