// Where the focus goes in what opens over the page.

/** To what is marked as first, else to the first field or button, else to the panel itself. */
export function enter(panel: HTMLElement): void {
  const first = panel.querySelector<HTMLElement>("[data-first]:not(:disabled)");
  (first ?? panel.querySelector<HTMLElement>("input:not([hidden]), button") ?? panel).focus();
}
