// The page's few icons, drawn on the text's colour.

import type { ComponentChildren } from "preact";

function Icon({
  size,
  width = 1.4,
  children,
}: {
  size: number;
  width?: number;
  children: ComponentChildren;
}) {
  return (
    <svg
      aria-hidden="true"
      width={size}
      height={size}
      viewBox={`0 0 ${size} ${size}`}
      fill="none"
      stroke="currentColor"
      stroke-width={width}
      stroke-linecap="round"
      stroke-linejoin="round"
    >
      {children}
    </svg>
  );
}

/** The sign beside the name. */
export function Logo() {
  const ends = [4, 18].flatMap((x) =>
    [4, 11, 18].map((y) => <circle key={`${x}-${y}`} cx={x} cy={y} r={2} />),
  );
  return (
    <svg aria-hidden="true" width={22} height={22} viewBox="0 0 22 22" class="mark">
      <g fill="none" stroke="currentColor" stroke-linecap="round">
        <path d="M4 4C11 4 11 18 18 18" stroke-width={2.6} />
        <path d="M4 11C11 11 11 4 18 4" stroke-width={1.5} opacity={0.65} />
        <path d="M4 18C11 18 11 11 18 11" stroke-width={1} opacity={0.45} />
      </g>
      <g fill="currentColor">{ends}</g>
    </svg>
  );
}

/** Opens a list. */
export const Chevron = () => (
  <Icon size={10} width={1.5}>
    <path d="M2 3.5 5 6.5 8 3.5" />
  </Icon>
);
/** Four pictures. */
export const GalleryIcon = () => (
  <Icon size={14}>
    <path d="M1.7 1.7h4v4h-4zM8.3 1.7h4v4h-4zM1.7 8.3h4v4h-4zM8.3 8.3h4v4h-4z" />
  </Icon>
);
/** Half light, half dark. */
export const ThemeIcon = () => (
  <Icon size={16}>
    <circle cx={8} cy={8} r={5.6} />
    <path d="M8 2.4a5.6 5.6 0 0 1 0 11.2z" fill="currentColor" stroke="none" />
  </Icon>
);
/** An arrow out of a tray. */
export const ShareIcon = () => (
  <Icon size={14}>
    <path d="M7 9V1.5M4.2 4 7 1.2 9.8 4M2 7.5V12.5H12V7.5" />
  </Icon>
);
/** A clock. */
export const ClockIcon = () => (
  <Icon size={16}>
    <circle cx={8} cy={8} r={6} />
    <path d="M8 4.6V8l2.4 1.6" />
  </Icon>
);
/** Closes. */
export const Cross = () => (
  <Icon size={12}>
    <path d="m2.5 2.5 7 7m0-7-7 7" />
  </Icon>
);
/** Done. */
export const Check = () => (
  <Icon size={12} width={1.6}>
    <path d="m2 6.5 2.6 2.6L10 3.4" />
  </Icon>
);
/** Something is wrong. */
export const Alert = () => (
  <Icon size={18} width={1.6}>
    <circle cx={9} cy={9} r={7} />
    <path d="M9 5.2v4.6M9 12v.9" />
  </Icon>
);
/** A sheet. */
export const FileIcon = () => (
  <Icon size={16}>
    <path d="M4 1.8h5l3.5 3.5v8.9H4zM9 1.8v3.5h3.5" />
  </Icon>
);
/** Angle brackets. */
export const CodeIcon = () => (
  <Icon size={16}>
    <path d="M5.5 4.5 2 8l3.5 3.5M10.5 4.5 14 8l-3.5 3.5" />
  </Icon>
);
/** Words along the top and the bottom, a line between them. */
export const RowsIcon = () => (
  <Icon size={14}>
    <path d="M1.7 2.7h2.6M5.7 2.7h2.6M9.7 2.7h2.6M1.7 11.3h2.6M5.7 11.3h2.6M9.7 11.3h2.6M3 4.8c0 2.2 8 2.2 8 4.4" />
  </Icon>
);
/** A panel with a side column. */
export const Collapse = () => (
  <Icon size={16}>
    <rect x={2} y={2.5} width={12} height={11} rx={2} />
    <path d="M6 2.5v11" />
  </Icon>
);

/** Two columns of dots: something to take hold of. */
export function Grip() {
  return (
    <svg width="8" height="14" viewBox="0 0 8 14" aria-hidden="true" fill="currentColor">
      {[2, 7, 12].flatMap((y) => [2, 6].map((x) => <circle key={`${x} ${y}`} cx={x} cy={y} r="1.2" />))}
    </svg>
  );
}

/** A frame that grows. */
export function CornersIcon() {
  return (
    <Icon size={14}>
      <path d="M2 5V2h3M9 2h3v3M12 9v3H9M5 12H2V9" />
    </Icon>
  );
}
