// What the parts of the benchmark share.

/** What every part is given. */
export interface Setup {
  /** A folder outside version control for models, environments and pages. */
  readonly cache: string;
  /** An interpreter with torch, transformers and bertviz, or undefined: then headscope is measured alone. */
  readonly python: string | undefined;
  /** A small subset that takes less than two minutes. */
  readonly quick: boolean;
  /** Load average of the machine when the benchmark began; 0 where the system does not tell. */
  readonly load: number;
  /** Tells what is going on. */
  readonly say: (line: string) => void;
}

/** One row of the table of targets. */
export interface Target {
  readonly what: string;
  /** What it has to stay below, in words. */
  readonly target: string;
  readonly measured: string;
  /** Measured over the bound: at most 1 where the target is met. */
  readonly share: number;
}

/** What a part found: Markdown sections, and how the targets fared. */
export interface Findings {
  readonly sections: readonly string[];
  readonly targets: readonly Target[];
  readonly versions?: Readonly<Record<string, string>>;
}
