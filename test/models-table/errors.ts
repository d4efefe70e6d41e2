// The largest deviations from Transformers by family, runtime and precision of the weights.

import type { Measured } from "../goldens/compare.ts";

/** Quantities of the table: attention absolute, the others over their tensor's largest value (at least 1). */
export const QUANTITIES = ["attention", "q", "k", "logits"] as const;
export type Quantity = (typeof QUANTITIES)[number];
export const PRECISIONS = ["f32", "f16", "bf16"] as const;
export type Precision = (typeof PRECISIONS)[number];
export const PLACES = ["node", "chromium"] as const;
export type Place = (typeof PLACES)[number];

/** Deviations of one family; a quantity that a family's goldens do not hold is absent. */
export type Row = Readonly<
  Record<Place, Readonly<Partial<Record<Precision, Partial<Record<Quantity, number>>>>>>
>;
/** By model_type. */
export type Errors = Readonly<Record<string, Row>>;

/** The table's quantity that a golden tensor counts under, or none. */
function quantityOf(name: string): Quantity | undefined {
  const plain = name.replace(/ from q, k$/, "").replace(/^(enc|dec|cross|text|vision)_/, "");
  return plain === "attn" ? "attention" : QUANTITIES.find((quantity) => quantity === plain);
}

/** Largest deviations by quantity of one folder. */
export function largest({ errors }: Measured): Partial<Record<Quantity, number>> {
  return mostOf(
    errors.flatMap((input) =>
      Object.entries(input).map(([name, error]) => {
        const quantity = quantityOf(name);
        return quantity ? { [quantity]: error } : {};
      }),
    ),
  );
}

/** The larger of each quantity. */
export function mostOf(all: readonly Partial<Record<Quantity, number>>[]): Partial<Record<Quantity, number>> {
  const most: Partial<Record<Quantity, number>> = {};
  for (const quantity of QUANTITIES) {
    const values = all.flatMap((one) => one[quantity] ?? []);
    if (values.length) most[quantity] = Number(Math.max(...values).toPrecision(2));
  }
  return most;
}

/** The power of ten that an error has to stay under, at least 1e-5: below, the last bits differ between processors. */
export function boundOf(error: number): number {
  return 10 ** Math.max(-5, Math.floor(Math.log10(error)) + 1);
}
