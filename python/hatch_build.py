"""What the wheel holds in place of the sources: the built scripts in one file, and the modules without what help() never shows.

Of such text bzip2 leaves less than zip and xz. Code, line numbers and docstrings of what has a public name stay; comments
and docstrings of what is private are in the repository and in the sdist.
"""

import ast
import bz2
import io
import tempfile
import tokenize
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


# Modules whose functions no one is given: they are named without _ because other modules call them.
INTERNAL = (
    "arrays.py", "assembly.py", "attend.py", "blocks.py", "figures.py", "file.py", "interface.py", "lines.py", "outputs.py",
    "page.py", "recipe.py", "recipes.py", "run.py", "scripts.py", "selecting.py",
)  # fmt: skip


class ScriptsHook(BuildHookInterface):
    def initialize(self, version, build_data):
        if version == "editable":
            return
        package, made = Path(self.root) / "headscope", Path(tempfile.mkdtemp())
        for path in sorted(package.rglob("*.py")):
            copy = made / path.relative_to(package)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_text(_without_comments(without_private_docstrings(path.read_text("utf-8"), path.name in INTERNAL)), "utf-8")
            build_data["force_include"][str(copy)] = f"headscope/{path.relative_to(package).as_posix()}"
        scripts = [path.read_bytes() for path in sorted((package / "static").glob("*.js"))]
        if scripts:  # two, in the order of headscope/scripts.py
            packed = made / "scripts.bz2"
            packed.write_bytes(bz2.compress(b"\0".join(scripts)))
            build_data["force_include"][str(packed)] = "headscope/static/scripts.bz2"


def without_private_docstrings(source, internal):
    """The text of a module without docstrings of what is private, in an internal module of all, each line where it was."""
    lines = source.splitlines(keepends=True)
    for node in ast.walk(ast.parse(source)):
        if _is_private(node, internal) and ast.get_docstring(node) is not None and len(node.body) > 1:
            first = node.body[0]
            lines[first.lineno - 1 : first.end_lineno] = ["\n"] * (first.end_lineno - first.lineno + 1)
    return "".join(lines)


def _is_private(node, internal):
    if isinstance(node, ast.Module):
        return internal
    named = isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.endswith("__")
    return named and (internal or node.name.startswith("_"))


def _without_comments(source):
    """The text of a module without its comments, each line where it was."""
    lines = source.splitlines(keepends=True)
    for kind, _, (row, column), *_ in tokenize.generate_tokens(io.StringIO(source).readline):
        if kind == tokenize.COMMENT:
            lines[row - 1] = lines[row - 1][:column].rstrip() + "\n"
    return "".join(lines)
