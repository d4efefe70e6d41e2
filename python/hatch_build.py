"""Packs the built scripts into one xz file for the wheel: they share much of their code, so a third is saved."""

import json
import lzma
import tempfile
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ScriptsHook(BuildHookInterface):
    def initialize(self, version, build_data):
        static = Path(self.root) / "headscope" / "static"
        scripts = {path.name: path.read_text("utf-8") for path in sorted(static.glob("*.js"))}
        if version == "editable" or not scripts:
            return
        packed = Path(tempfile.mkdtemp()) / "scripts.xz"
        packed.write_bytes(lzma.compress(json.dumps(scripts, ensure_ascii=False).encode(), preset=9))
        build_data["force_include"][str(packed)] = "headscope/static/scripts.xz"
