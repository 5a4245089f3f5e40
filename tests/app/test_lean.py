"""Gradio as the chat imports it: whole, and without rewriting its own files."""

import subprocess
import sys
from pathlib import Path

PROGRAM = """
import gc, sys
before = list(sys.meta_path)
from app.lean import import_gradio
import_gradio()
import gradio, gradio.component_meta
gradio.component_meta.create_or_modify_pyi(None, None, None)  # the real one cannot do that
with gradio.Blocks():
    gradio.Textbox(label="Vraag").submit(lambda text: text, None, None)
assert sys.meta_path == before and gc.isenabled()
"""


def test_gradio_is_imported_without_its_stubs_and_works() -> None:
    run = subprocess.run([sys.executable, "-c", PROGRAM], cwd=Path(__file__).parents[2], capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stderr
