"""The scripts that the package carries; they are built from the TypeScript sources."""

import json
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
    path = files("headscope") / "static" / "scripts.bz2"
    if not path.is_file():
        return {}
    try:
        import bz2
    except ImportError as error:
        raise TraceError(
            "This Python was built without bz2, which unpacks the scripts that draw. Install the bzip2 library (libbz2-dev, "
            "bzip2-devel, or bzip2 with brew) and build Python again, with pyenv `pyenv install --force VERSION`, or use another "
            "Python. Recording, numbers and trace.save(path) work without: `headscope open` and the page draw a saved trace."
        ) from error
    return json.loads(bz2.decompress(path.read_bytes()))
