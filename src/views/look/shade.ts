// The shading of a word by how much attention it gets: one stripe per head, as wide as the others, so that
// heads can be told apart by place as well as by hue.

const SINGLE = { least: 4, most: 38 };
const SEVERAL = 45;

/** CSS background for a word with one weight per head, or "" where every weight is below `from`. */
export function shadeOf(weights: readonly number[], colors: readonly string[], from: number): string {
  if (weights.length === 0 || Math.max(...weights) < from) return "";
  if (weights.length === 1) return tint(colors[0]!, SINGLE.least + SINGLE.most * Math.sqrt(weights[0]!));
  const share = 100 / weights.length;
  const stripes = weights.map((weight, i) => {
    const color = tint(colors[i]!, SEVERAL * Math.sqrt(weight));
    return `${color} ${round(i * share)}% ${round((i + 1) * share)}%`;
  });
  return `linear-gradient(90deg,${stripes.join(",")})`;
}

function tint(color: string, percent: number): string {
  return `color-mix(in srgb,${color} ${Math.round(percent)}%,transparent)`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
