export * from "./failure.ts";
export * from "./half.ts";
export * from "./safetensors.ts";
export * from "./tensor.ts";
