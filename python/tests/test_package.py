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
        # The wheel leaves comments out, and nothing else: not a docstring, and no line has another number.
        assert ast.dump(ast.parse(packed), include_attributes=True) == ast.dump(ast.parse(own), include_attributes=True)
    code = "from headscope.scripts import script; print(*(script(n) != '' for n in ('headscope.js', 'figures.js')))"
    command = [sys.executable, "-c", code]
    said = subprocess.run(command, check=True, capture_output=True, text=True, cwd=tmp_path / "installed")
    assert said.stdout.split() == ["True", "True"]
