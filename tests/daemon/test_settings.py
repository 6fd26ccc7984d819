"""An operator's settings are read, or refused with the word that mends them; secrets stay secret."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from daemon.settings import BadSettings, Settings, known_names, load

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "settings.example.env"

ENTRY = re.compile(r"(?P<off>#?)(?P<name>KINKEEPER_[A-Z_]+)=(?P<value>.*)")

Setting = Callable[..., None]


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Setting:
    """Set what is given, without the prefix; nothing else about Kinkeeper is set."""
    for name in list(os.environ):
        if name.upper().startswith("KINKEEPER_") or name == "CREDENTIALS_DIRECTORY":
            monkeypatch.delenv(name)

    def put(**settings: str) -> None:
        for name, value in settings.items():
            monkeypatch.setenv(f"KINKEEPER_{name.upper()}", value)

    put(homeserver_url="https://matrix.example.org", user_id="@kinkeeper:example.org")
    return put


def test_two_settings_are_enough(environment: Setting) -> None:
    settings = load()

    assert settings.homeserver_url == "https://matrix.example.org"
    assert settings.server == "example.org"
    assert settings.database.startswith("sqlite:///")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("pasword", "KINKEEPER_PASSWORD"),
        ("homserver_url", "KINKEEPER_HOMESERVER_URL"),
        ("timezones", "KINKEEPER_TIMEZONE"),
    ],
)
def test_a_name_that_nobody_knows_is_refused_with_the_one_that_was_meant(
    environment: Setting, tmp_path: Path, typed: str, meant: str
) -> None:
    file = tmp_path / "settings.env"
    file.write_text(f"KINKEEPER_{typed.upper()}=tulips\n")
    with pytest.raises(BadSettings, match=f"Did you mean {meant}\\?") as from_file:
        load(file)
    environment(**{typed: "tulips"})
    with pytest.raises(BadSettings, match=f"Did you mean {meant}\\?") as from_environment:
        load()

    assert "tulips" not in str(from_file.value) + str(from_environment.value)


def test_a_name_unlike_any_other_is_refused_too(environment: Setting) -> None:
    environment(zebra="1")

    with pytest.raises(
        BadSettings, match=r"There is no setting KINKEEPER_ZEBRA\. settings\.example"
    ):
        load()


def test_the_environment_wins_over_the_file_and_the_file_over_the_default(
    environment: Setting, tmp_path: Path
) -> None:
    file = tmp_path / "settings.env"
    file.write_text("KINKEEPER_TIMEZONE=Europe/Rome\nKINKEEPER_COMMAND_PREFIX=?\n")
    environment(timezone="Asia/Tokyo")

    settings = load(file)

    assert settings.timezone == "Asia/Tokyo"
    assert settings.command_prefix == "?"
    assert settings.log_level == "info"


def test_secrets_come_from_files_of_their_own(
    environment: Setting, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "kinkeeper_password").write_text("tulips and mustard\n")
    (tmp_path / "somebody_elses").write_text("not ours")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))

    settings = load()

    assert settings.password is not None
    assert settings.password.get_secret_value() == "tulips and mustard"


def test_secrets_do_not_show_when_settings_are_printed(environment: Setting) -> None:
    environment(
        password="tulips-1",
        access_token="tulips-2",
        device_id="ABC",
        registration_secret="tulips-3",
        secret_key="tulips-4",
    )

    assert "tulips" not in repr(load()) + str(load())


@pytest.mark.parametrize(
    ("name", "value", "what_to_write"),
    [
        ("homeserver_url", "matrix.example.org", "https://"),
        ("user_id", "kinkeeper", "@kinkeeper:example.org"),
        ("timezone", "Middle/Earth", "Europe/Rome"),
        ("timezone", "../../etc/passwd", "Europe/Rome"),
        ("command_prefix", "/", "Element keeps"),
        ("command_prefix", "kk", "a sign such as !"),
        ("stewards", "mara", "@mara:example.org"),
        ("safety_contacts", "jo", "@mara:example.org"),
        ("http_port", "70000", "65535"),
        ("log_level", "loud", "warning"),
        ("access_token", "abc", "KINKEEPER_DEVICE_ID"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_with_what_to_write(
    environment: Setting, name: str, value: str, what_to_write: str
) -> None:
    environment(**{name: value})

    with pytest.raises(BadSettings, match=re.escape(what_to_write)):
        load()


def test_a_refused_value_is_never_repeated(environment: Setting) -> None:
    environment(http_port="hunter2", homeserver_url="hunter2", command_prefix="hunter2")

    with pytest.raises(BadSettings) as refused:
        load()

    assert "KINKEEPER_HTTP_PORT" in str(refused.value)
    assert "hunter2" not in str(refused.value)


def test_what_is_missing_is_explained(
    environment: Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KINKEEPER_USER_ID")

    with pytest.raises(BadSettings, match="KINKEEPER_USER_ID is missing: The daemon's own account"):
        load()


def test_lists_are_written_with_commas_or_spaces(environment: Setting) -> None:
    environment(
        stewards="@mara:example.org, @jo:example.org", accept_invites_from="*:a.org *:b.org"
    )

    settings = load()

    assert settings.stewards == ("@mara:example.org", "@jo:example.org")
    assert settings.welcomes("@ana:a.org")
    assert settings.welcomes("@ana:b.org")
    assert not settings.welcomes("@ana:example.org")


def test_unless_told_otherwise_only_ones_own_server_may_invite(environment: Setting) -> None:
    settings = load()

    assert settings.welcomes("@ana:example.org")
    assert not settings.welcomes("@ana:example.org.evil.com")
    assert not settings.welcomes("@ana:sub.example.org")


# ---- settings.example.env says all there is -------------------------------------------------------


def documented() -> list[tuple[str, str, str, bool]]:
    """(name, what stands above it, value, whether it is switched on), in the file's order."""
    found = []
    above: list[str] = []
    for line in EXAMPLE.read_text().splitlines():
        entry = ENTRY.fullmatch(line)
        if entry:
            found.append((entry["name"], " ".join(above), entry["value"], not entry["off"]))
            above = []
        elif line.startswith("# "):
            above.append(line.removeprefix("# "))
        else:
            above = []
    return found


