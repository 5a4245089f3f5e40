"""A template and its data as a tagged PDF (PDF/UA-1, so that a screen reader can read it), made with Typst, without system packages."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ingest.errors import DossierError

_TEMPLATES = Path(__file__).with_name("static")


def pdf(template: str, data: Mapping[str, Any]) -> bytes:
    """The file `static/TEMPLATE.typ` with `data`, which the template reads as JSON. Raises DossierError if it cannot be made."""
    import typst

    source = _TEMPLATES.joinpath(f"{template}.typ").read_bytes()
    inputs = {"data": json.dumps(data, ensure_ascii=False)}
    try:
        # Typst refuses the standard where no font has a character; then the PDF is tagged, without the promise.
        try:
            return bytes(typst.compile(source, format="pdf", sys_inputs=inputs, pdf_standards=["ua-1"]))
        except typst.TypstError:
            return bytes(typst.compile(source, format="pdf", sys_inputs=inputs))
    except typst.TypstError as error:
        raise DossierError(f"De PDF is niet te maken ({error}).") from error
