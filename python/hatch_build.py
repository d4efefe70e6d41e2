"""Packs the built scripts into one file for the wheel: of such text bzip2 leaves less than zip and xz."""

import bz2
import tempfile
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ScriptsHook(BuildHookInterface):
    def initialize(self, version, build_data):
        static = Path(self.root) / "headscope" / "static"
        scripts = [path.read_bytes() for path in sorted(static.glob("*.js"))]  # two, in the order of headscope/scripts.py
        if version == "editable" or not scripts:
            return
        packed = Path(tempfile.mkdtemp()) / "scripts.bz2"
        packed.write_bytes(bz2.compress(b"\0".join(scripts)))
        build_data["force_include"][str(packed)] = "headscope/static/scripts.bz2"
