"""A briefing as a file, and for the page: of the documents that the visitor may read, and of no others."""

from datetime import date
from typing import Annotated, Literal

from fastapi import FastAPI, HTTPException, Query
from fastapi.requests import Request as WebRequest
from fastapi.responses import Response

from app.access import Visitor, visitor
from app.brief import brief
from app.brief_file import render
from app.brief_types import Briefing, Request
from app.desk import Desk
from app.texts import say

MAX_TOPIC = 200  # characters
_TYPES = {
    "md": "text/markdown; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "json": "application/json",
}
Form = Literal["md", "docx", "pdf", "json"]
Length = Literal["one", "three", "all"]


def add_brief_routes(app: FastAPI, desk: Desk) -> None:
    """Add the routes to an app."""

    @app.get("/briefing.{form}", include_in_schema=False)
    def briefing(
        request: WebRequest,
        form: Form,
        onderwerp: Annotated[str, Query(max_length=MAX_TOPIC)] = "",
        lengte: Length = "all",
        sinds: str = "",
        taal: Literal["nl", "en"] = "nl",
        wijze: Literal["quoted", "written"] = "quoted",
    ) -> Response:
        try:
            day = date.fromisoformat(sinds) if sinds else None
        except ValueError as error:
            raise HTTPException(422, say(taal, "brief_bad_date")) from error
        who = visitor(request)
        made = brief_for(desk, who, Request(onderwerp.strip(), lengte, taal, since=day))
        made = smoothed(desk, who, made) if wijze == "written" else made
        desk.audit.record(who, "export", made.topic, (c.document for c in made.citations), form)
        name = {"content-disposition": f'attachment; filename="briefing.{form}"'}
        return Response(render(made, form), media_type=_TYPES[form], headers=name)


def brief_for(desk: Desk, who: Visitor, request: Request) -> Briefing:
    """The briefing for someone, from what may be read by them. Raises Busy for one too many in a minute."""
    desk.pace(who, request.language)
    shelf = desk.shelf.readable(who.levels)
    documents = shelf.documents()
    passages = (passage for identity in documents for passage in shelf.passages(identity))
    return brief(documents.values(), passages, request)


def smoothed(desk: Desk, who: Visitor, made: Briefing) -> Briefing:
    """The briefing with its core in own words, by the language model of the chat. Raises DossierError if that cannot be opened."""
    return desk.smoother().smooth(made, desk.shelf.readable(who.levels).documents())
