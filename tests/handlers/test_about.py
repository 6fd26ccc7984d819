"""Help, about, ping and status: who the daemon is and what it keeps, in each kind of room."""

import pytest

from handlers.catalogue import CATALOGUE
from handlers.house import keeping
from practices.circles import RoomKind
from tests.handlers.played import PlayedHouse


@pytest.mark.parametrize("kind", [kind for kind in RoomKind if kind is not RoomKind.ASSEMBLY])
async def test_all_of_help_lists_exactly_what_fits_the_room(
    house: PlayedHouse, kind: RoomKind
) -> None:
    private_with = "@ana:here" if kind is RoomKind.PRIVATE else None
    room = await house.room("Hall", ["ana"], kind=kind, private_with=private_with)

    [told] = await room.says("ana", "!help all")

    prefix = "" if kind is RoomKind.PRIVATE else "!"
    for found in CATALOGUE.commands.values():
        assert (f"- `{prefix}{found.name}`: {found.help}" in told) is (kind in found.kinds)


async def test_help_explains_one_word_by_any_of_its_names(house: PlayedHouse) -> None:
    crew = await house.crew()

    by_name = await crew.says("ana", "!help quiet")
    by_alias = await crew.says("ana", "!help !mute")

    assert by_name == by_alias
    assert "For example `!quiet 22:00-07:00`" in by_name[0]
    assert "Also: `!mute`, `!silence`" in by_name[0]


async def test_help_for_an_unknown_word_suggests_a_known_one(house: PlayedHouse) -> None:
    crew = await house.crew()

    [told] = await crew.says("ana", "!help rythm")

    assert told == (
        "There is no command “rythm”, and no practice of that name. Did you mean **rhythm**?\n\n"
        "`!help all` lists what fits here."
    )


async def test_about_says_what_is_kept_and_what_is_never_done(house: PlayedHouse) -> None:
    crew = await house.crew()

    [told] = await crew.says("ana", "!about")

    assert f"Of a circle {keeping.IN_SHORT}" in told
    assert "I never record what is said, rank anybody, decide anything, hold money" in told
    assert "`!about all` is the whole list." in told
    assert "when any one of you says `!release`" in told


async def test_ping_says_the_words_back_unchanged(house: PlayedHouse) -> None:
    crew = await house.crew()

    assert await crew.says("ana", "!ping") == ["pong"]
    assert await crew.says("ana", "!ping don't *panic* @room") == [
        "pong don\\'t \\*panic\\* \\@room"
    ]


async def test_status_in_a_room_that_is_not_looked_after_keeps_nothing(house: PlayedHouse) -> None:
    hall = await house.room("Hall", ["ana", "ben", "cleo"])

    assert "nothing of it is kept" in (await hall.says("ana", "!status"))[0]


async def test_status_of_a_crew_tells_its_rhythm_changes_and_what_is_kept(
    house: PlayedHouse,
) -> None:
    crew = await house.crew()
    await crew.says("ana", "!rhythm third thursday 19:00")
    await crew.taps("ana", "✅")
    await crew.says("ana", "!settings ask-hours 48")
    for who in ("ana", "ben", "cleo"):
        await crew.taps(who, "✅")

    [told] = await crew.says("ana", "!status")

    assert "This is a **crew** of 3." in told
    assert "It meets **every third Thursday of the month, 19:00**, Europe/Rome." in told
    assert "The next meeting is **Thursday 17 December, 19:00**." in told
    assert "Changed by you together: ask\\-hours: 48." in told


async def test_status_of_a_room_without_meetings_does_not_speak_of_any(house: PlayedHouse) -> None:
    square = await house.room("Square", ["ana"], kind=RoomKind.PROTOCOL)

    assert "rhythm" not in (await square.says("ana", "!status"))[0]


@pytest.mark.requirement("R9")
async def test_status_in_private_tells_only_what_is_ones_own(house: PlayedHouse) -> None:
    crew, private = await house.crew(), await house.private("ana")
    other = await house.crew("Secret Crew", people=["ben", "cleo", "dan"])
    for room, who in ((crew, "ana"), (other, "ben")):
        await room.says(who, "!rhythm third thursday 19:00")
        await room.taps(who, "✅")

    [told] = await private.says("ana", "status")

    assert "Your time zone is **Europe/Rome**, where it is Sunday 22 November, 10:00." in told
    assert "You have 0 reminders in this chat" in told
    assert "**Kitchen Crew** meets Thursday 17 December, 19:00." in told
    assert "Secret" not in told


async def test_nobody_is_called_by_their_id(house: PlayedHouse) -> None:
    crew, private = await house.crew(), await house.private("ana")
    await crew.says("ana", "!rhythm third thursday 19:00")
    await crew.taps("ana", "✅")
    for text in (
        "!status",
        "!about",
        "!help",
        "!when",
        "!settings",
        "!coming",
        "!skip",
        "!release",
    ):
        await crew.says("ana", text)
    for text in ("status", "reminders", "quiet", "timezone", "forget me", "coming quietly"):
        await private.says("ana", text)

    assert not [o for o in house.owed if ":here" in str((o.content or {}).get("text", ""))]
