// Colours, sizes and motion as data: the one place where they are written down.
// Four colour meanings, never mixed: ink = how much attention, hue = which head, blue / orange = sign, pink = edited.

export type ThemeName = "light" | "dark";

/** CSS colours by role; written into CSS custom properties (`--text`, `--line-2`, ...) by style.ts. */
export const COLORS = {
  light: {
    bg: "#F7F7F5",
    surface: "#FFFFFF",
    "surface-2": "#F3F3F0",
    "surface-3": "#EAEAE6",
    line: "#E4E4DF",
    "line-2": "#CFCFC9",
    "line-3": "#8C8F96",
    text: "#17181C",
    "text-2": "#4C515A",
    "text-3": "#62676F",
    ink: "#17181C",
    "on-ink": "#FFFFFF",
    focus: "#1264FF",
    edit: "#C81E63",
    "edit-bg": "#FCE8F0",
    pos: "#1763C6",
    neg: "#C4500A",
    ok: "#12734A",
    warn: "#8A5A00",
    "warn-bg": "#FFF6E0",
    err: "#B3261E",
    "err-bg": "#FDECEA",
    tile: "#F1F1F4",
  },
  dark: {
    bg: "#0E1014",
    surface: "#15171C",
    "surface-2": "#1C1F26",
    "surface-3": "#262A33",
    line: "#272B33",
    "line-2": "#3A404B",
    "line-3": "#6E7583",
    text: "#ECEEF2",
    "text-2": "#A9B0BC",
    "text-3": "#8E95A2",
    ink: "#ECEEF2",
    "on-ink": "#15171C",
    focus: "#6EA8FF",
    edit: "#FF7FAE",
    "edit-bg": "#3A1A28",
    pos: "#62A8FF",
    neg: "#FF9350",
    ok: "#52C793",
    warn: "#E8B44C",
    "warn-bg": "#2B2414",
    err: "#FF8A80",
    "err-bg": "#331A19",
    tile: "#1B1E26",
  },
} as const;

/** Head colours by index 0 to 11; at least 3:1 against the surface, and told apart by number too. */
export const HEAD_COLORS = {
  light: [
    "#1266A9",
    "#ED6E29",
    "#00633F",
    "#C26AF2",
    "#AD606C",
    "#819D65",
    "#826D1B",
    "#8150DD",
    "#613700",
    "#2723AC",
    "#AC0E7B",
    "#0CA3BE",
  ],
  dark: [
    "#53AAFB",
    "#EB9508",
    "#40A970",
    "#D093C7",
    "#F86B60",
    "#89D1A0",
    "#D4CA00",
    "#9263F2",
    "#9C7C19",
    "#5680C4",
    "#C7589A",
    "#00DBFE",
  ],
} as const;

/** The order in which active heads take colours where a layer has more than 12 heads. */
export const HEAD_ORDER = [0, 1, 10, 2, 11, 7, 8, 3, 9, 6, 4, 5] as const;

/** Ink ramp for attention, indexed by the square root of the weight; monotone in lightness. */
export const ATTENTION_RAMP = {
  light: ["#FFFFFF", "#E7EAF3", "#C2C8DE", "#8D96BC", "#545F92", "#28325F", "#0E1230"],
  dark: ["#15171C", "#252B3C", "#3C466A", "#6170A4", "#94A2D4", "#C9D2F3", "#F3F5FF"],
} as const;

/** Sign ramps: blue for positive, orange for negative, by tanh(1.4 |x| / m) / tanh 1.4. */
export const SIGN_RAMPS = {
  light: {
    pos: ["#FFFFFF", "#CFE0F7", "#7FAFE9", "#2E74CF", "#0B3F8C"],
    neg: ["#FFFFFF", "#FBDCC6", "#F2A26B", "#D9661C", "#8A3206"],
  },
  dark: {
    pos: ["#1B1E26", "#1F3A60", "#2B65B0", "#62A8FF", "#C9E1FF"],
    neg: ["#1B1E26", "#55301A", "#A9561E", "#FF9350", "#FFDCC4"],
  },
} as const;

export const FONTS = {
  sans: "Inter Variable, Inter, system-ui, sans-serif",
  mono: "JetBrains Mono Variable, ui-monospace, monospace",
} as const;
export const MOTION = {
  fast: 90,
  base: 160,
  slow: 240,
  ease: "cubic-bezier(.2,0,0,1)",
} as const;
