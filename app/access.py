"""Who asks: a name, a role, and what may be read; and what is left of an answer when its documents may no longer be read."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

from app.texts import say
from app.types import Answer

Role = Literal["lezer", "beoordelaar", "beheerder"]
ROLES: tuple[Role, ...] = get_args(Role)  # each may do what those before it may


@dataclass(frozen=True)
class Visitor:
    """`name` is opaque or that of an account; `levels` is the allow-list of levels and groups (None: everything).

    `local`: with a password that is kept here; `request` is the id by which the logs know what was asked for.
    """

    name: str
    role: Role = "lezer"
    levels: frozenset[str] | None = frozenset()
    signed_in: bool = False
    local: bool = False
    request: str = ""

    def may(self, role: Role) -> bool:
        return ROLES.index(self.role) >= ROLES.index(role)


def visitor(request: Any) -> Visitor:
    """Who made a request of FastAPI or Gradio, as app/guard.py found; without cookies a name lasts as long as the page."""
    found: Visitor = request.state.visitor
    return found if found.name else replace(found, name=f"session:{getattr(request, 'session_hash', '') or ''}")


def readable(answer: Answer, documents: Collection[str], levels: Collection[str] | None) -> Answer:
    """A kept answer as it may be shown: without anything of it if it was made from a document that is not among `documents`."""
    used = {c.document for c in answer.citations} | {h.document_id for h in answer.retrieved}
    if levels is None or used <= set(documents):
        return answer
    return Answer(
        question=answer.question,
        status="not_found",
        mode=answer.mode,
        text=say(answer.language, "no_longer_readable"),
        language=answer.language,
        standalone=answer.standalone,
    )
