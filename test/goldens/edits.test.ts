// Edits of ten families in Node; edits.shared.test.ts has all of them.

import { checkEdits } from "./edits-check.ts";
import { goldenFolders } from "./golden.ts";

for (const { name, path } of goldenFolders("goldens-edits")) checkEdits(name, path);
