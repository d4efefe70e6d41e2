"""The scripts that the package carries; they are built from the TypeScript sources."""

import json
import lzma
from functools import lru_cache
from importlib.resources import files

from .errors import TraceError


@lru_cache(maxsize=None)
def script(name):
    """The text of a built script: of its file in a checkout, of the packed scripts where the package is installed."""
    path = files("headscope") / "static" / name
    text = path.read_text("utf-8") if path.is_file() else _packed().get(name)
    if text is None:
        raise TraceError(
            f"The built file {name} is missing: this is a checkout, not an installed package. In its root run "
            "`npm install && npm run build`, then `pip install ./python`."
        )
    # In an HTML page the script must not hold the end tag of a script; a string may spell it otherwise.
    return text.replace("</script", "<\\/script")


def _packed():
    path = files("headscope") / "static" / "scripts.xz"
    return json.loads(lzma.decompress(path.read_bytes())) if path.is_file() else {}
