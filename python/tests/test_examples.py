"""The example notebooks, executed from top to bottom."""

import shutil
from pathlib import Path

import pytest

nbclient = pytest.importorskip("nbclient", reason="nbclient is not installed: the example notebooks are not executed")
pytest.importorskip("ipykernel")
pytest.importorskip("transformers")
import nbformat  # noqa: E402

EXAMPLES = Path(__file__).parents[1] / "examples"
BUILT = Path(__file__).parents[1] / "headscope" / "static" / "headscope.js"


@pytest.mark.skipif(not BUILT.exists(), reason="headscope.js is not built: npm run build")
@pytest.mark.parametrize("name", ["classifier", "generation"])
def test_a_notebook_runs_and_draws(name, tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(EXAMPLES.parent))
    place = tmp_path / "python" / "examples"
    place.mkdir(parents=True)
    (tmp_path / "models").symlink_to(EXAMPLES.parents[1] / "models")
    shutil.copy(EXAMPLES / f"{name}.ipynb", place)
    notebook = nbformat.read(place / f"{name}.ipynb", 4)
    nbclient.NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(place)}}).execute()
    drawn = [
        output.data["text/html"]
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if output.get("data", {}).get("text/html")
    ]
    assert len(drawn) == {"classifier": 2, "generation": 3}[name]
    assert all("srcdoc=" in html and len(html) < 3_500_000 for html in drawn)
    if name == "classifier":
        results = [o for c in notebook.cells for o in c.get("outputs", []) if o.output_type == "execute_result"]
        accuracy = next(o.data["text/plain"] for o in results if "text/html" not in o.data)
        assert float(accuracy) == 1.0
