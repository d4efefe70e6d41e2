// A dialog over the whole page: Escape and a press beside it close it.

import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { enter } from "./enter.ts";

interface DialogProps {
  readonly label: string;
  readonly class?: string;
  readonly close: () => void;
  readonly children: ComponentChildren;
}

/** Open while it is drawn. */
export function Dialog({ label, close, children, ...rest }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    dialog.current!.showModal();
    enter(dialog.current!);
  }, []);
  return (
    <dialog
      ref={dialog}
      class={`sheet ${rest.class ?? ""}`}
      aria-label={label}
      tabIndex={-1}
      onClose={close}
      {...{ closedby: "any" }}
    >
      {children}
    </dialog>
  );
}
