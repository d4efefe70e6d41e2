"""The wheel and the sdist: small, with the built scripts in them."""

import ast
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

pytest.importorskip("build", reason="build is not installed: no wheel is made")
pytest.importorskip("hatchling")
ROOT = Path(__file__).parents[1]
# As hatch_build.py has them: of the package's own modules, those that hold nothing that a user is given.
INTERNAL = (
    "arrays.py", "assembly.py", "attend.py", "blocks.py", "figures.py", "file.py", "interface.py", "lines.py", "outputs.py",
    "page.py", "recipe.py", "recipes.py", "run.py", "scripts.py", "selecting.py",
)  # fmt: skip


def _documented(source):
    tree = ast.parse(source)
    return tree, [node for node in ast.walk(tree) if isinstance(node, (ast.Module, ast.FunctionDef, ast.ClassDef))]


def _is_private(node, internal):
    if isinstance(node, ast.Module):
        return internal
    return not node.name.endswith("__") and (internal or node.name.startswith("_"))


def _without_private(source, internal):
    """The tree of a module without the docstrings of what is private."""
    tree, nodes = _documented(source)
    for node in nodes:
        if _is_private(node, internal) and ast.get_docstring(node) is not None and len(node.body) > 1:
            del node.body[0]
    return tree


def _public_docstrings(source, internal):
    _, nodes = _documented(source)
    return [(getattr(node, "name", ""), ast.get_docstring(node)) for node in nodes if not _is_private(node, internal)]


@pytest.mark.skipif(not (ROOT / "headscope" / "static" / "headscope.js").exists(), reason="npm run build comes first")
def test_wheel_and_sdist_carry_the_scripts_and_stay_small(tmp_path):
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(tmp_path), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    wheel, sdist = next(tmp_path.glob("*.whl")), next(tmp_path.glob("*.tar.gz"))
    assert wheel.stat().st_size < 150_000
    for script in ("headscope.js", "figures.js"):
        assert any(name.endswith(f"headscope/static/{script}") for name in tarfile.open(sdist).getnames())
    zipfile.ZipFile(wheel).extractall(tmp_path / "installed")
    modules = sorted(path.relative_to(ROOT) for path in (ROOT / "headscope").rglob("*.py"))
    assert sorted(path.relative_to(tmp_path / "installed") for path in (tmp_path / "installed").rglob("*.py")) == modules
    for path in modules:
        own, packed = ((root / path).read_text("utf-8") for root in (ROOT, tmp_path / "installed"))
        # The wheel leaves out comments and what private functions say of themselves, and no line has another number.
        internal = path.name in INTERNAL
        trees = [ast.dump(_without_private(text, internal), include_attributes=True) for text in (packed, own)]
        assert trees[0] == trees[1]
        assert _public_docstrings(packed, internal) == _public_docstrings(own, internal)
    code = "from headscope.scripts import script; print(*(script(n) != '' for n in ('headscope.js', 'figures.js')))"
    command = [sys.executable, "-c", code]
    said = subprocess.run(command, check=True, capture_output=True, text=True, cwd=tmp_path / "installed")
    assert said.stdout.split() == ["True", "True"]
