"""Scores of heads from the TypeScript definitions."""

import numpy as np

from . import embedded

_MISSING = (
    'trace.scores() needs an embedded V8: pip install "headscope[scores]". In a live widget, '
    "w.request_scores() asks the page instead."
)


def tables(trace, block):
    """{id: {"name", "label", "definition", "source", "threshold", "values" float32 [layers, heads], "rows", "of"}}."""
    trace.block(block)
    found = {}
    for table in embedded.run("scoresOf", trace, block, _MISSING):
        values = np.array([np.nan if v is None else v for v in table["values"]], np.float32)
        found[table["id"]] = {**table, "values": values.reshape(table["layers"], table["heads"])}
    return found
