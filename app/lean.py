"""Gradio imported without what it does for editors, and without the collector looking through it all: a third of the time."""

import gc
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import ModuleType


class _NoStubs(MetaPathFinder):
    """At every import Gradio parses the source of each of its components to rewrite a type stub beside it."""

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        spec = PathFinder.find_spec(name, path) if name == "gradio.component_meta" else None
        if spec and spec.origin:
            spec.loader = _Loader(name, spec.origin)
        return spec


class _Loader(SourceFileLoader):
    def exec_module(self, module: ModuleType) -> None:
        super().exec_module(module)
        vars(module)["create_or_modify_pyi"] = lambda *_: None


def import_gradio() -> None:
    """Import it once, before anything else does. What it leaves stays for good, so the collector passes it by from then on."""
    finder = _NoStubs()
    sys.meta_path.insert(0, finder)
    gc.disable()
    try:
        import gradio  # noqa: F401
    finally:
        sys.meta_path.remove(finder)
        gc.freeze()
        gc.enable()
