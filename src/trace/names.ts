// Names of streams and attention blocks: what every other file of this folder speaks in.

export type StreamName = "text" | "encoder" | "decoder";
export type BlockName = "self" | "encoder" | "decoder" | "cross";
