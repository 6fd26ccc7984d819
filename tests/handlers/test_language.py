"""Declarations are checked when they are made, and the catalogue keeps what it promises."""

import ast
import re
from pathlib import Path
from types import ModuleType

import pytest

from daemon.keyring import Keyring
from handlers import catalogue, language
from handlers.catalogue import CATALOGUE, TwoOfAName, collect
from handlers.language import Argument, Call, Command, Say, command
from practices.circles import RoomKind
from storage.rooms import Room
from tests.handlers.played import START, PlayedHouse

ROOT = Path(__file__).resolve().parents[2]


async def answer(call: Call, what: str | None) -> list[Say]:
    return [Say(text=str(what))]


def test_a_command_whose_function_takes_other_arguments_fails_at_import() -> None:
    with pytest.raises(TypeError, match="does not take"):
        command(name="say", help="say", example="say", arguments=())(answer)


def test_only_the_last_argument_may_take_the_rest() -> None:
    async def two(call: Call, one: str, other: str) -> list[Say]:
        return []

    arguments = (Argument(name="one", help="a", rest=True), Argument(name="other", help="b"))
    with pytest.raises(TypeError, match="only the last"):
        command(name="say", help="say", example="say", arguments=arguments)(two)


def feature(name: str, **declared: object) -> ModuleType:
    module = ModuleType(name)
    vars(module).update(declared)
    return module


def test_two_features_cannot_answer_to_the_same_word() -> None:
    async def one(call: Call) -> list[Say]:
        return []

    async def two(call: Call) -> list[Say]:
        return []

    one.__module__, two.__module__ = "first", "second"
    first = feature("first", a=Command(name="say", help="a", example="say", answer=one))
    second = feature(
        "second", b=Command(name="tell", aliases=("say",), help="b", example="tell", answer=two)
    )

    with pytest.raises(TwoOfAName, match="say"):
        collect([first, second])


def test_what_a_feature_imports_from_another_is_not_declared_twice() -> None:
    declared = [each for module in catalogue.FEATURES for each in catalogue.declarations(module)]

    assert len(declared) == len({id(each) for each in declared})
    assert collect(catalogue.FEATURES).commands == CATALOGUE.commands


def test_every_feature_file_that_declares_something_is_in_the_catalogue() -> None:
    declaring = {
        file.stem
        for file in (ROOT / "handlers").rglob("*.py")
        if re.search(r"^@(command|ritual|inquiry|tap|watch)\(", file.read_text(), re.MULTILINE)
    }

    assert declaring == {module.__name__.rpartition(".")[2] for module in catalogue.FEATURES}


@pytest.mark.parametrize("found", CATALOGUE.commands.values(), ids=lambda found: found.name)
def test_every_command_says_what_it_does_with_an_example_of_its_own(found: Command) -> None:
    assert found.help
    assert not found.help.endswith(".")
    assert found.example.split()[0] in found.words
    assert all(argument.help for argument in found.arguments)
    assert found.kinds


@pytest.mark.parametrize("found", CATALOGUE.commands.values(), ids=lambda found: found.name)
async def test_every_example_is_understood_where_it_belongs(
    found: Command, house: PlayedHouse
) -> None:
    if RoomKind.NONE in found.kinds and RoomKind.CREW not in found.kinds:
        room = await house.room("Hall", ["ana", "ben", "cleo"])
    elif RoomKind.CREW in found.kinds:
        room = await house.crew()
        await room.says("ana", "!rhythm third thursday 19:00")
        await room.taps("ana", "✅")
    else:
        room = await house.private("ana")
        await house.space("Lakeside", ["ana"], ["ana"])

    prefix = "" if RoomKind.CREW not in found.kinds and room.id.startswith("!private") else "!"
    told = await room.says("ana", prefix + found.example)

    assert told
    assert not any("I don't know" in text or "could not read" in text for text in told)
    assert not any("did not understand" in text for text in told)


def test_every_hour_that_is_written_ahead_has_a_ritual() -> None:
    rung = set()
    for file in (ROOT / "handlers").rglob("*.py"):
        rung |= set(re.findall(r'ritual="([a-z-]+)"', file.read_text()))

    assert rung <= CATALOGUE.rituals.keys()


def test_every_question_that_is_asked_has_an_inquiry() -> None:
    asked = set()
    for file in (ROOT / "handlers").rglob("*.py"):
        asked |= set(re.findall(r'inquiry="([a-z-]+)"', file.read_text()))

    assert asked <= CATALOGUE.inquiries.keys() | {"missing"}


def texts() -> list[str]:
    """Every text in the features and rules that might reach a person."""
    found = []
    for folder in ("handlers", "practices"):
        for file in (ROOT / folder).rglob("*.py"):
            tree = ast.parse(file.read_text())
            documented = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
            found += [
                node.value
                for node in ast.walk(tree)
                if isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and id(node) not in documented
                and " " in node.value
            ]
    return found


def test_no_text_shouts_pleads_blames_or_speaks_in_jargon() -> None:
    shouted = [text for text in texts() if re.search(r"\w!(\s|$|\")", text)]
    unkind = re.compile(
        r"\b(invalid|error|bot|user|users|mxid|json|utc offset|must|remember to|you should|failed to)\b",
        re.IGNORECASE,
    )

    assert not shouted
    assert [text for text in texts() if unkind.search(text)] == []


def test_the_language_reads_no_clock() -> None:
    for file in (ROOT / "handlers").rglob("*.py"):
        assert not re.search(r"datetime\.now|utcnow|time\.time\(", file.read_text()), file


def test_a_call_that_no_person_made_has_no_person() -> None:
    house = language.House(me="@k:here", catalogue=CATALOGUE, keys=Keyring(bytes(32)))
    call = Call(key="hour", at=START, room=Room(id="!a:here"), house=house)
    with pytest.raises(LookupError):
        _ = call.person
