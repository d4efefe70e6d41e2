// headscope for programs: open a checkpoint, run a text, read the trace. Works in Node and in the browser;
// what needs Node (folders, the hub's cache, onnxruntime-node) is in "headscope/node".

export * from "./checkpoint/index.ts";
export * from "./engine/index.ts";
export * from "./trace/index.ts";
