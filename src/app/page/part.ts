// What every part of the page is given, and two things that several of them do.

import type { Actions } from "../actions/actions.ts";
import type { PopoverName } from "../state/run.ts";
import type { AppState } from "../state/state.ts";

/** State to show and actions to take. */
export interface PartProps {
  readonly app: AppState;
  readonly actions: Actions;
}

/** Open a popover, or close it where it is open. */
export function toggle(app: AppState, name: PopoverName): void {
  app.popover.value = app.popover.value === name ? null : name;
}

/** The other theme; the system's own is not written into the address. */
export function switchTheme(app: AppState): void {
  const theme = app.theme.value === "light" ? "dark" : "light";
  app.settle({ theme: theme === app.systemTheme.value ? null : theme });
}
