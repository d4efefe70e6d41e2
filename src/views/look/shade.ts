// The shading of a word by how much attention it gets: one stripe per head, as wide as the others, so that
// heads can be told apart by place as well as by hue.

const SINGLE = { least: 4, most: 38 };
const SEVERAL = 45;

/** Opacity of the stripe of each head with the sign of its weight, -1 to 1; none where all are below `from`. */
export function shadesOf(weights: readonly number[], from: number): number[] {
  const sizes = weights.map(Math.abs);
  if (sizes.length === 0 || Math.max(...sizes) < from) return [];
  const percent = (size: number): number =>
    sizes.length === 1 ? SINGLE.least + SINGLE.most * Math.sqrt(size) : SEVERAL * Math.sqrt(size);
  return sizes.map((size, i) => (Math.round(percent(size)) / 100) * (weights[i]! < 0 ? -1 : 1));
}

/** CSS background of stripes along an angle, or "" for none. */
export function shadeCss(shades: readonly number[], colors: readonly string[], angle = 90): string {
  if (shades.length === 0) return "";
  if (shades.length === 1) return tint(colors[0]!, shades[0]!);
  const share = 100 / shades.length;
  const stripes = shades.map(
    (shade, i) => `${tint(colors[i]!, shade)} ${round(i * share)}% ${round((i + 1) * share)}%`,
  );
  return `linear-gradient(${angle}deg,${stripes.join(",")})`;
}

function tint(color: string, shade: number): string {
  return `color-mix(in srgb,${color} ${Math.round(100 * Math.abs(shade))}%,transparent)`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
