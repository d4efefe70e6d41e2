// Edit points: places in a graph where a run can be changed by what is fed.

/** Kinds of edit points: of vectors (q, k, v, z, resid_*, mlp_post), or of single cells of attention too. */
export type Points = "vectors" | "cells";
