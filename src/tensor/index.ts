export * from "./bytes.ts";
export * from "./failure.ts";
export * from "./half.ts";
export * from "./safetensors.ts";
export * from "./safetensors-error.ts";
export * from "./tensor.ts";
