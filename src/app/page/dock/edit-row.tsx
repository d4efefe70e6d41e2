// One edit: its grip, its switch, its sentence, a slider for its value, its receipt.

import { type Edit, editText, isCellEdit } from "../../../trace/index.ts";
import { formatNumber } from "../../../views/index.ts";
import { wordOf } from "../../../views/read/words.ts";
import type { PlacedEdit } from "../../state/edits/edits.ts";
import type { AppState } from "../../state/state.ts";
import { Cross, Grip } from "../controls/icons.tsx";
import type { PartProps } from "../part.ts";
import type { Order } from "./use-order.ts";

interface EditRowProps extends PartProps {
  readonly placed: PlacedEdit;
  readonly index: number;
  readonly receipt: string;
  readonly order: Order;
}

/** The row of an edit. */
export function EditRow({ app, actions, placed: { edit, on }, index, receipt, order }: EditRowProps) {
  const sentence = editText(edit, app.own.value?.rotary);
  const { editing } = actions;
  const moving = order.moving.value;
  const way = moving && moving.from !== moving.to && moving.to === index;
  const place = way ? (moving.to < moving.from ? "before" : "behind") : moving?.from === index ? "moved" : "";
  return (
    <li
      class={`edit ${on ? "" : "off"} ${place}`}
      onKeyDown={(event) => order.step(event, index)}
      onPointerDown={(event) => order.begin(event, index)}
    >
      <button type="button" class="grip" aria-label={`Move ${sentence}`} title="Drag, or press an arrow key">
        <Grip />
      </button>
      <button
        type="button"
        role="switch"
        aria-checked={on}
        aria-label={sentence}
        title="Alt and an arrow key move it in the order"
        onClick={() => void editing.toggle(index)}
      >
        <i class={`switch pink ${on ? "on" : ""}`} />
      </button>
      <div class="what">
        <b>{sentence}</b>
        <span class="faint">{wordsOf(app, edit)}</span>
        {"value" in edit && <Value actions={actions} edit={edit} index={index} />}
        <small>{receipt}</small>
      </div>
      <button
        type="button"
        class="btn ghost small square"
        aria-label={`Remove ${sentence}`}
        onClick={() => void editing.remove(index)}
      >
        <Cross />
      </button>
    </li>
  );
}

/** The words that a cell edit is about. */
function wordsOf(app: AppState, edit: Edit): string {
  const trace = app.trace.value;
  if (!trace || !isCellEdit(edit) || typeof edit.query !== "number" || typeof edit.key !== "number")
    return "";
  const block = trace.manifest.blocks.find(({ name }) => name === (edit.block ?? name))!;
  const word = (stream: typeof block.queries, at: number) => {
    const token = trace.stream(stream).tokens.at(at);
    return token ? wordOf(token) : "";
  };
  return `${word(block.queries, edit.query)} → ${word(block.keys, edit.key)}`;
}

type Valued = Extract<Edit, { readonly value: number }>;

/** From, to and step of a slider. */
function rangeOf({ op, at, value }: Valued): readonly [number, number, number] {
  if (op === "set" && at === "pattern") return [0, 1, 0.01];
  const most = Math.max(op === "scale" ? 2 : 10, Math.abs(value));
  return op === "scale" ? [Math.min(0, value), most, 0.05] : [-most, most, 0.1];
}

function Value({ actions, edit, index }: Pick<PartProps, "actions"> & { edit: Valued; index: number }) {
  const [min, max, step] = rangeOf(edit);
  const share = `${(100 * (edit.value - min)) / (max - min)}%`;
  const set = (value: string, moving: boolean) => void actions.editing.setValue(index, Number(value), moving);
  return (
    <label class="value">
      <input
        type="range"
        class="range pink"
        min={min}
        max={max}
        step={step}
        value={edit.value}
        style={{ "--v": share }}
        aria-label={`Value of ${editText(edit)}`}
        onInput={(event) => set(event.currentTarget.value, true)}
        onChange={(event) => set(event.currentTarget.value, false)}
      />
      <span class="num">{formatNumber(edit.value)}</span>
    </label>
  );
}
