// How Continue goes on: how many tokens, and how they are drawn. Nothing is drawn at random unless it is asked for.

import type { Sampling } from "../../state/place.ts";
import { Segments } from "../controls/segments.tsx";
import type { PartProps } from "../part.ts";

const LENGTHS = ["20", "50", "100"] as const;

interface NumberField {
  readonly name: "temperature" | "topK" | "topP" | "seed";
  readonly label: string;
  readonly hint: string;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  /** Shown where there is no number. */
  readonly none: string;
}

const NUMBERS: readonly NumberField[] = [
  {
    name: "temperature",
    label: "Temperature",
    hint: "0 takes the likeliest",
    min: 0,
    max: 5,
    step: 0.1,
    none: "0",
  },
  { name: "topK", label: "Top k", hint: "draw among the likeliest", min: 1, max: 1000, step: 1, none: "all" },
  {
    name: "topP",
    label: "Top p",
    hint: "draw within this share",
    min: 0.05,
    max: 1,
    step: 0.05,
    none: "all",
  },
  {
    name: "seed",
    label: "Seed",
    hint: "same seed, same text",
    min: 0,
    max: 999_999,
    step: 1,
    none: "0",
  },
];

/** The inside of the popover. */
export function SamplingPanel({ app, actions }: PartProps) {
  const sampling = app.sampling.value;
  const set = (changed: Partial<Sampling>) => {
    app.sampling.value = { ...sampling, ...changed };
  };
  const greedy = sampling.temperature === 0;
  return (
    <div class="sampling-body">
      <div class="line">
        <span>Tokens</span>
        <Segments
          label="Tokens to add"
          choices={LENGTHS.map((n) => [n, n])}
          value={String(sampling.tokens) as (typeof LENGTHS)[number]}
          pick={(n) => set({ tokens: Number(n) })}
        />
      </div>
      {NUMBERS.map((field) => (
        <NumberLine
          key={field.name}
          field={field}
          value={sampling[field.name]}
          disabled={greedy && field.name !== "temperature"}
          set={set}
        />
      ))}
      <p class="small muted">
        {greedy
          ? "Greedy: always the likeliest token."
          : "Drawn at random: the same seed draws the same tokens."}
      </p>
      <button
        type="button"
        class="btn primary"
        onClick={() => {
          app.popover.value = null;
          void actions.continueDraft();
        }}
      >
        Continue
      </button>
    </div>
  );
}

interface LineProps {
  readonly field: NumberField;
  readonly value: number | null;
  readonly disabled: boolean;
  readonly set: (changed: Partial<Sampling>) => void;
}

function NumberLine({ field, value, disabled, set }: LineProps) {
  const { name, label, hint, min, max, step, none } = field;
  const read = (typed: string) => {
    const number = typed === "" ? null : Math.min(max, Math.max(min, Number(typed)));
    const empty = name === "topK" || name === "topP" ? null : 0;
    return { [name]: number === null || Number.isNaN(number) ? empty : number };
  };
  return (
    <label class="line">
      <span>
        {label}
        <small>{hint}</small>
      </span>
      <input
        type="number"
        class="num"
        {...{ min, max, step, disabled }}
        placeholder={none}
        value={value ?? ""}
        onChange={(event) => set(read(event.currentTarget.value))}
      />
    </label>
  );
}
