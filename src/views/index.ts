export * from "./canvas.ts";
export * from "./palette.ts";
export * from "./slice.ts";
export * from "./style.ts";
export * from "./theme.ts";
export * from "./view.ts";
