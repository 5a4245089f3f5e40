"""Who comes in and who does not: accounts, lock-out, sessions, a trusted proxy, and an OpenID Connect provider over HTTP."""

import base64
import hashlib
import io
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, build_opener

import pytest
from birds import GROUPS, QUICK, Site, World, leaks, sign_in
from chat_page import ROOT
from joserfc import jwt
from joserfc.jwk import RSAKey

from app.__main__ import main
from app.accounts import LOCKED_AFTER, LOCKED_FOR, LONGEST, Accounts, Refused
from app.gate import SESSION
from ingest.access import allow_list
from ingest.errors import SettingsError

QUESTION = {"question": "Wat kost Nachtzwaluw in het park?"}


@pytest.fixture
def site(world: World, tmp_path: Path) -> Site:
    return Site(world, tmp_path)


class Clock:
    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def accounts(tmp_path: Path, clock: Clock) -> Accounts:
    made = Accounts(tmp_path / "accounts.sqlite", clock, QUICK)
    made.add("ans", Site.password, "beoordelaar", ["Intern"])
    return made


def test_passwords_are_kept_as_argon2id_and_only_for_the_owner_of_the_file(accounts: Accounts, tmp_path: Path) -> None:
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("accounts.sqlite*"))
    assert b"$argon2id$" in kept and Site.password.encode() not in kept
    assert (tmp_path / "accounts.sqlite").stat().st_mode & 0o077 == 0
    with pytest.raises(SettingsError, match="minstens 12 tekens"):
        accounts.add("bo", "kort")
    with pytest.raises(SettingsError, match="al een account 'ans'"):
        accounts.add("ans", Site.password)


