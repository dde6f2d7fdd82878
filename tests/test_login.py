"""What the login's settings say, whom they let in, and where the app may listen."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from commands.serve import refusal
from reviews.login import BadLogin, NotVouched, is_loopback, load_login, vouched_name
from reviews.settings import Settings
from screens.door import who_may
from tests.conftest import traitbook

RIGHT = {
    "redirect_uri": "http://127.0.0.1:8501/oauth2callback", "cookie_secret": "c" * 32,
    "client_id": "i", "client_secret": "s", "server_metadata_url": "https://id.example.org/o",
}  # fmt: skip


def written(path: Path, told: dict[str, str], *more: str) -> Path:
    lines = [f'{key} = "{value}"' for key, value in told.items()]
    path.write_text("\n".join(["[auth]", *lines, *more]), "utf-8")
    return path


def test_providers_are_read_as_streamlit_reads_them(tmp_path: Path) -> None:
    one, two = tmp_path / "a.toml", tmp_path / "b.toml"
    written(one, RIGHT)
    assert [(p.name, p.host) for p in load_login([one, two])] == [("default", "id.example.org")]
    two.write_text('[other]\nkey = "x"\n')
    assert len(load_login([one, two])) == 1  # a file without a login takes none away
    shared = {key: RIGHT[key] for key in ("redirect_uri", "cookie_secret")}
    google = [f'{key} = "g"' for key in ("client_id", "client_secret")]
    written(two, shared, "[auth.google]", *google, 'server_metadata_url = "https://g.example/o"')
    assert [(p.name, p.host) for p in load_login([one, two])] == [("google", "g.example")]
    mounted = tmp_path / "secrets" / "auth"
    mounted.mkdir(parents=True)
    for key, value in RIGHT.items():
        (mounted / key).write_text(value + "\n")
    assert [p.name for p in load_login([tmp_path / "secrets"])] == ["default"]
    assert load_login([tmp_path / "none.toml"]) == ()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"client_id": ""}, "lacks client_id"),
        ({"cookie_secret": "", "client_secret": ""}, "lacks cookie_secret, client_secret"),
        ({"cookie_secret": "short"}, "shorter than 32"),
        ({"redirect_uri": "http://127.0.0.1:8501/"}, "/oauth2callback after it"),
    ],
)
def test_a_mistake_is_one_sentence(tmp_path: Path, change: dict[str, str], says: str) -> None:
    path = written(tmp_path / "s.toml", RIGHT | change)
    with pytest.raises(BadLogin, match=says) as mistake:
        load_login([path])
    assert str(path) in str(mistake.value) and RIGHT["client_secret"] * 9 not in str(mistake.value)


@pytest.mark.parametrize("text", ["auth = true", "[auth", "[auth]\n", "[auth.a_b]\nclient_id='x'"])
def test_no_mistake_is_taken_for_no_login(tmp_path: Path, text: str) -> None:
    (tmp_path / "s.toml").write_text(text)
    with pytest.raises(BadLogin):
        load_login([tmp_path / "s.toml"])


@pytest.mark.parametrize(
    ("claims", "name"),
    [
        ({"email": "Ann@Example.org", "email_verified": True, "sub": "1"}, "ann@example.org"),
        ({"email": "ann@example.org", "email_verified": "true"}, "ann@example.org"),
        ({"email": "ann@example.org"}, "ann@example.org"),
        ({"email": " a nn@example.org\n", "sub": "1"}, "ann@example.org"),
        ({"name": "ann@example.org", "preferred_username": "ann@example.org", "sub": "u7"}, "u7"),
        ({"email": "", "sub": "u7"}, "u7"),
    ],
)
def test_the_name_that_is_vouched_for(claims: dict[str, Any], name: str) -> None:
    assert vouched_name(claims) == name


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "ann@example.org", "email_verified": False, "sub": "1"},
        {"email": "ann@example.org", "email_verified": "false"},
        {"email": "ann@example.org", "email_verified": 0},
        {"name": "Ann"},
    ],
)
def test_nobody_is_vouched_for(claims: dict[str, Any]) -> None:
    with pytest.raises(NotVouched):
        vouched_name(claims)


@pytest.mark.parametrize(
    ("told", "name", "verified", "role"),
    [
        ({}, "ann", False, "lead"),
        ({}, "ann@b.c", True, "reviewer"),
        ({"leads": ["Ann@B.c"]}, "ann@b.c", True, "lead"),
        ({"leads": ["x@b.c"]}, "ann@b.c", True, "reviewer"),
        ({"leads": ["x"]}, "ann", False, "reviewer"),
        ({"reviewers": ["@b.c"]}, "ann@b.c", True, "reviewer"),
        ({"reviewers": ["@b.c"]}, "ann@evil-b.c", True, "reader"),
        ({"reviewers": ["@b.c"]}, "ann@b.c@evil.c", True, "reader"),
        ({"reviewers": ["b.c"]}, "b.c", True, "reviewer"),
        ({"readers": ["@b.c"]}, "ann@b.c", True, "reviewer"),
        ({"readers": ["@b.c"]}, "ann@d.e", True, "stranger"),
        ({"readers": ["@b.c"], "reviewers": ["x@d.e"]}, "x@d.e", True, "reviewer"),
        ({"readers": ["@b.c"], "reviewers": ["x@d.e"]}, "ann@b.c", True, "reader"),
        ({"readers": ["@b.c"]}, "u7", True, "stranger"),
        ({"readers": ["@b.c"], "leads": ["x"]}, "ann", False, "reviewer"),
    ],
)
def test_roles(told: dict[str, list[str]], name: str, verified: bool, role: str) -> None:
    assert Settings.model_validate(told).role(name, verified=verified) == role


def test_who_may_come_in_is_said_without_names(tmp_path: Path) -> None:
    providers = load_login([written(tmp_path / "s.toml", RIGHT)])
    everybody = " ".join(who_may(Settings(), providers))
    assert "everybody with an account at id.example.org" in everybody
    told = Settings(leads=["lena@b.c"], reviewers=["ann@b.c"], readers=["x@b.c", "@d.e"])
    some = " ".join(who_may(told, providers))
    assert "all of @d.e" in some and "May rate: those whom" in some
    assert not [name for name in ("lena", "ann@", "x@b.c") if name in some]


def test_where_the_app_may_listen(tmp_path: Path) -> None:
    providers = load_login([written(tmp_path / "s.toml", RIGHT)])
    for address in ("127.0.0.1", "127.8.8.8", "::1", "localhost"):
        assert is_loopback(address) and refusal(address, Settings()) is None
    for address in ("0.0.0.0", "::", "10.0.0.5", "example.org", ""):
        assert "no login is configured" in str(refusal(address, Settings()))
        assert refusal(address, Settings(), providers) is None
        assert refusal(address, Settings(trusted_header="X-Email")) is None


@pytest.mark.parametrize(
    ("text", "says"), [("[auth]\nclient_id = 'x'\n", "lacks"), ("auth = true\n", "no section")]
)
def test_serve_does_not_start_with_a_broken_login(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / ".streamlit").mkdir()
    (tmp_path / ".streamlit" / "secrets.toml").write_text(text)
    for more in ((), ("--address", "0.0.0.0")):
        done = traitbook("serve", "--db", str(tmp_path / "x.db"), *more, cwd=tmp_path)
        assert done.returncode == 2 and says in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize("lacking", ["authlib", "httpx"])
def test_a_library_that_lacks_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, lacking: str
) -> None:
    from screens.door import _unreachable

    monkeypatch.setitem(sys.modules, lacking, None)
    (provider,) = load_login([written(tmp_path / "s.toml", RIGHT)])
    assert f"needs {lacking}, which is not installed" in _unreachable(provider)
