/** Narrower boxes (px) are laid out for a finger: larger text, numbers without bars. */
export const COMPACT = 438;