def test_a_session_ends_when_unused_and_at_last(accounts: Accounts, clock: Clock, tmp_path: Path) -> None:
    token = accounts.open_session("ans", 600)
    found = accounts.session(token)
    assert found and found.visitor.levels == allow_list(["intern"])
    assert found.visitor.may("beoordelaar") and not found.visitor.may("beheerder")
    clock.now += 599
    assert accounts.session(token)
    clock.now += 601
    assert accounts.session(token) is None
    token = accounts.open_session("ans", 600)
    for _ in range(LONGEST // 500):
        clock.now += 500
        assert accounts.session(token)
    clock.now += 500
    assert accounts.session(token) is None
    assert token.encode() not in b"".join(path.read_bytes() for path in tmp_path.glob("accounts.sqlite*"))


@pytest.mark.parametrize("change", [{"password": "een ander wachtwoord"}, {"blocked": True}])
def test_a_new_password_and_a_block_end_the_sessions(accounts: Accounts, change: dict[str, Any]) -> None:
    token = accounts.open_session("ans", 600)
    accounts.change("ans", **change)
    assert accounts.session(token) is None


def test_too_many_wrong_passwords_lock_the_account(accounts: Accounts, clock: Clock) -> None:
    for number in range(LOCKED_AFTER):
        clock.now += 30  # slow enough not to be throttled
        with pytest.raises(Refused) as refused:
            accounts.sign_in("ans", "fout", f"10.0.0.{number}")
        assert refused.value.wait == 0
    clock.now += 61
    with pytest.raises(Refused) as refused:
        accounts.sign_in("ans", Site.password, "10.0.1.1")
    assert refused.value.wait > 60
    clock.now += LOCKED_FOR
    assert accounts.sign_in("ans", Site.password, "10.0.1.1").name == "ans"


def test_twenty_wrong_sign_ins_a_minute_are_throttled(site: Site) -> None:
    site.accounts.add("ans", Site.password)
    client = site.client()
    statuses = [sign_in(client, "ans", f"fout {number}") for number in range(20)]
    assert statuses == [401] * 5 + [429] * 15
    refused = client.post("/aanmelden", data={"naam": "ans", "wachtwoord": Site.password})
    assert refused.status_code == 429 and 0 < int(refused.headers["retry-after"]) <= 61 and "Te veel pogingen" in refused.text
    assert sign_in(client, "niemand", "fout") == 429  # from the same address
    assert sign_in(site.client(peer="10.0.0.9"), "ans", Site.password) == 429  # for the same name
    events = [(e["person"], e["event"], e["result"]) for e in site.desk.audit.entries()]
    assert events.count(("ans", "sign-in refused", "wrong")) >= 5 and ("", "sign-in refused", "wait") in events


def test_signing_in_and_out(site: Site) -> None:
    site.accounts.add("ans", Site.password)
    client = site.client("https", "127.0.0.1")
    sent = client.get("/stuk/x?taal=en", headers={"accept": "text/html"})
    assert (sent.status_code, sent.headers["location"]) == (303, "/aanmelden?naar=%2Fstuk%2Fx%3Ftaal%3Den")
    assert client.get("/api/openapi.json").status_code == client.post("/api/ask", json=QUESTION).status_code == 401
    page = client.get(sent.headers["location"])
    assert page.status_code == 200 and 'value="/stuk/x?taal=en"' in page.text and "An AI system answers you" in page.text
    assert "AI-systeem" in client.get("/aanmelden").text
    entered = client.post("/aanmelden", data={"naam": "ans", "wachtwoord": Site.password, "naar": "/stuk/x?taal=en"})
    assert (entered.status_code, entered.headers["location"]) == (303, "/stuk/x?taal=en")
    cookie = entered.headers["set-cookie"].lower()
    assert all(part in cookie for part in ("; secure", "; httponly", "; samesite=lax", "; path=/"))
    assert client.get("/api/openapi.json").status_code == client.post("/api/ask", json=QUESTION).status_code == 200
    token = client.cookies[SESSION]
    assert client.post("/afmelden").headers["location"] == "/aanmelden"
    client.cookies.set(SESSION, token)  # who kept it has nothing
    assert client.post("/api/ask", json=QUESTION).status_code == 401


@pytest.mark.parametrize("wanted", ["//elsewhere.example", "http://elsewhere.example", "/\\elsewhere.example", "javascript:x", "/\n/x"])
def test_nobody_is_sent_to_another_site(site: Site, wanted: str) -> None:
    site.accounts.add("ans", Site.password)
    entered = site.client().post("/aanmelden", data={"naam": "ans", "wachtwoord": Site.password, "naar": wanted})
    assert entered.headers["location"] == "/"


def test_a_wrong_name_and_a_wrong_password_are_told_alike(site: Site) -> None:
    site.accounts.add("ans", Site.password)
    client = site.client()
    wrong = [client.post("/aanmelden", data={"naam": name, "wachtwoord": "fout"}) for name in ("ans", "niemand <b>")]
    assert wrong[0].status_code == wrong[1].status_code == 401 and wrong[0].text == wrong[1].text


def test_what_is_taken_away_is_gone_with_the_next_question(site: Site) -> None:
    client = site.person("ans", groups=("vertrouwelijk",))
    assert "nachtzwaluw" in client.post("/api/ask", json=QUESTION).text.lower()
    site.accounts.change("ans", groups=["intern"])
    told = {k: v for k, v in client.post("/api/ask", json=QUESTION).json().items() if k not in ("question", "standalone")}
    assert leaks(json.dumps(told), allow_list(["intern"])) == []
    site.accounts.change("ans", blocked=True)
    assert client.post("/api/ask", json=QUESTION).status_code == 401


def test_the_own_password_is_changed_and_the_other_sessions_end(site: Site) -> None:
    here, new = site.person("ans"), "nog een lang wachtwoord"
    elsewhere, token = site.client("https"), site.accounts.open_session("ans", 3600)
    assert sign_in(elsewhere, "ans", Site.password) == 303
    given = {"oud": Site.password, "nieuw": new, "nogmaals": new}
    page = here.get("/wachtwoord?taal=en")
    assert page.status_code == 200 and "Current password" in page.text and '<html lang="en">' in page.text
    for wrong, status, told in (
        ({"oud": "fout"}, 401, "niet juist"),
        ({"nogmaals": "iets anders dan dat"}, 422, "niet gelijk"),
        ({"nieuw": "kort", "nogmaals": "kort"}, 422, "minstens 12"),
        ({"nieuw": "x" * 1001, "nogmaals": "x" * 1001}, 422, "hoogstens 1000"),
        ({"nieuw": Site.password, "nogmaals": Site.password}, 422, "al had"),
    ):
        refused = here.post("/wachtwoord", data=given | wrong)
        assert refused.status_code == status and told in refused.text and 'role="alert"' in refused.text
    assert here.post("/wachtwoord", data=given, headers={"origin": "http://elsewhere.example"}).status_code == 403
    assert here.post("/wachtwoord", data=given, headers={"cookie": "", "authorization": f"Bearer {token}"}).status_code in (401, 403)
    done = here.post("/wachtwoord", data=given)
    assert done.status_code == 200 and "is gewijzigd" in done.text and "httponly" in done.headers["set-cookie"].lower()
    assert here.post("/api/ask", json=QUESTION).status_code == 200
    assert elsewhere.post("/api/ask", json=QUESTION).status_code == 401
    assert site.accounts.session(token) is None
    assert sign_in(site.client(), "ans", Site.password) == 401 and sign_in(site.client(), "ans", new) == 303
    events = [(e["person"], e["event"], e["result"]) for e in site.desk.audit.entries()]
    assert ("ans", "password", "") in events and ("ans", "password refused", "wrong") in events


def test_guesses_at_the_old_password_are_throttled(site: Site) -> None:
    client, new = site.person("ans"), "nog een lang wachtwoord"
    tries = [client.post("/wachtwoord", data={"oud": f"fout {n}", "nieuw": new, "nogmaals": new}).status_code for n in range(20)]
    assert tries == [401] * 5 + [429] * 15


def test_only_a_local_password_can_be_changed(world: World, tmp_path: Path) -> None:
    site = Site(world, tmp_path, trusted_header="X-Remote-User")
    given = {"oud": "x" * 12, "nieuw": "y" * 12, "nogmaals": "y" * 12}
    answer = site.client().post("/wachtwoord", data=given, headers={"x-remote-user": "ans"})
    assert answer.status_code == 403 and "dat van uw organisatie" in answer.text
    assert site.client().get("/wachtwoord", headers={"accept": "text/html"}).status_code == 303


def test_a_refusal_is_in_the_language_of_the_page(site: Site) -> None:
    client, html = site.person("ans"), {"accept": "text/html"}
    dutch, english = ("/stuk/x", "Dit stuk staat niet"), ("/stuk/x?taal=en", "This document is not")
    for address, told in (dutch, english, ("/en/monitoring", "no such page")):
        page = client.get(address, headers=html)
        assert page.status_code == 404 and told in page.text and f'<html lang="{"en" if "en" in address else "nl"}">' in page.text


def test_a_program_has_a_token(site: Site) -> None:
    site.accounts.add("robot", Site.password, groups=[GROUPS[0]])
    token = site.accounts.open_session("robot", 3600, 3600)
    client = site.client()
    assert client.post("/api/ask", json=QUESTION, headers={"authorization": f"Bearer {token}"}).status_code == 200
    assert client.post("/api/ask", json=QUESTION, headers={"authorization": f"Bearer {token}x"}).status_code == 401


def test_one_person_may_ask_so_many_questions_a_minute(world: World, tmp_path: Path) -> None:
    site = Site(world, tmp_path, questions_per_minute=3)
    ans, bo = site.person("ans"), site.person("bo")
    assert ans.get("/briefing.md").status_code == 200  # a briefing counts as a question
    assert [ans.post("/api/ask", json=QUESTION).status_code for _ in range(4)] == [200, 200, 429, 429]
    refused = ans.get("/briefing.md?taal=en")
    assert refused.status_code == 429 and "You ask many questions" in refused.text
    assert bo.post("/api/ask", json=QUESTION).status_code == 200


def test_the_word_of_a_proxy_counts_only_where_that_is_set_and_from_its_address(world: World, tmp_path: Path) -> None:
    said = {"x-remote-user": "ans", "x-remote-groups": "ABC-1, Groep Noord"}
    closed = Site(world, tmp_path / "a", local=False)
    assert closed.client().post("/api/ask", json=QUESTION, headers=said).status_code == 401
    site = Site(
        world,
        tmp_path / "b",
        local=False,
        trusted_header="X-Remote-User",
        trusted_groups_header="X-Remote-Groups",
        trusted_proxies="10.0.0.1",
        groups={"abc-1": "vertrouwelijk", "abc-2": "beheerder"},
    )
    through, past = site.client(peer="10.0.0.1"), site.client(peer="10.0.0.2")
    assert past.post("/api/ask", json=QUESTION, headers=said).status_code == 401
    assert "nachtzwaluw" in through.post("/api/ask", json=QUESTION, headers=said).text.lower()
    account = site.accounts.find("ans")
    assert account and (account.role, account.groups, account.origin) == ("lezer", ("vertrouwelijk", "groep noord"), "proxy")
    assert through.get("/metrics", headers=said).status_code == 401
    assert through.get("/metrics", headers={**said, "x-remote-groups": "ABC-2"}).status_code == 200
    site.accounts.change("ans", blocked=True)
    assert through.post("/api/ask", json=QUESTION, headers=said).status_code == 401
    assert through.post("/api/ask", json=QUESTION).status_code == 401


def test_without_accounts_only_this_computer_gets_in(world: World, tmp_path: Path) -> None:
    assert Site(world, tmp_path / "a").client().post("/api/ask", json=QUESTION).status_code == 200
    open_to_others = Site(world, tmp_path / "b", local=False).client()
    assert open_to_others.post("/api/ask", json=QUESTION).status_code == 401
    assert "nog geen accounts" in open_to_others.get("/aanmelden").text
    command = [sys.executable, "-m", "app", "chat", "--host", "0.0.0.0", "--port", "0", "--index", str(world.index)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert run.returncode == 1 and "er zijn geen accounts" in run.stderr and run.stderr.count("\n") == 1


def test_accounts_from_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def user(*arguments: str, typed: str = "") -> str:
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        status = main(["user", *arguments, "--index", str(tmp_path / "index")])
        out, err = capsys.readouterr()
        assert status == (1 if err else 0)
        return out or err

    new = ("add", "ans", "--role", "beheerder", "--groups", "intern", "Groep Noord")
    assert user(*new, typed="kort\n") == "Een wachtwoord heeft minstens 12 tekens.\n"
    assert user(*new, typed=f"{Site.password}\n") == "ans: beheerder; intern, groep noord; local\n"
    assert user("set", "ans", "--groups") == "ans: beheerder; openbaar; local\n"
    assert user("block", "ans") == "ans: beheerder; openbaar; local (geblokkeerd)\n"
    assert user("remove", "bo") == "Er is geen account 'bo'.\n"
    assert len(user("token", "ans")) > 40


@dataclass
class Provider:
    """A small OpenID Connect provider: every visitor is the person of `claims`. `spoil` changes an id token before it is signed."""

    url: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    spoil: dict[str, Any] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "1", "alg": "RS256", "use": "sig"}))
    signer: RSAKey | None = None
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def answer(self, path: str, fields: dict[str, str], secret: str) -> tuple[int, dict[str, Any] | str]:
        if path == "/.well-known/openid-configuration":
            ends = {"authorization_endpoint": "/authorize", "token_endpoint": "/token", "jwks_uri": "/jwks"}
            return 200, {"issuer": self.url} | {name: self.url + place for name, place in ends.items()}
        if path == "/jwks":
            return 200, {"keys": [self.key.as_dict(private=False)]}
        if path == "/authorize":
            assert fields["client_id"] == "dossier" and fields["response_type"] == "code" and "openid" in fields["scope"]
            self.codes["code-1"] = fields
            return 302, f"{fields['redirect_uri']}?{urlencode({'code': 'code-1', 'state': fields['state']})}"
        if path == "/token":
            asked = self.codes.pop(fields.get("code", ""), None)
            digest = hashlib.sha256(fields.get("code_verifier", "").encode()).digest()
            challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
            if not asked or asked["code_challenge"] != challenge or secret != "dossier:geheim":
                return 400, {"error": "invalid_grant"}
            now = int(time.time())
            plain = {"iss": self.url, "aud": "dossier", "iat": now, "exp": now + 60, "nonce": asked["nonce"], "sub": "1"}
            header = {"alg": "RS256", "kid": "1"}
            token = jwt.encode(header, {**plain, **self.claims, **self.spoil}, self.signer or self.key)
            return 200, {"access_token": "x", "token_type": "Bearer", "id_token": token}
        return 404, {}


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    made = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.reply(urlsplit(self.path).query)

        def do_POST(self) -> None:
            self.reply(self.rfile.read(int(self.headers["content-length"])).decode())

        def reply(self, query: str) -> None:
            secret = base64.b64decode(self.headers.get("authorization", "").removeprefix("Basic ")).decode()
            status, body = made.answer(urlsplit(self.path).path, {k: v[0] for k, v in parse_qs(query).items()}, secret)
            self.send_response(status)
            if isinstance(body, str):
                self.send_header("location", body)
                body = {}
            self.send_header("content-type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, *ignored: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield made
    server.shutdown()


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *ignored: object) -> None:
        return None


