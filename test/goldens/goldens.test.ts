// Every golden fixture in Node: all tensors, the pattern recomputed from q and k, ids, and generation.

import { checkGolden } from "./check.ts";
import { goldenFolders, SETS } from "./golden.ts";

for (const set of SETS) {
  for (const { name, path } of goldenFolders(set)) checkGolden(`${set}/${name}`, path);
}
