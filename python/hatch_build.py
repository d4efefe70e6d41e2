"""Packs the built scripts into one xz file for the wheel: they share much of their code, so a third is saved."""

import json
import lzma
import tempfile
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# Letters stand anywhere, not at multiples of four.
_FOR_TEXT = [{"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME, "pb": 0, "nice_len": 273}]


class ScriptsHook(BuildHookInterface):
    def initialize(self, version, build_data):
        static = Path(self.root) / "headscope" / "static"
        scripts = {path.name: path.read_text("utf-8") for path in sorted(static.glob("*.js"))}
        if version == "editable" or not scripts:
            return
        packed = Path(tempfile.mkdtemp()) / "scripts.xz"
        packed.write_bytes(lzma.compress(json.dumps(scripts, ensure_ascii=False).encode(), filters=_FOR_TEXT))
        build_data["force_include"][str(packed)] = "headscope/static/scripts.xz"
