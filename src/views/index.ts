export * from "./style.ts";
export * from "./theme.ts";
export * from "./view.ts";
