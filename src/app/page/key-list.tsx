// The inside of the sheet behind "?": keys, gestures, and where the documentation is.

const KEYS: readonly (readonly [string, readonly string[]])[] = [
  ["Move in the map", ["←", "→", "↑", "↓"]],
  ["Open head", ["Enter"]],
  ["Add head to view", ["Shift", "Enter"]],
  ["Layer up, down", ["[", "]"]],
  ["Head 0 to 9", ["0", "…", "9"]],
  ["Only this head", ["S"]],
  ["All heads", ["A"]],
  ["Pin next, previous word", ["J", "K"]],
  ["Unpin, close, leave the field", ["Esc"]],
  ["Walk through a list", ["↑", "↓", "Home", "End"]],
  ["Lines, both, matrix", ["L", "B", "M"]],
  ["Words in columns, in rows", ["W"]],
  ["Head view alone, and back", ["F"]],
  ["Hide first token", ["H"]],
  ["Find heads", ["/"]],
  ["Neurons", ["N"]],
  ["Compare", ["C"]],
  ["Edits on, off", ["E"]],
  ["Block the weight under the pointer", ["X"]],
  ["Undo, redo", ["Z", "Shift", "Z"]],
  ["View as table", ["T"]],
  ["Open files", ["O"]],
  ["Recent runs", ["R"]],
  ["Run", ["Ctrl or ⌘", "Enter"]],
  ["Continue", ["Ctrl or ⌘", "Shift", "Enter"]],
];

const GESTURES: readonly (readonly [string, string])[] = [
  ["Map", "hover enlarges, click opens, shift click adds, double click shows the matrix"],
  ["Squares of heads", "click adds or focuses, once more removes, double click leaves only this one"],
  ["Words", "hover shows, click pins, shift click pins several; right words: who attends to them"],
  [
    "Matrix",
    "wheel zooms, double click fits, click pins the row; a drag pins a region, with Shift where it is zoomed and a drag moves",
  ],
  ["Boundaries of panels", "drag or arrow keys; double click or Enter puts them back"],
  ["Head, line, cell, word, neuron", "right click or a long press changes the model there"],
];

/** Pages of the documentation that the server of this page has, too (scripts/build.mjs). */
const DOCS: readonly (readonly [string, string])[] = [
  ["The page", "page"],
  ["Views", "views"],
  ["Edits", "edits"],
  ["Figures", "figures"],
  ["Attention made elsewhere", "importing"],
  ["Command line", "cli"],
  ["Licence", "license"],
];

/** Keys, gestures and links. */
export function KeyList() {
  return (
    <>
      <h3>
        Keyboard <kbd>?</kbd>
      </h3>
      <dl>
        {KEYS.map(([what, keys]) => (
          <div key={what}>
            <dt>{what}</dt>
            <dd>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
      <h3 class="second">Mouse and touch</h3>
      <dl class="gestures">
        {GESTURES.map(([where, what]) => (
          <div key={where}>
            <dt>{where}</dt>
            <dd class="small">{what}</dd>
          </div>
        ))}
      </dl>
      <h3 class="second">Documentation</h3>
      <ul class="docs">
        {DOCS.map(([name, file]) => (
          <li key={file}>
            <a href={`docs/${file}.txt`} target="_blank" rel="noreferrer">
              {name}
            </a>
          </li>
        ))}
      </ul>
    </>
  );
}
