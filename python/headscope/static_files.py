"""The scripts that the package carries; they are built from the TypeScript sources."""

from functools import lru_cache
from importlib.resources import files

from .errors import TraceError


@lru_cache(maxsize=None)
def script(name):
    """The text of a built script."""
    path = files("headscope") / "static" / name
    if not path.is_file():
        raise TraceError(
            f"The built file {name} is missing: this is a checkout, not an installed package. In its root run "
            "`npm install && npm run build`, then `pip install ./python`."
        )
    # In an HTML page the script must not hold the end tag of a script; a string may spell it otherwise.
    return path.read_text("utf-8").replace("</script", "<\\/script")
