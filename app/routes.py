"""The pages beside the chat: whole documents, page images, exports of conversations, the accessibility statement."""

from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import FastAPI, HTTPException, Query
from fastapi.requests import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.access import visitor
from app.conversations import Conversations, recall
from app.desk import Desk
from app.export import export_docx, export_markdown, export_pdf
from app.pdf_view import ZOOMS, page_image
from app.reader import document_page, frame
from app.texts import language_of, say
from ingest.settings import settings
from ingest.types import Document

Language = Literal["nl", "en"]
Offset = Annotated[int, Query(ge=0)]
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def add_routes(app: FastAPI, desk: Desk, conversations: Conversations) -> None:
    """Add the routes to an app."""

    def find(request: Request, identity: str, noted: bool = True) -> Document:
        document = desk.shelf.readable(visitor(request).levels).document(identity)
        if document is None:
            raise HTTPException(404, say(language_of(f"{request.url.path}?{request.url.query}"), "no_document"))
        if noted:
            desk.audit.record(visitor(request), "document", documents=[identity])
        return document

    def is_pdf(document: Document) -> bool:
        path = desk.shelf.path(document)
        return path.suffix.lower() == ".pdf" and path.is_file()

    def address(document: Document, page: int, start: int, end: int, language: str, zoom: int = 100) -> str:
        return f"/stuk/{quote(document.document_id, safe='')}/blad/{page}?van={start}&tot={end}&taal={language}&zoom={zoom}"

    @app.get("/stuk/{identity}", response_class=HTMLResponse, include_in_schema=False)
    def document(request: Request, identity: str, van: Offset = 0, tot: Offset = 0, taal: Language = "nl") -> str:
        found = find(request, identity)
        picture = address(found, found.page_at(van), van, tot, taal) if is_pdf(found) else ""
        return document_page(found, van, tot, taal, picture)

    @app.get("/stuk/{identity}/blad/{page}.png", include_in_schema=False)
    def png(request: Request, identity: str, page: int, van: Offset = 0, tot: Offset = 0, zoom: int = 100) -> Response:
        found = find(request, identity)
        if not is_pdf(found):
            raise HTTPException(404, say("nl", "no_page"))
        cited = found.text[van:tot]
        image, marked, _ = page_image(desk.shelf.path(found), page, cited, zoom if zoom in ZOOMS else 100, settings().pdf_password)
        return Response(image, media_type="image/png", headers={"x-marked-lines": str(marked)})

    @app.get("/stuk/{identity}/blad/{page}", response_class=HTMLResponse, include_in_schema=False)
    def picture(
        request: Request, identity: str, page: int, van: Offset = 0, tot: Offset = 0, taal: Language = "nl", zoom: int = 100
    ) -> str:
        found = find(request, identity, noted=False)  # its image will be
        if not is_pdf(found):
            raise HTTPException(404, say(taal, "no_page"))
        cited = found.text[van:tot]
        _, marked, count = page_image(desk.shelf.path(found), page, cited, zoom if zoom in ZOOMS else 100, settings().pdf_password)
        if not 1 <= page <= count:
            raise HTTPException(404, say(taal, "no_page"))
        links = [
            (say(taal, "as_text"), f"/stuk/{quote(identity, safe='')}?van={van}&tot={tot}&taal={taal}#citaat"),
            (say(taal, "previous"), address(found, page - 1, van, tot, taal, zoom) if page > 1 else ""),
            (say(taal, "next"), address(found, page + 1, van, tot, taal, zoom) if page < count else ""),
            *((f"{other} %", address(found, page, van, tot, taal, other)) for other in ZOOMS if other != zoom),
        ]
        nav = " ".join(f'<a href="{link.replace("&", "&amp;")}">{name}</a>' for name, link in links if link)
        image = address(found, page, van, tot, taal, zoom).replace("?", ".png?", 1).replace("&", "&amp;")
        alt = say(taal, "page_alt" if marked else "page_alt_unmarked", page=page, count=count)
        body = (
            f'<nav aria-label="{say(taal, "pages")}">{nav}</nav><p>{alt}</p>'
            f'<div class="wide" tabindex="0" role="region" aria-label="{say(taal, "page", page=page)}">'
            f'<img src="{image}" alt="{alt}"></div>'
        )
        return frame(found.title, body, taal)

    @app.get("/gesprek/{identity}.{form}", include_in_schema=False)
    def export(request: Request, identity: str, form: Literal["md", "docx", "pdf"], taal: Language = "nl") -> Response:
        who = visitor(request)
        found = recall(conversations, identity, who, desk.shelf)
        if found is None:
            raise HTTPException(404, say(taal, "no_conversation"))
        desk.audit.record(who, "export", documents=(c.document for answer in found.turns for c in answer.citations), result=form)
        name = {"content-disposition": f'attachment; filename="gesprek.{form}"'}
        if form == "md":
            return Response(export_markdown(found, taal), media_type="text/markdown; charset=utf-8", headers=name)
        if form == "pdf":
            return Response(export_pdf(found, taal), media_type="application/pdf", headers=name)
        return Response(export_docx(found, taal), media_type=_DOCX, headers=name)

    @app.get("/en", include_in_schema=False)
    def english(request: Request) -> RedirectResponse:
        return RedirectResponse(request.url.replace(path="/en/"))

    @app.get("/toegankelijkheid", response_class=HTMLResponse, include_in_schema=False)
    def accessibility(taal: Language = "nl") -> str:
        paragraphs = say(taal, "accessibility_page").split("\n")
        return frame(say(taal, "accessibility"), "".join(f"<p>{line}</p>" for line in paragraphs), taal)