def visit(address: str) -> str:
    """What the browser is sent to by a page of the provider."""
    try:
        build_opener(_Stay).open(address, timeout=10)
    except HTTPError as error:
        return str(error.headers["location"])
    raise AssertionError("not redirected")


@pytest.fixture
def organisation(world: World, tmp_path: Path, provider: Provider) -> Site:
    provider.claims, provider.spoil, provider.signer = {"preferred_username": "ans", "groups": ["g-1"]}, {}, None
    return Site(
        world,
        tmp_path,
        local=False,
        oidc_issuer=provider.url,
        oidc_client_id="dossier",
        oidc_client_secret="geheim",
        groups={"g-1": "intern", "g-2": "beoordelaar"},
    )


def test_sign_in_at_an_openid_connect_provider_with_groups_from_claims(organisation: Site, provider: Provider) -> None:
    client = organisation.client()
    assert "Aanmelden met het account van uw organisatie" in client.get("/aanmelden").text
    away = client.get("/aanmelden/organisatie?naar=/en/")
    back = visit(away.headers["location"])
    assert back.startswith("http://127.0.0.1/aanmelden/terug?")
    entered = client.get(back)
    assert (entered.status_code, entered.headers["location"]) == (303, "/en/")
    account = organisation.accounts.find("ans")
    assert account and (account.role, account.groups, account.origin) == ("lezer", ("intern",), "oidc")
    answer = client.post("/api/ask", json={"question": "Wat kost Goudplevier in het park?"})
    assert "goudplevier" in answer.json()["text"].lower()
    assert client.get(back).status_code == 401  # a code and a state work once
    provider.claims = {"preferred_username": "ans", "groups": ["g-2", "Groep Noord"]}
    again = organisation.client()
    assert again.get(visit(again.get("/aanmelden/organisatie").headers["location"])).status_code == 303
    account = organisation.accounts.find("ans")
    assert account and (account.role, account.groups) == ("beoordelaar", ("groep noord",))


