// Making elements and numbers about time: the few lines that every view needs.

/** A new element with a class and a text, at the end of `parent`. */
export function addTo<Tag extends keyof HTMLElementTagNameMap>(
  parent: Element,
  tag: Tag,
  name = "",
  text = "",
): HTMLElementTagNameMap[Tag] {
  return parent.appendChild(elementFor(parent, tag, name, text));
}

/** A new element of the document of `near`, not yet in it. */
export function elementFor<Tag extends keyof HTMLElementTagNameMap>(
  near: Element,
  tag: Tag,
  name = "",
  text = "",
): HTMLElementTagNameMap[Tag] {
  const element = near.ownerDocument.createElement(tag);
  if (name !== "") element.className = name;
  if (text !== "") element.textContent = text;
  return element;
}

/** A clock that says when `time` milliseconds have passed. */
export function after(time: number): () => boolean {
  const end = performance.now() + time;
  return () => performance.now() > end;
}
