// Bounds on what a trace file may claim; far above any model, far below what would exhaust memory.

export const LIMITS = {
  tokens: 1_000_000,
  layers: 4096,
  heads: 4096,
  size: 1_000_000,
  edits: 100_000,
  text: 10_000,
  factor: 1e30,
  allHeads: 65_536,
};
