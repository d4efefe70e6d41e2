// One tab stop for a row or a list of buttons: arrow keys, Home and End walk through it.

const STEPS: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 };

/** Where a key leads from `at` among `count` places; null where it means nothing here. */
export function stepOf(key: string, at: number, count: number): number | null {
  if (key === "Home") return 0;
  if (key === "End") return count - 1;
  const step = STEPS[key];
  return step === undefined ? null : Math.max(0, Math.min(count - 1, at + step));
}

/** Key handler of an element whose buttons are one tab stop: give the focused one's neighbour the focus. */
export function rove(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const buttons = [...(event.currentTarget as HTMLElement).querySelectorAll("button")];
  const at = buttons.indexOf(event.target as HTMLButtonElement);
  const next = at < 0 ? null : stepOf(event.key, at, buttons.length);
  if (next === null) return;
  event.preventDefault();
  event.stopPropagation();
  for (const button of buttons) button.tabIndex = -1;
  buttons[next]!.tabIndex = 0;
  buttons[next]!.focus();
}
