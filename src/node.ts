// The parts of headscope that need Node: checkpoints in folders and in the hub's cache, and onnxruntime-node.

export * from "./checkpoint/node.ts";
export { type NodeRuntimeOptions, nodeRuntime } from "./engine/runtime/node.ts";
