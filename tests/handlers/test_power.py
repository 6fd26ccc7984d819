"""What a person may do in a room, by the room's own rules."""

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers import power
from storage.rooms import Room

CLAIM = settings(derandomize=True, deadline=None, max_examples=200)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["@ana:here", "users", "events", "x"]), inner, max_size=3)
    ),
    max_leaves=8,
)
LEVELS = st.dictionaries(
    st.sampled_from(
        ["users", "users_default", "events", "events_default", "state_default", "ban", "x"]
    ),
    JSON,
    max_size=5,
)
VERSIONS = [str(number) for number in range(1, 13)]


def room(
    version: str, power_levels: Mapping[str, object] | None = None, creators: tuple[str, ...] = ()
) -> Room:
    return Room(
        id="!a:here", version=version, power=dict(power_levels or {}), creators=list(creators)
    )


@pytest.mark.parametrize("version", VERSIONS)
def test_a_moderator_is_one_in_every_room_version(version: str) -> None:
    levels = {"users": {"@ana:here": 50, "@ben:here": 49}}

    assert power.moderates(room(version, levels), "@ana:here")
    assert not power.moderates(room(version, levels), "@ben:here")
    assert not power.moderates(room(version, levels), "@cleo:here")


@pytest.mark.parametrize("version", VERSIONS[:11])
def test_before_version_12_a_creator_is_what_the_levels_say(version: str) -> None:
    assert power.level(room(version, None, ("@ana:here",)), "@ana:here") == 100
    assert not power.moderates(
        room(version, {"users": {"@ben:here": 100}}, ("@ana:here",)), "@ana:here"
    )


def test_from_version_12_on_every_creator_stands_above_all_numbers() -> None:
    shared = room("12", {"users": {"@cleo:here": 100}}, ("@ana:here", "@ben:here"))

    assert power.level(shared, "@ana:here") > 2**16
    assert power.moderates(shared, "@ben:here")
    assert power.moderates(shared, "@cleo:here")
    assert not power.moderates(shared, "@dan:here")


def test_levels_written_as_text_count_in_old_rooms() -> None:
    assert power.level(room("1", {"users": {"@ana:here": " 50 "}}), "@ana:here") == 50
    assert power.level(room("1", {"users": {"@ana:here": "lots"}}), "@ana:here") == 0
    assert power.level(room("1", {"users_default": "50"}), "@ana:here") == 50


def test_a_moderator_who_was_removed_is_one_no_more() -> None:
    shared = room("10", {"users": {"@ana:here": 50}})
    shared.power = {"users": {}}

    assert not power.moderates(shared, "@ana:here")


def test_what_an_event_needs_is_its_own_level_or_the_default_of_its_kind() -> None:
    levels = {"events": {"m.room.name": 60}, "state_default": 40, "events_default": 10}

    assert power.needed(room("10", levels), "m.room.name", state=True) == 60
    assert power.needed(room("10", levels), "m.room.topic", state=True) == 40
    assert power.needed(room("10", levels), "m.room.message") == 10
    assert power.needed(room("10"), "m.room.topic", state=True) == 0
    assert power.may(
        room("10", {"users": {"@ana:here": 60}, **levels}), "@ana:here", "m.room.name", state=True
    )


@pytest.mark.parametrize("version", ["", "²", "org.example.13", "-1", "99999999999999999999", "١٢"])
def test_a_strange_room_version_is_no_reason_to_stumble(version: str) -> None:
    assert power.level(room(version, None, ("@ana:here",)), "@ana:here") in (100, power.ALL_POWER)


@CLAIM
@given(LEVELS, st.sampled_from([*VERSIONS, "", "x"]))
def test_whatever_a_room_says_about_power_can_be_read(
    levels: dict[str, object], version: str
) -> None:
    shared = room(version, levels, ("@ana:here",))

    assert isinstance(power.level(shared, "@ana:here"), int)
    assert isinstance(power.needed(shared, "m.room.name", state=True), int)
    assert power.may(shared, "@ana:here", "m.room.message") in (True, False)