@pytest.mark.parametrize(
    "spoil", [{"iss": "http://elsewhere.example"}, {"aud": "een ander"}, {"exp": 1}, {"nonce": "een andere"}, {"signer": "een andere"}]
)
def test_a_token_that_does_not_fit_is_refused(organisation: Site, provider: Provider, spoil: dict[str, Any]) -> None:
    if "signer" in spoil:
        provider.signer = RSAKey.generate_key(2048)
    else:
        provider.spoil = spoil
    client = organisation.client()
    assert client.get(visit(client.get("/aanmelden/organisatie").headers["location"])).status_code == 401
    assert client.post("/api/ask", json=QUESTION).status_code == 401


def test_a_sign_in_that_was_begun_in_another_browser_is_refused(organisation: Site) -> None:
    back = visit(organisation.client().get("/aanmelden/organisatie").headers["location"])
    assert organisation.client().get(back).status_code == 401


def test_the_name_of_a_local_account_cannot_be_taken_over(organisation: Site, provider: Provider) -> None:
    organisation.accounts.add("ans", Site.password, "beheerder")
    client = organisation.client()
    assert client.get(visit(client.get("/aanmelden/organisatie").headers["location"])).status_code == 401
    account = organisation.accounts.find("ans")
    assert account and account.role == "beheerder" and account.origin == "local"


