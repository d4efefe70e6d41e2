// A panel under its button: closes on Escape and on a press elsewhere, takes the focus and gives it back.

import type { ButtonHTMLAttributes, ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { PopoverName } from "../../state/run.ts";
import type { AppState } from "../../state/state.ts";
import { toggle } from "../part.ts";
import { enter } from "./enter.ts";

interface PopoverProps {
  readonly app: AppState;
  readonly name: PopoverName;
  /** What screen readers call the panel. */
  readonly label: string;
  readonly class?: string;
  readonly children: ComponentChildren;
}

type ButtonProps = Pick<ButtonHTMLAttributes, "aria-current" | "aria-label" | "title" | "disabled" | "dir">;

interface PopoverButtonProps extends ButtonProps, Omit<PopoverProps, "class"> {
  readonly class?: string;
  /** Classes of the panel. */
  readonly menu: string;
  /** What the panel shows. */
  readonly inside: ComponentChildren;
}

/** A button and the panel that it opens and closes. Put it inside an element of class "anchor". */
export function PopoverButton({ app, name, label, menu, inside, children, ...button }: PopoverButtonProps) {
  const open = app.popover.value === name;
  return (
    <>
      <button
        {...button}
        type="button"
        class={`${button.class ?? ""} ${open ? "on" : ""}`}
        aria-haspopup="dialog"
        aria-expanded={open}
        onClick={() => toggle(app, name)}
      >
        {children}
      </button>
      <Popover app={app} name={name} label={label} class={menu}>
        {inside}
      </Popover>
    </>
  );
}

/** Shown while `app.popover` is `name`. Put it beside its button, inside an element of class "anchor". */
export function Popover({ app, name, label, children, ...rest }: PopoverProps) {
  if (app.popover.value !== name) return null;
  return (
    <OpenPopover label={label} class={rest.class ?? ""} close={() => closePopover(app, name)}>
      {children}
    </OpenPopover>
  );
}

function closePopover(app: AppState, name: PopoverName): void {
  if (app.popover.value === name) app.popover.value = null;
}

function OpenPopover(props: {
  label: string;
  class: string;
  close: () => void;
  children: ComponentChildren;
}) {
  const ref = useRef<HTMLDivElement>(null);
  // Before the next key comes: R and the arrow that follows are one gesture.
  useLayoutEffect(() => {
    const panel = ref.current!;
    const before = document.activeElement as HTMLElement | null;
    enter(panel);
    const press = (event: PointerEvent) => {
      const anchor = panel.closest(".anchor") ?? panel;
      if (!anchor.contains(event.target as Node)) props.close();
    };
    document.addEventListener("pointerdown", press);
    return () => {
      document.removeEventListener("pointerdown", press);
      if (panel.contains(document.activeElement) || document.activeElement === document.body) before?.focus();
    };
  }, []);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape") props.close();
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") step(ref.current!, event);
    else return;
    event.stopPropagation();
  };
  return (
    <div
      ref={ref}
      class={`pop ${props.class}`}
      role="dialog"
      aria-label={props.label}
      tabIndex={-1}
      onKeyDown={onKeyDown}
    >
      {props.children}
    </div>
  );
}

/** Arrow keys walk through a popover's buttons. */
function step(panel: HTMLElement, event: KeyboardEvent): void {
  const stops = [...panel.querySelectorAll<HTMLElement>("input, button:not(:disabled)")];
  const at = stops.indexOf(document.activeElement as HTMLElement);
  stops[Math.max(0, Math.min(stops.length - 1, at + (event.key === "ArrowDown" ? 1 : -1)))]?.focus();
  event.preventDefault();
}
