"""The guard at the door: headers, other origins, sizes, file routes, and how much at once."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from birds import Site, World

from app.access import Visitor
from app.desk import MAX_WAITING, Busy
from app.types import Turn

LISTED = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}
FOREIGN = {"origin": "https://elsewhere.example"}
QUESTION = {"question": "Wie besluit over het park?"}


@pytest.fixture(scope="module")
def site(world: World, tmp_path_factory: pytest.TempPathFactory) -> Site:
    made = Site(world, tmp_path_factory.mktemp("site"), pages=True)
    made.accounts.add("ans", Site.password, "beheerder", ["vertrouwelijk"])
    made.accounts.add("bo", Site.password, "lezer", ["intern"])
    return made


def token(site: Site, name: str) -> dict[str, str]:
    return {"authorization": f"Bearer {site.accounts.open_session(name, 3600)}"}


@pytest.mark.parametrize("path", ["/", "/en/", "/config", "/aanmelden", "/api/openapi.json", "/stuk/x", "/gradio_api/info", "/health"])
@pytest.mark.parametrize("signed_in", [True, False])
def test_headers_are_as_listed_on_every_answer(site: Site, path: str, signed_in: bool) -> None:
    found = site.client().get(path, headers=token(site, "bo") if signed_in else {}).headers
    assert {name: found.get(name) for name in LISTED} == LISTED
    policy = dict(part.strip().split(" ", 1) for part in found["content-security-policy"].split(";"))
    assert policy["default-src"] == policy["connect-src"] == policy["base-uri"] == policy["form-action"] == "'self'"
    assert policy["frame-ancestors"] == policy["object-src"] == "'none'"
    assert len(found["x-request-id"]) == 16 and "server" not in found
    assert "strict-transport-security" not in found


def test_hsts_only_behind_tls_also_where_a_trusted_proxy_ends_it(site: Site) -> None:
    assert "max-age=31536000" in site.client("https").get("/health").headers["strict-transport-security"]
    said = {"x-forwarded-proto": "https"}
    assert "strict-transport-security" in site.client(peer="127.0.0.1").get("/health", headers=said).headers
    assert "strict-transport-security" not in site.client(peer="10.0.0.2").get("/health", headers=said).headers


@pytest.mark.parametrize("path", ["/", "/config", "/api/openapi.json", "/api/ask", "/gradio_api/queue/join", "/aanmelden"])
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_another_origin_gets_no_cors_headers(site: Site, path: str, method: str) -> None:
    asked = {**FOREIGN, "access-control-request-method": "POST", "access-control-request-headers": "content-type", **token(site, "ans")}
    answer = site.client().request(method, path, headers=asked, json=QUESTION if method == "POST" else None)
    assert [name for name in answer.headers if name.startswith("access-control-")] == []
    if method == "POST":
        assert answer.status_code == 403
        assert site.client().post(path, headers={"sec-fetch-site": "cross-site"}, json=QUESTION).status_code == 403


def test_without_accounts_a_page_that_pretends_to_be_this_computer_is_refused(world: World, tmp_path: Path) -> None:
    client = Site(world, tmp_path).client()
    assert client.post("/api/ask", json=QUESTION).status_code == 200
    assert client.post("/api/ask", json=QUESTION, headers={"host": "rebound.example"}).status_code == 403
    assert client.get("/aanmelden", headers={"host": "localhost:7860"}).status_code == 303


PATHS = [
    "/gradio_api/file=/etc/passwd",
    "/en/gradio_api/file=/etc/passwd",
    "/gradio_api/file/etc/passwd",
    "/file=/etc/passwd",
    "/gradio_api/proxy=http://127.0.0.1/",
    "/gradio_api/stream/x/y/z/playlist.m3u8",
    "/gradio_api/info",
    "/gradio_api/openapi.json",
    "/gradio_api/call/respond",
    "/gradio_api/run/respond",
    "/gradio_api/runs",
    "/gradio_api/deep_link",
    "/monitoring",
    "/custom_component/x/server/component/../../../../etc/passwd",
    "/assets/..%2f..%2f..%2fpyproject.toml",
    "/assets/%2e%2e/%2e%2e/pyproject.toml",
    "/static/..%2f..%2f..%2f..%2fetc%2fpasswd",
    "/svelte/..%2f..%2fpackage.json",
    "/stuk/..%2f..%2fetc%2fpasswd",
    "/stuk/x/blad/1.png",
    "/gesprek/..%2f..%2fchat.sqlite",
    "/gesprek/..%2faccounts.md",
    "/audit.sqlite",
    "/..%2faccounts.sqlite",
]


@pytest.mark.parametrize("path", PATHS)
def test_paths_that_lead_elsewhere_give_403_or_404(site: Site, path: str) -> None:
    for method in ("GET", "HEAD", "POST"):
        answer = site.client().request(method, path, headers=token(site, "ans"))
        assert answer.status_code in (403, 404, 405), (method, answer.status_code)
        assert "root:" not in answer.text and "dossierwijzer" not in answer.text[:300].replace("Dossierwijzer", "")


def test_a_file_in_the_cache_is_served_to_nobody(site: Site) -> None:
    upload = {"files": ("geheim.md", b"# Geheim\n")}
    assert site.client().post("/gradio_api/upload", files=upload, headers=token(site, "bo")).status_code == 403
    stored = site.client().post("/gradio_api/upload", files=upload, headers=token(site, "ans"))
    assert stored.status_code == 200
    (place,) = stored.json()
    for name in ("ans", "bo"):
        for address in (f"/gradio_api/file={place}", f"/gradio_api/file/{place}", f"/en/gradio_api/file={place}"):
            assert site.client().get(address, headers=token(site, name)).status_code == 404
    Path(place).unlink()


def test_an_error_tells_a_reader_nothing_of_the_inside(site: Site) -> None:
    assert '"show_error":false' in site.client().get("/config", headers=token(site, "bo")).text.replace(" ", "")


def chunks(size: int) -> Iterator[bytes]:
    yield from (b"x" * 1000 for _ in range(size // 1000))


SIZES = [("/api/ask", 70_000), ("/aanmelden", 70_000), ("/wachtwoord", 70_000), ("/gradio_api/queue/join", 1_100_000)]


@pytest.mark.parametrize(("path", "size"), SIZES)
def test_what_is_too_large_is_refused_also_when_its_size_is_not_told(site: Site, path: str, size: int) -> None:
    headers = token(site, "bo")
    assert site.client().post(path, content=b"x" * size, headers=headers).status_code == 413
    headers["content-type"] = "application/x-www-form-urlencoded" if path in ("/aanmelden", "/wachtwoord") else "application/json"
    assert site.client().post(path, content=chunks(size), headers=headers).status_code == 413


def test_the_answers_of_a_page_go_to_who_opened_it(site: Site) -> None:
    ans, bo = Visitor("ans", signed_in=True), Visitor("bo", signed_in=True)
    scope = {"query_string": b"session_hash=abc"}
    from app.guard import Guard

    guard = Guard(site.app, site.gate, site.desk.metrics)
    assert guard._own(scope, ans.name) and guard._own(scope, ans.name)
    assert not guard._own(scope, bo.name)


def test_a_full_queue_and_a_stop_refuse_at_once(site: Site, world: World) -> None:
    reader = Visitor("bo", levels=frozenset({"openbaar"}))
    site.desk._waiting = MAX_WAITING
    with pytest.raises(Busy) as full:
        site.desk.ask(Turn("Wie besluit?"), reader)
    answer = site.client().post("/api/ask", json=QUESTION, headers=token(site, "bo"))
    site.desk._waiting = 0
    assert full.value.status == 503 and answer.status_code == 503 and "te druk" in answer.json()["detail"]
    assert site.client().get("/ready").status_code == 200
    site.desk.close(0)
    assert site.client().get("/ready").status_code == 503 and site.client().get("/health").status_code == 200
    stopped = site.client().post("/api/ask", json=QUESTION, headers=token(site, "bo"))
    assert stopped.status_code == 503 and "wordt gestopt" in stopped.json()["detail"]
    site.desk._closing = False


def test_figures_name_nobody_and_are_for_who_may(site: Site) -> None:
    site.client().post("/api/ask", json={"question": "Wat zegt Kerkuil tegen bo?"}, headers=token(site, "bo"))
    assert site.client().get("/metrics").status_code == site.client().get("/metrics", headers=token(site, "bo")).status_code == 401
    text = site.client().get("/metrics", headers=token(site, "ans")).text
    assert 'dossierwijzer_requests_total{path="/api",status="200"}' in text and "dossierwijzer_answer_seconds_bucket" in text
    assert "kerkuil" not in text.lower() and '"bo"' not in text


def test_a_token_opens_the_figures_and_nothing_else(world: World, tmp_path: Path) -> None:
    site = Site(world, tmp_path, local=False, metrics_token="een sleutel")
    headers = {"authorization": "Bearer een sleutel"}
    assert site.client().get("/metrics", headers=headers).status_code == 200
    assert site.client().post("/api/ask", json=QUESTION, headers=headers).status_code == 401
    assert site.client().get("/metrics", headers={"authorization": "Bearer een andere"}).status_code == 401


def test_reports_are_for_evaluators(site: Site) -> None:
    assert site.client().get("/meting/x", headers=token(site, "bo")).status_code == 403
    assert site.client().get("/meting/x/run.json", headers=token(site, "bo")).status_code == 403
    assert site.client().get("/meting/x", headers=token(site, "ans")).status_code == 404
