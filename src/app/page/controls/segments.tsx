// A row of choices of which one holds.

/** The choices and which of them holds. */
export interface SegmentsProps<T extends string> {
  readonly label: string;
  readonly choices: readonly (readonly [T, string])[];
  readonly value: T;
  readonly pick: (value: T) => void;
  /** Choices that cannot be made now, and why. */
  readonly disabled?: readonly T[];
  readonly why?: string;
}

/** Buttons side by side, one of them pressed. */
export function Segments<T extends string>({
  label,
  choices,
  value,
  pick,
  disabled = [],
  why,
}: SegmentsProps<T>) {
  return (
    <fieldset class="seg" aria-label={label}>
      {choices.map(([id, text]) => (
        <button
          type="button"
          key={id}
          class={id === value ? "on" : ""}
          aria-pressed={id === value}
          disabled={disabled.includes(id)}
          title={disabled.includes(id) ? why : undefined}
          onClick={() => pick(id)}
        >
          {text}
        </button>
      ))}
    </fieldset>
  );
}
