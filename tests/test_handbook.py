"""The handbook says what the program does, all of it, and is written anew whenever that changes."""

import re

import pytest

from deploy import handbook
from handlers.catalogue import CATALOGUE, FEATURES, declarations
from handlers.language import Command, Ritual
from handlers.words import after_prefix
from practices import defaults
from practices.circles import RoomKind
from practices.defaults import SETTINGS, Setting
from practices.meetings import ATTENDANCE_SIGNS

PAGE = handbook.PAGE.read_text(encoding="utf-8")
COMMANDS = list(CATALOGUE.commands.values())


def test_the_page_is_what_the_declarations_say() -> None:
    assert handbook.handbook() == PAGE, "Write it anew: python -m deploy.handbook"


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: str(command.name))
def test_every_command_is_shown_with_its_help_example_and_arguments(command: Command) -> None:
    prefix = "" if command.kinds == {RoomKind.PRIVATE} else handbook.PREFIX
    entry = PAGE.partition(f"#### {prefix}{command.name}\n")[2].partition("\n#")[0]

    assert command.help[1:] in entry
    assert f"    {prefix}{command.example}\n" in entry
    for argument in command.arguments:
        assert f"*{argument.name}*: {argument.help}" in entry


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: str(command.name))
def test_every_example_can_be_typed_as_it_stands(command: Command) -> None:
    said = after_prefix(f"{handbook.PREFIX}{command.example}", handbook.PREFIX)

    assert said is not None
    assert CATALOGUE.words[said.split()[0]] is command


@pytest.mark.parametrize("ritual", CATALOGUE.rituals.values(), ids=lambda ritual: str(ritual.name))
def test_every_ritual_is_shown(ritual: Ritual) -> None:
    assert f"| *{ritual.name}* | {ritual.help} |" in PAGE


@pytest.mark.parametrize(
    "setting", [each for each in SETTINGS if not each.later], ids=lambda setting: str(setting.name)
)
def test_every_setting_is_shown_with_its_default(setting: Setting) -> None:
    (row,) = [line for line in PAGE.splitlines() if line.startswith(f"| `{setting.name}` |")]

    assert setting.help[1:] in row
    assert f"| {defaults.words(setting.default)} |" in row


def test_every_attendance_sign_is_shown() -> None:
    for sign in ATTENDANCE_SIGNS.values():
        assert f"| {sign} |" in PAGE


def test_a_feature_that_no_theme_names_is_shown_all_the_same() -> None:
    shown = [feature for theme in handbook.themes() for feature in theme.features]

    assert set(shown) >= {feature for feature in FEATURES if declarations(feature)}
    assert len(shown) == len(set(shown))


def test_every_word_that_the_introduction_teaches_is_a_command() -> None:
    opening = PAGE.partition("## What you can say")[0]
    taught = re.findall(r"`(!?)([a-z]+)[^`]*`", opening)

    assert taught
    assert {word for _, word in taught} <= {*CATALOGUE.words, "stop"} | {"python"}
