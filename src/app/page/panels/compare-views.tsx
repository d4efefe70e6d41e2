// Two runs side by side (below each other where words lie in rows and on a phone): the same layer, heads and words, aligned by token; or
// what one has more than the other.

import { HeadView } from "../../../views/head/view.ts";
import type { CommonProps, Selection } from "../../../views/index.ts";
import { type MarkedRegion, MatrixView } from "../../../views/matrix/view.ts";
import { type Counterpart, hoverThere, selectionHere } from "../../../views/read/counterpart.ts";
import { differingText, type Stretch } from "../../state/differing.ts";
import { regionHere } from "../../state/marked.ts";
import type { HeadMode } from "../../state/place.ts";
import type { AppState } from "../../state/state.ts";
import { Mount } from "../controls/mount.tsx";
import { Segments } from "../controls/segments.tsx";

interface SideProps {
  readonly app: AppState;
  readonly counterpart: Counterpart;
  readonly mode: HeadMode;
  readonly table: boolean;
}

/** The switch between both runs and their difference, and which words stand alone. */
export function CompareBar({ app, above }: { app: AppState; above: boolean }) {
  const counterpart = app.comparison.counterpart.value!;
  const [other, shown] = counterpart.names;
  const alone = [app.comparison.unmatched.value!, app.comparison.unmatchedThere.value!].map(({ key }, i) => {
    const tokens = (i === 0 ? counterpart.shown : counterpart.attention).tokens("key");
    const words = [...key].map((at) => tokens[at]!.text.trim()).join(", ");
    return words && `only in ${i === 0 ? shown : other}: ${words}`;
  });
  const hatched = alone.filter(Boolean).join("; ");
  return (
    <div class="compare-bar small">
      <Segments
        label="Compare"
        choices={[
          ["side", above ? "Both" : "Side by side"],
          ["difference", "Difference"],
        ]}
        value={app.place.value.compare}
        pick={(compare) => app.go({ compare })}
      />
      <span class="muted">
        {app.place.value.compare === "difference" && `Difference is ${shown} minus ${other}.`}
        {hatched && (
          <>
            {" "}
            <i class="hatch" /> Hatched: no counterpart, {hatched}.
          </>
        )}
      </span>
    </div>
  );
}

/** The other run and the one that is shown, the original or text A on the left. */
export function SideBySide({ app, counterpart, mode, table }: SideProps) {
  const shown = app.attention.value!;
  const own: CommonProps = {
    attention: shown,
    selection: app.selection.value!,
    filter: app.filter.value!,
    theme: app.theme.value,
    onSelect: app.onSelect,
    onHover: app.onHover,
    edited: app.edited.value,
    unmatched: app.comparison.unmatched.value,
  };
  const there: CommonProps = {
    ...own,
    attention: counterpart.attention,
    selection: app.comparison.selectionThere.value!,
    edited: null,
    unmatched: app.comparison.unmatchedThere.value,
    onSelect: (selection: Selection) => app.select(selectionHere(selection, counterpart)),
    onHover: app.comparison.onHoverThere,
  };
  const hover = app.hover.value;
  const sides = [
    {
      name: counterpart.names[0],
      text: differingText(counterpart, false),
      props: { ...there, hover: hoverThere(hover, counterpart) },
      marks: { onRegion: (region: MarkedRegion) => app.regions.onRegion(regionHere(region, counterpart)) },
    },
    {
      name: counterpart.names[1],
      text: differingText(counterpart, true),
      props: { ...own, hover },
      marks: { onContext: app.onContext, onRegion: app.regions.onRegion, to: app.place.value.to },
    },
  ];
  const View = mode === "matrix" || table ? "matrix" : "lines";
  const { orientation } = app.place.value;
  const below = View === "lines" && orientation === "horizontal";
  return (
    <div class="hbody-size">
      <div class={`hbody compare ${below ? "below" : ""}`}>
        {(counterpart.first ? sides : sides.reverse()).map(({ name, text, props, marks }) => (
          <section key={name} aria-label={name}>
            <div class="side-head">
              <h2>{name}</h2>
              <Differing text={text} />
            </div>
            {View === "matrix" ? (
              <Mount view={MatrixView} props={{ ...props, table, ...marks }} class="matrix-view" />
            ) : (
              <Mount view={HeadView} props={{ ...props, dense: true, orientation }} class="lines-view" />
            )}
          </section>
        ))}
      </div>
    </div>
  );
}

/** What a side reads, from where it differs from the other. */
function Differing({ text }: { text: readonly Stretch[] }) {
  return (
    <p class="differing" dir="auto">
      {text.map(({ text: words, differs }) => (differs ? <b>{words}</b> : words))}
    </p>
  );
}
