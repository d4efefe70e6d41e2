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
    path = files("headscope") / "static" / "scripts.xz"
    if not path.is_file():
        return {}
    try:
        import lzma
    except ImportError as error:
        raise TraceError(
            "This Python was built without lzma, which unpacks the scripts that draw. Install the xz library (liblzma-dev, "
            "xz-devel, or xz with brew) and build Python again, with pyenv `pyenv install --force VERSION`, or use another "
            "Python. Recording, numbers and trace.save(path) work without: `headscope open` and the page draw a saved trace."
        ) from error
    return json.loads(lzma.decompress(path.read_bytes()))
