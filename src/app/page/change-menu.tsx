// The menu of what somebody points at: right click, long press or the Menu key on a head, a weight, a word or a neuron.

import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { Popover } from "./controls/popover.tsx";
import { inside } from "./inside.tsx";
import type { PartProps } from "./part.ts";

const ChangeList = inside("ChangeList");

/** Room between the menu and the edge of the window, in px. */
const EDGE = 8;

/** The menu, while it is asked for. */
export function ChangeMenu({ app, actions }: PartProps) {
  const [target, where] = [app.edits.menu.value, app.changeable.value];
  if (!target || !where || app.popover.value !== "change") return null;
  return (
    <AtPoint x={target.x} y={target.y}>
      <Popover app={app} name="change" label="Change the model" class="menu change">
        <ChangeList app={app} actions={actions} target={target} where={where} />
      </Popover>
    </AtPoint>
  );
}

/** At a point of the window, or as near as the whole menu fits, also when its inside comes later. */
function AtPoint({ x, y, children }: { x: number; y: number; children: ComponentChildren }) {
  const anchor = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const { style, firstElementChild } = anchor.current!;
    const menu = firstElementChild as HTMLElement;
    const place = () => {
      style.left = `${Math.max(EDGE, Math.min(x, innerWidth - menu.offsetWidth - EDGE))}px`;
      style.top = `${Math.max(EDGE, Math.min(y, innerHeight - menu.offsetHeight - EDGE))}px`;
    };
    place();
    const observer = new ResizeObserver(place);
    observer.observe(menu);
    return () => observer.disconnect();
  }, [x, y]);
  return (
    <div ref={anchor} class="anchor at-point">
      {children}
    </div>
  );
}
