// The menu of what somebody points at: right click, long press or the Menu key on a head, a weight, a word or a neuron.

import { Popover } from "./controls/popover.tsx";
import { inside } from "./inside.tsx";
import type { PartProps } from "./part.ts";

const ChangeList = inside("ChangeList");

const WIDTH = 270;
const HEIGHT = 330;

/** The menu, while it is asked for. */
export function ChangeMenu({ app, actions }: PartProps) {
  const [target, where] = [app.edits.menu.value, app.changeable.value];
  if (!target || !where || app.popover.value !== "change") return null;
  const left = Math.max(0, Math.min(target.x, innerWidth - WIDTH));
  const top = Math.max(0, Math.min(target.y, innerHeight - HEIGHT));
  return (
    <div class="anchor at-point" style={{ left: `${left}px`, top: `${top}px` }}>
      <Popover app={app} name="change" label="Change the model" class="menu change">
        <ChangeList app={app} actions={actions} target={target} where={where} />
      </Popover>
    </div>
  );
}
