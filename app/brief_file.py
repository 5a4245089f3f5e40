"""A briefing in the form that is asked for, from the command line."""

import argparse
import json
import sys
from dataclasses import replace
from datetime import date

from app.audit import record_here
from app.brief import brief, document_named
from app.brief_markdown import brief_markdown
from app.brief_types import Briefing, Request
from app.texts import say
from ingest.access import allow_list
from ingest.catalog import Catalog
from ingest.errors import SettingsError
from ingest.settings import settings
from ingest.types import Document


def brief_file(options: argparse.Namespace) -> int:
    """Write a briefing to a file or to standard output. Raises SettingsError for a wrong date or document, IndexMissing."""
    catalog = Catalog(options.index)
    documents = tuple(catalog.documents())
    request = Request(
        topic=options.topic.strip(),
        length=options.length,
        language=options.language,
        since=_day(options.since, options.language) if options.since else None,
        levels=None if options.access is None else allow_list(options.access),
    )
    if options.today:
        request = replace(request, today=_day(options.today, options.language))
    if options.between:
        older, newer = (_named(documents, name, options.language) for name in options.between)
        request = replace(request, between=(older, newer))
    made = brief(documents, catalog.passages(), request)
    if options.mode == "written":
        made = _smoothed(made, documents)
    record_here(options.index, "briefing", made.topic, (c.document for c in made.citations), options.format)
    content = render(made, options.format)
    if options.out:
        options.out.write_bytes(content)
    else:
        sys.stdout.buffer.write(content)
        sys.stdout.flush()
    return 0


def render(briefing: Briefing, form: str) -> bytes:
    """The briefing as md, json, docx or pdf."""
    if form == "json":
        return (json.dumps(briefing.to_json(), ensure_ascii=False, indent=1) + "\n").encode()
    if form == "pdf":
        from app.brief_pdf import brief_pdf

        return brief_pdf(briefing)
    if form == "docx":
        from app.brief_docx import brief_docx

        return brief_docx(briefing)
    return brief_markdown(briefing).encode()


def _smoothed(made: Briefing, documents: tuple[Document, ...]) -> Briefing:
    """With the core phrased by the language model of the settings."""
    from app.brief_smooth import Smoother
    from app.write import writer
    from ingest.embed import SentenceTransformerEncoder

    encoder = SentenceTransformerEncoder(settings())
    smoother = Smoother(writer(settings(), encoder).model, encoder)
    return smoother.smooth(made, {d.document_id: d for d in documents})


def _named(documents: tuple[Document, ...], name: str, language: str) -> str:
    found = document_named(documents, name)
    if found is None:
        raise SettingsError(say(language, "brief_no_document", name=name))
    return found.document_id


def _day(text: str, language: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise SettingsError(say(language, "brief_bad_date")) from error
