// docs/models.md from measured errors.

import { table } from "../../bench/stats.ts";
import { type Errors, PLACES, PRECISIONS, QUANTITIES } from "./errors.ts";
import { refusals } from "./refusals.ts";

const HEAD = `# Models

Written by \`node scripts/models-table.mjs\`; do not edit.

Every family below runs from its Hugging Face checkpoint as it is, and each was compared with Hugging Face
Transformers (float32, eager attention, evaluation mode) on small models with random weights: two sets of shapes and
options for float32. A number is the largest deviation over all layers, heads and inputs: of attention as it is, of
q, k and logits relative to the tensor's largest value (at least 1). "Attention" holds both the recorded pattern and the
one recomputed from q and k. Half-precision weights are widened to float32 and computed in float32, as Transformers does
when it loads them with \`dtype=torch.float32\`; they were made anew from the same seeds by \`scripts/half-goldens.py\`.

A test holds the float32 numbers of Node to their power of ten (1e-5 at least), and all numbers to 1e-4. WebGPU is held
to 1e-4 as well ([runtimes](runtimes.md)).
`;

const REFUSED = `## What is refused

A config key that would change the numbers is handled or refused by name, never ignored. Any family refuses quantised
weights (\`quantization_config\`), pruned heads and cross-attention in a decoder-only model. A key that is no field of
the family's configuration class cannot change them, and is noted.
Checkpoints in PyTorch's or GGUF's format are refused with the command that converts them. Beyond these, by family:
`;

const AGAIN = `## Measuring again

After a family is added or changed:

\`\`\`sh
python scripts/half-goldens.py ../shared/goldens OUT   # needs torch and transformers; for the half-precision columns
node scripts/models-table.mjs OUT                      # without OUT the half-precision numbers stay as they are
\`\`\`
`;

/** The page. */
export function modelsText(errors: Errors): string {
  const sections = PLACES.map(
    (place) => `## In ${place === "node" ? "Node" : "Chromium"}\n\n${errorTable(errors, place)}`,
  );
  return [HEAD, ...sections, REFUSED.trimEnd(), refusedTable(errors), AGAIN]
    .join("\n\n")
    .replace(/\n{3,}/g, "\n\n");
}

function errorTable(errors: Errors, place: (typeof PLACES)[number]): string {
  const rows = Object.entries(errors).flatMap(([family, row]) =>
    PRECISIONS.flatMap((precision) => {
      const cells = row[place][precision];
      if (!cells) return [];
      return [[family, precision.toUpperCase(), ...QUANTITIES.map((quantity) => shown(cells[quantity]))]];
    }),
  );
  return table(["family", "weights", ...QUANTITIES], rows);
}

function shown(error: number | undefined): string {
  if (error === undefined) return "–";
  return error === 0 ? "0" : error.toExponential(1);
}

function refusedTable(errors: Errors): string {
  const rows = Object.keys(errors).map((family) => {
    const { classes, only } = refusals(family);
    return [family, classes.join(", "), only.map((text) => `\`${text}\``).join(", ") || "–"];
  });
  return table(["family", "classes that run (others are refused)", "keys with one value that runs"], rows);
}
