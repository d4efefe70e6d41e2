// One wrapper for every view class: makes it in a div, passes on the props that changed, destroys it.

import { useLayoutEffect, useRef } from "preact/hooks";
import type { View } from "../../../views/index.ts";

/** A view class of src/views. */
export type ViewClass<Props> = new (target: HTMLElement, props: Props) => View<Props>;

/** A view in the page. `props` may be a new object each time; only changed values reach the view. */
export function Mount<Props extends object>(given: { view: ViewClass<Props>; props: Props; class?: string }) {
  const { view: Class, props } = given;
  const target = useRef<HTMLDivElement>(null);
  const made = useRef<{ view: View<Props>; props: Props } | null>(null);
  useLayoutEffect(() => {
    const current = { view: new Class(target.current!, props), props };
    made.current = current;
    return () => current.view.destroy();
  }, [Class]);
  useLayoutEffect(() => {
    const current = made.current!;
    const changed = changes(current.props, props);
    current.props = props;
    if (Object.keys(changed).length > 0) current.view.update(changed);
  });
  return <div ref={target} class={given.class} />;
}

/** The props whose value is another one now. */
export function changes<Props extends object>(before: Props, now: Props): Partial<Props> {
  const names = Object.keys(now) as (keyof Props)[];
  return Object.fromEntries(
    names.filter((n) => now[n] !== before[n]).map((n) => [n, now[n]]),
  ) as Partial<Props>;
}
