"""The scripts that the package carries: unpacked where it is installed, and what is said where that cannot be."""

import bz2
import sys

import pytest

from headscope import TraceError, scripts


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """As in an installed package: one packed file in place of the scripts."""
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "scripts.bz2").write_bytes(bz2.compress(b"let b;\0let a = '</script>';"))
    monkeypatch.setattr(scripts, "files", lambda _: tmp_path)


script = scripts.script.__wrapped__


def test_scripts_are_unpacked_and_cannot_end_their_element(installed):
    assert script("headscope.js") == "let a = '<\\/script>';" and script("figures.js") == "let b;"


def test_without_bz2_a_sentence_says_what_to_do(installed, monkeypatch):
    monkeypatch.setitem(sys.modules, "bz2", None)
    with pytest.raises(TraceError, match="built without bz2.*libbz2-dev.*pyenv install --force"):
        script("headscope.js")


def test_a_checkout_that_was_not_built(tmp_path, monkeypatch):
    monkeypatch.setattr(scripts, "files", lambda _: tmp_path)
    with pytest.raises(TraceError, match="npm install && npm run build"):
        script("headscope.js")


def test_without_torch_a_sentence_says_what_to_install(monkeypatch):
    import headscope

    for name in [name for name in sys.modules if name.startswith("headscope.recording")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delattr(headscope, "recording", raising=False)
    monkeypatch.setitem(sys.modules, "torch", None)
    for run in (headscope.record, lambda model: headscope.show(model, None, "text")):
        with pytest.raises(TraceError, match=r'torch is not installed: pip install "headscope\[hf\]"'):
            run("gpt2")
