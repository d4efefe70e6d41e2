export { FAMILIES, familyOf } from "./architectures/index.ts";
export type { GenerationSettings } from "./generation-settings.ts";
export * from "./model.ts";
export * from "./open.ts";
