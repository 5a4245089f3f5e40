"""A briefing holds nothing of what its reader may not read, whatever is asked, also as a file; and making one is logged."""

from pathlib import Path

import pytest
from birds import GROUPS, MARKERS, Site, World, leaks

from app.access import Visitor
from app.brief_routes import brief_for
from app.brief_types import Request
from ingest.access import allow_list


@pytest.mark.parametrize("groups", [(), ("intern",), ("vertrouwelijk",), (GROUPS[0],), ("intern", *GROUPS)])
@pytest.mark.parametrize("length", ["one", "all"])
def test_nothing_leaks_whatever_the_subject(world: World, tmp_path: Path, groups: tuple[str, ...], length: str) -> None:
    desk = Site(world, tmp_path).desk
    levels = allow_list(groups)
    for topic in ("", "park", *MARKERS):
        made = brief_for(desk, Visitor("iemand", levels=levels), Request(topic, length))
        assert leaks(str(made.to_json()), levels, topic) == []
    whole = brief_for(desk, Visitor("iemand", levels=levels), Request())
    readable = desk.shelf.readable(levels).documents()
    assert {c.document for c in whole.citations} == set(readable)


def test_a_file_is_of_the_reader_and_is_logged(world: World, tmp_path: Path) -> None:
    site = Site(world, tmp_path, local=False)
    assert site.client().get("/briefing.md").status_code in (303, 401)
    reader = site.person("lezer1", groups=("intern",))
    told = reader.get("/briefing.md").text
    assert told.startswith("# Briefing") and leaks(told, allow_list(("intern",))) == []
    logged = [entry for entry in site.desk.audit.entries() if entry["event"] == "export" and entry["person"] == "lezer1"]
    assert [entry["result"] for entry in logged] == ["md"]
    readable = site.desk.shelf.readable(allow_list(("intern",))).documents()
    assert set(logged[0]["documents"]) == set(readable)