def test_the_example_names_every_setting_once_in_the_order_of_the_settings() -> None:
    assert [name for name, *_ in documented()] == list(known_names())


def test_the_example_says_of_each_setting_what_it_is_for() -> None:
    assert {name: above for name, above, *_ in documented()} == known_names()


def test_the_example_shows_defaults_and_switches_on_what_has_none() -> None:
    fields = {f"KINKEEPER_{name.upper()}": field for name, field in Settings.model_fields.items()}
    for name, _above, value, on in documented():
        default = fields[name].default
        assert on == fields[name].is_required(), name
        if not on:
            assert value == (str(default) if default not in (None, ()) else ""), name


def test_the_example_can_be_used_as_it_is(
    environment: Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KINKEEPER_HOMESERVER_URL")
    monkeypatch.delenv("KINKEEPER_USER_ID")

    assert load(EXAMPLE).user_id == "@kinkeeper:example.org"


def test_an_env_file_may_hold_what_is_for_others(environment: Setting, tmp_path: Path) -> None:
    file = tmp_path / "settings.env"
    file.write_text("POSTGRES_PASSWORD=tulips\nKINKEEPER_TIMEZONE=Europe/Rome\n")

    assert load(file).timezone == "Europe/Rome"


def test_a_setting_left_empty_is_one_left_out(environment: Setting, tmp_path: Path) -> None:
    file = tmp_path / "settings.env"
    file.write_text(
        re.sub("^#(?=KINKEEPER_[A-Z_]+=$)", "", EXAMPLE.read_text(), flags=re.MULTILINE)
    )

    settings = load(file)

    assert settings.password is None
    assert settings.database.startswith("sqlite:///")
