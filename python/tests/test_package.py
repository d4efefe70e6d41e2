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


def _functions(source):
    tree = ast.parse(source)
    return tree, [node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.ClassDef))]


def _is_private(node):
    return node.name.startswith("_") and not node.name.endswith("__")


def _without_private(source):
    """The tree of a module without the docstrings of private functions and classes."""
    tree, nodes = _functions(source)
    for node in nodes:
        if _is_private(node) and ast.get_docstring(node) is not None and len(node.body) > 1:
            del node.body[0]
    return tree


def _public_docstrings(source):
    tree, nodes = _functions(source)
    return [ast.get_docstring(tree), *((node.name, ast.get_docstring(node)) for node in nodes if not _is_private(node))]


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
        assert ast.dump(_without_private(packed), include_attributes=True) == ast.dump(_without_private(own), include_attributes=True)
        assert _public_docstrings(packed) == _public_docstrings(own)
    code = "from headscope.scripts import script; print(*(script(n) != '' for n in ('headscope.js', 'figures.js')))"
    command = [sys.executable, "-c", code]
    said = subprocess.run(command, check=True, capture_output=True, text=True, cwd=tmp_path / "installed")
    assert said.stdout.split() == ["True", "True"]