def test_a_provider_that_is_down_is_told(world: World, tmp_path: Path) -> None:
    site = Site(world, tmp_path, local=False, oidc_issuer="http://127.0.0.1:9", oidc_client_id="x", oidc_client_secret="y")
    told = site.client().get("/aanmelden/organisatie")
    assert told.status_code == 502 and "niet te bereiken" in told.text


def test_answers_over_http_hold_nothing_that_may_not_be_read(world: World, tmp_path: Path) -> None:
    site = Site(world, tmp_path, pages=True)
    for name, groups in (("a", ()), ("b", ("intern",)), ("c", (GROUPS[1],))):
        client, levels = site.person(name, groups=groups), allow_list(groups)
        for question in ("Wat kost Nachtzwaluw in het park?", "Wie besluit over het park?", "Wat zegt Kerkuil?"):
            answer = client.post("/api/ask", json={"question": question}).json()
            told = json.dumps({key: value for key, value in answer.items() if key not in ("question", "standalone")})
            assert leaks(told, levels) == []
            stream = client.post("/api/ask", json={"question": "Wie besluit over het park?"}, headers={"accept": "text/event-stream"})
            assert leaks(stream.text, levels) == []
        for document in site.desk.shelf.documents().values():
            secret = leaks(document.document_id, levels) != []
            page = client.get(f"/stuk/{document.document_id}")
            assert page.status_code == (404 if secret else 200) and leaks(page.text, levels) == []
            assert client.get(f"/stuk/{document.document_id}/blad/1.png").status_code == 404
        for path in ("/", "/config", "/en/", "/api/openapi.json", "/metrics"):
            assert leaks(client.get(path).text, levels) == []
