"""The safety door: who is named to whom, and a report that one person reads and nobody keeps."""

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib import import_module

import pytest
from tortoise.models import Model

from handlers.catalogue import CATALOGUE
from handlers.language import Change, House
from storage.bookings import Booking, Claim
from storage.database import MODELS
from storage.meetings import Meeting
from storage.members import Member
from storage.notes import SafetyContact
from storage.outbox import Owed
from storage.questions import Question
from storage.rooms import Room
from storage.searches import Search
from tests.handlers.played import PlayedHouse, PlayedRoom, person

SECRET = "zinnober"

PEOPLE = ("ana", "ben", "cleo", "mara", "tamsin", "rui", "zoe")


class Lakeside:
    """A congregation whose hosts are Mara and Zoe; Ana and Ben share a crew."""

    def __init__(self, house: PlayedHouse) -> None:
        self.house = house
        self.chats: dict[str, PlayedRoom] = {}

    async def begins(self) -> "Lakeside":
        self.space = await self.house.space("Lakeside", PEOPLE, moderators=["mara", "zoe"])
        self.crew = await self.house.crew("Kitchen", ["ana", "ben", "rui"])
        for who in PEOPLE:
            self.chats[who] = await self.house.private(who)
        return self

    async def says(self, who: str, *texts: str) -> list[str]:
        told: list[str] = []
        for text in texts:
            told = await self.chats[who].says(who, text)
        return told

    async def named(self, who: str) -> None:
        await self.says("mara", f"safety name {who}")
        await self.says(who, "yes")


async def lakeside(house: PlayedHouse, *named: str) -> Lakeside:
    found = await Lakeside(house).begins()
    for who in named:
        await found.named(who)
    return found


async def everywhere(word: str) -> list[str]:
    """Every table and column in which a word stands, as whoever holds the keys would read it."""
    found = []
    for module in MODELS:
        for model in vars(import_module(module)).values():
            if isinstance(model, type) and issubclass(model, Model) and model is not Model:
                for row in await model.all().values():
                    found += [f"{model.__name__}.{name}" for name in row if word in str(row[name])]
    return found


def carried_to(house: PlayedHouse, word: str) -> set[str]:
    """The lanes of every message that ever stood in the outbox with a word in it, also of those whose words are gone by now."""
    return {owed.lane for owed in house.owed if word in f"{owed.content} {owed.name} {owed.target}"}


def to(told: list[str], who: str) -> list[str]:
    """What was said into the private chat of somebody for whom there is none yet."""
    return [each for each in told if each.startswith(f"→ {who}:")]


# ------------------------------------------------------------------------------------------------ naming


@pytest.mark.requirement("R16")
async def test_a_contact_is_named_to_nobody_before_they_have_agreed_and_for_a_year(
    house: PlayedHouse,
) -> None:
    them = await lakeside(house)

    asked, told = await them.says("mara", "safety name Tamsin")
    [before] = await them.says("ana", "safety")
    thanks, *hosts = await them.says("tamsin", "yes")
    [after] = await them.says("ana", "safety")

    assert (
        "asks whether you would be a **safety contact** for the people of **Lakeside**, until **Monday 22 November 2027**"
        in asked
    )
    assert "at night without a ring" in asked
    assert told.startswith(
        "I ask **Tamsin** in private. With a yes it holds until **Monday 22 November 2027**"
    )
    assert "Tamsin" not in before
    assert "`safety withdraw` ends it at any time" in thanks
    assert [each.partition("\n")[0] for each in hosts] == [
        "**Tamsin** is a safety contact of **Lakeside** now, asked by **Mara**."
    ] * 2
    assert "Just now one person is named" in hosts[0]
    assert "[Tamsin](https://matrix.to/#/@tamsin:here), named by Lakeside" in after


@pytest.mark.requirement("R13")
async def test_who_does_not_want_to_be_named_is_told_to_the_one_who_asked_as_not_this_time(
    house: PlayedHouse,
) -> None:
    them = await lakeside(house)
    await them.says("mara", "safety name Tamsin")

    said, host = await them.says("tamsin", "no")

    assert said == "Good, and thank you for thinking about it."
    assert host == "**Tamsin**, as a safety contact of **Lakeside**: not this time."
    assert await SafetyContact.all().count() == 0


@pytest.mark.parametrize(
    ("until", "words"),
    [("1 june 2027", "Tuesday 1 June 2027"), ("1 june 2028", "Thursday 1 June 2028")],
)
async def test_a_term_can_be_named(house: PlayedHouse, until: str, words: str) -> None:
    them = await lakeside(house)

    assert words in (await them.says("mara", f"safety name Tamsin until {until}"))[-1]


async def test_a_term_of_more_than_two_years_is_refused(house: PlayedHouse) -> None:
    them = await lakeside(house)

    [told] = await them.says("mara", "safety name Tamsin until 1 june 2029")

    assert told.startswith("A term is at most 24 months")
    assert await SafetyContact.all().count() == 0


async def test_only_hosts_name_contacts(house: PlayedHouse) -> None:
    them = await lakeside(house)

    [told] = await them.says("ana", "safety name Tamsin")

    assert "those who moderate its space" in told
    assert await SafetyContact.all().count() == 0


async def test_a_contact_steps_back_in_one_action_and_the_hosts_hear_that_too_few_are_left(
    house: PlayedHouse,
) -> None:
    them = await lakeside(house, "tamsin", "cleo")

    *hosts, done = await them.says("tamsin", "safety withdraw")

    assert done.startswith("Done: you are named no more.")
    assert all(
        each.startswith("**Tamsin** is a safety contact of **Lakeside** no more.") for each in hosts
    )
    assert all("Just now one person is named" in each for each in hosts)
    assert len(hosts) == 2


async def test_a_host_replaces_a_contact_who_stays_until_the_other_has_agreed(
    house: PlayedHouse,
) -> None:
    them = await lakeside(house, "tamsin", "cleo")

    await them.says("mara", "safety replace Tamsin with Zoe")
    [still] = await them.says("ana", "safety")
    await them.says("zoe", "yes")
    [after] = await them.says("ana", "safety")

    assert "[Tamsin]" in still
    assert "[Zoe]" not in still
    assert "[Tamsin]" not in after
    assert "[Zoe]" in after


async def test_hosts_see_who_is_named_and_are_warned_when_all_of_them_host(
    house: PlayedHouse,
) -> None:
    them = await lakeside(house, "mara", "zoe")

    [told] = await them.says("mara", "safety contacts")

    assert "- Mara, until Monday 22 November 2027\n- Zoe, until Monday 22 November 2027" in told
    assert "All of them host this congregation" in told


async def test_a_term_ends_on_its_day_and_two_weeks_before_the_contact_is_asked(
    house: PlayedHouse,
) -> None:
    them = await lakeside(house, "tamsin")

    asked = await house.passes(until=datetime(2027, 11, 8, 12, tzinfo=UTC))
    over = await house.passes(until=datetime(2027, 11, 24, 12, tzinfo=UTC))

    assert "Would you go on for another year?" in asked[0]
    assert over[0] == "Your term as a safety contact of **Lakeside** is over, with thanks."
    assert over[1].startswith("**Tamsin**’s term as a safety contact of **Lakeside** is over.")
    assert await SafetyContact.all().count() == 0
    assert "Tamsin" not in (await them.says("ana", "safety"))[0]


async def test_a_yes_goes_on_for_a_year(house: PlayedHouse) -> None:
    them = await lakeside(house, "tamsin")
    await house.passes(until=datetime(2027, 11, 8, 12, tzinfo=UTC))

    assert (await them.says("tamsin", "yes"))[
        0
    ] == "Thank you: until **Wednesday 22 November 2028**."
    assert await house.passes(until=datetime(2027, 11, 24, 12, tzinfo=UTC)) == []
    [row] = await SafetyContact.all()
    assert row.until.year == 2028


async def test_whoever_leaves_the_congregation_is_named_no_more(house: PlayedHouse) -> None:
    them = await lakeside(house, "tamsin", "cleo")

    told = await them.space.leaves("tamsin")

    assert len(told) == 2
    # By what she called herself in a room that she has left she is called no more.
    assert "**tamsin** is a safety contact of **Lakeside** no more." in told[0]
    assert "[Tamsin]" not in (await them.says("ana", "safety"))[0]


# ------------------------------------------------------------------------------------------------- door


@pytest.mark.requirement("R19")
async def test_the_door_is_one_word_away_and_help_shows_it(house: PlayedHouse) -> None:
    them = await lakeside(house, "tamsin", "cleo")

    [helped] = await them.says("ana", "help")
    [door] = await them.says("ana", "safety")

    assert helped.endswith("🛟 `safety` shows people outside your crews whom you can turn to.")
    assert "1️⃣ [Cleo](https://matrix.to/#/@cleo:here), named by Lakeside" in door
    assert "2️⃣ [Tamsin](https://matrix.to/#/@tamsin:here), named by Lakeside" in door
    assert "If it is about one of them, choose another." in door
    assert "**If somebody is in danger now**, call the emergency number" in door


@pytest.mark.requirement("R19")
@pytest.mark.parametrize(
    "said",
    [
        "help me, I am afraid",
        "I don't feel safe",
        "I am being harassed",
        "sos",
        "safety please",
        "report abuse",
    ],
)
async def test_plain_words_open_it_too(house: PlayedHouse, said: str) -> None:
    them = await lakeside(house, "tamsin", "cleo")

    [door] = await them.says("ana", said)

    assert "[Tamsin]" in door
    assert "[Cleo]" in door


@pytest.mark.requirement("R19")
async def test_nobody_is_sent_to_somebody_of_their_own_crews_nor_to_themselves(
    house: PlayedHouse,
) -> None:
    them = await lakeside(house, "rui", "tamsin", "cleo")

    [ana] = await them.says("ana", "safety")
    [tamsin] = await them.says("tamsin", "safety")

    assert "[Rui]" not in ana
    assert "[Tamsin]" not in tamsin
    assert "[Rui]" in tamsin


@pytest.mark.requirement("R19")
async def test_who_belongs_to_nothing_finds_those_whom_the_operator_names(
    house: PlayedHouse,
) -> None:
    house.house = replaced(house, "@jo:here", "@lee:there")
    nobody = await house.private("pia")
    await house.private("jo")

    [door] = await nobody.says("pia", "safety")

    # By the name of their chat with us; whoever has none goes by what stands in their id.
    assert "[Jo](https://matrix.to/#/@jo:here)" in door
    assert "[lee](https://matrix.to/#/@lee:there)" in door


@pytest.mark.requirement("R19")
async def test_who_is_of_several_congregations_finds_the_contacts_of_each_and_of_all(
    house: PlayedHouse,
) -> None:
    them = await lakeside(house, "tamsin")
    house.house = replaced(house, person("zoe"))
    await house.space("Harbour", ["ana", "cleo"], moderators=["cleo"])
    await them.says("cleo", "safety name Cleo", "yes")

    [door] = await them.says("ana", "safety")

    assert "[Cleo](https://matrix.to/#/@cleo:here), named by Harbour" in door
    assert "[Tamsin](https://matrix.to/#/@tamsin:here), named by Lakeside" in door
    assert "[Zoe](https://matrix.to/#/@zoe:here)\n" in door


async def test_where_nobody_is_named_it_is_said_and_a_host_reads_what_mends_it(
    house: PlayedHouse,
) -> None:
    them = await lakeside(house)

    [ana] = await them.says("ana", "safety")
    [mara] = await them.says("mara", "safety")

    assert ana.startswith("Nobody outside your crews is named to me")
    assert "call the emergency number" in ana
    assert "`safety name Tamsin` asks somebody" not in ana
    assert "You host **Lakeside**: `safety name Tamsin` asks somebody" in mara


async def test_in_a_room_the_door_opens_in_private_and_the_room_learns_nothing(
    house: PlayedHouse,
) -> None:
    them = await lakeside(house, "tamsin", "cleo")

    before = len(house.owed)

    gone, door = await them.crew.says("ana", "!safety", key="$typed")

    assert gone == "⌫ $typed"
    assert "[Tamsin]" in door
    assert (
        "*I have taken back what you typed in **Kitchen**; somebody may have seen it before.*"
        in door
    )
    told = {owed.lane for owed in house.owed[before:] if owed.deed != "redact"}
    assert told == {them.chats["ana"].id}


@pytest.mark.requirement("R19")
@pytest.mark.parametrize(
    "said",
    [
        "safety",
        "I am afraid",
        "reflect",
        "parts",
        "money",
        "pathway",
        "partnership with ben",
        "dyad ben",
        "one-to-one",
        "pairing not with ben",
        "welcome me",
        "energy 3",
        "say no",
        "with ben no",
    ],
)
async def test_what_is_nobodys_but_its_speakers_is_taken_back_where_many_read_and_answered_in_private(
    house: PlayedHouse, said: str
) -> None:
    them = await lakeside(house, "tamsin", "cleo")
    before = len(house.owed)

    gone, *_told = await them.crew.says("ana", f"!{said}", key="$typed")

    assert gone == "⌫ $typed"
    assert {each.lane for each in house.owed[before:] if each.deed != "redact"} == {
        them.chats["ana"].id
    }


@pytest.mark.requirement("R19")
async def test_where_we_may_take_nothing_back_the_private_answer_says_that_it_stands_there(
    house: PlayedHouse,
) -> None:
    them = await lakeside(house, "tamsin", "cleo")
    await Room.filter(id=them.crew.id).update(power={"users": {}})

    [door] = await them.crew.says("ana", "!safety")
    [dyad] = await them.crew.says("ana", "!dyad ben")

    for told in (door, dyad):
        assert told.endswith(
            "*What you typed stands in **Kitchen**, where all can read it, and I cannot take it back. You can delete it there.*"
        )
    assert house.owed[-1].lane == them.chats["ana"].id


# ----------------------------------------------------------------------------------------------- report


async def reported(them: Lakeside, *, sign: str = "✅") -> list[str]:
    await them.says("ana", "safety")
    await them.chats["ana"].taps("ana", "2️⃣")
    await them.says("ana", f"Ben {SECRET} me after the meeting")
    return await them.chats["ana"].taps("ana", sign)


@pytest.mark.requirement("R20")
async def test_a_report_goes_to_the_one_who_was_chosen_and_to_nobody_else(
    house: PlayedHouse,
) -> None:
    them = await lakeside(house, "tamsin", "cleo")
    before = len(house.owed)

    arrived, told = await reported(them)

    assert arrived.startswith("🛟 **Ana** writes to you as a safety contact:")
    assert f"> Ben {SECRET} me after the meeting" in arrived
    assert told.startswith("It is in **Tamsin**’s chat with me now")
    lanes = {owed.lane for owed in house.owed[before:] if SECRET in str(owed.content)}
    assert lanes == {them.chats["ana"].id, them.chats["tamsin"].id}
    new = {owed.lane for owed in house.owed[before:]}
    assert new == lanes


@pytest.mark.requirement("R20")
async def test_of_a_report_no_row_is_left_no_case_no_points_and_no_meeting(
    house: PlayedHouse,
) -> None:
    them = await lakeside(house, "tamsin", "cleo")
    hours = await house.hours()

    await reported(them)

    assert await everywhere(SECRET) == []
    assert carried_to(house, SECRET) == {them.chats["ana"].id, them.chats["tamsin"].id}
    for table in (Question, Booking, Claim, Meeting, Search):
        assert await table.all().count() == 0
    assert await house.hours() == hours
    carried = [row for row in await Owed.all() if row.lane == them.chats["tamsin"].id]
    assert all(row.asker is None for row in carried[-2:])
    assert not any("ana" in str(value) for row in carried[-2:] for value in vars(row).values())


@pytest.mark.requirement("R20")
async def test_a_report_at_night_goes_at_once_and_rings_nobody(house: PlayedHouse) -> None:
    them = await lakeside(house, "tamsin", "cleo")
    house.now = datetime(2026, 11, 24, 2, tzinfo=UTC)

    arrived, _told = await reported(them)

    assert SECRET in arrived
    [row] = [
        each
        for each in house.owed
        if SECRET in str(each.content) and each.lane == them.chats["tamsin"].id
    ]
    assert (row.content or {})["mention"] == []


@pytest.mark.requirement("R20")
async def test_a_report_can_go_without_a_name_and_be_answered_all_the_same(
    house: PlayedHouse,
) -> None:
    them = await lakeside(house, "tamsin", "cleo")

    arrived, _told = await reported(them, sign="🕶️")
    await them.chats["tamsin"].taps("tamsin", "✏️")
    back, said = await them.says("tamsin", "I believe you. Shall we speak?")
    again, _said = await them.chats["ana"].says(
        "ana", "Yes please", on=them.chats["ana"].tappable()
    )

    assert "Ana" not in arrived
    assert back.startswith("**Tamsin** answers you:\n\n> I believe you")
    assert said == (
        "Taken for them: it is in their chat with me now, unless they take no words from you just now. I have not kept it."
    )
    assert again.startswith("Somebody answers you:\n\n> Yes please")
    assert "Ana" not in again


@pytest.mark.requirement("R20")
async def test_a_contact_answers_by_a_reply_and_nothing_of_it_is_kept(house: PlayedHouse) -> None:
    them = await lakeside(house, "tamsin", "cleo")
    await reported(them)

    back, said = await them.chats["tamsin"].says(
        "tamsin", f"I am here, {SECRET}", on=them.chats["tamsin"].tappable()
    )

    assert back.startswith("**Tamsin** answers you:")
    assert said.startswith("Taken for **Ana**: it is in their chat with me now, unless")
    assert await everywhere(SECRET) == []
    assert carried_to(house, SECRET) == {them.chats["ana"].id, them.chats["tamsin"].id}


async def test_nobody_else_can_answer_a_word_that_was_carried(house: PlayedHouse) -> None:
    them = await lakeside(house, "tamsin", "cleo")
    await reported(them)
    name = them.chats["tamsin"].tappable()

    told = await them.chats["ben"].says("ben", "who are you?", on=name)

    assert "shares no room with me any more, so nothing was sent" in told[0]


@pytest.mark.requirement("R20")
async def test_a_contact_who_has_left_their_chat_is_not_written_to_and_the_reporter_hears_it_at_once(
    house: PlayedHouse,
) -> None:
    them = await lakeside(house, "tamsin", "cleo")
    await them.says("ana", "safety")
    await them.chats["ana"].taps("ana", "2️⃣")
    await them.says("ana", f"{SECRET}")
    await them.chats["tamsin"].leaves("tamsin")

    [told] = await them.chats["ana"].taps("ana", "✅")

    assert told.startswith("I can't reach **Tamsin** just now, so nothing was sent.")
    assert "You can [write to them yourself](https://matrix.to/#/@tamsin:here)." in told
    assert "`safety` shows whom else you can turn to." in told
    assert "emergency number" in told
    assert await everywhere(SECRET) == []
    assert carried_to(house, SECRET) <= {them.chats["ana"].id}


async def test_a_contact_without_a_chat_is_numbered_like_all_and_written_to_without_us(
    house: PlayedHouse,
) -> None:
    them = await lakeside(house, "tamsin", "cleo")
    await them.chats["cleo"].leaves("cleo")

    [door] = await them.says("ana", "safety")
    [told] = await them.says("ana", "1")
    [asked] = await them.says("ana", "2")

    assert "1️⃣ [Cleo]" in door
    assert "2️⃣ [Tamsin]" in door
    assert told.startswith(
        "I can't reach **Cleo** just now, so nothing was sent. You can [write to them yourself]"
    )
    assert "Another number chooses somebody else." in told
    assert asked.startswith("**What shall Tamsin read?**")


@pytest.mark.parametrize("way", ["✋", "stop"])
async def test_until_the_last_moment_it_can_be_left_and_nothing_is_kept(
    house: PlayedHouse, way: str
) -> None:
    them = await lakeside(house, "tamsin", "cleo")
    await them.says("ana", "safety", "2", f"about {SECRET}")

    await them.says("ana", way)

    assert await everywhere(SECRET) == []
    assert carried_to(house, SECRET) <= {them.chats["ana"].id}
    assert await Question.all().count() == 0


async def test_the_words_can_be_changed_before_they_go(house: PlayedHouse) -> None:
    them = await lakeside(house, "tamsin", "cleo")
    await them.says("ana", "safety", "2", f"about {SECRET}", "change")
    shown, _asked = await them.says("ana", "in other words")
    arrived, _told = await them.says("ana", "send")

    assert "> in other words" in shown
    assert "> in other words" in arrived
    assert SECRET not in arrived


async def test_a_name_from_the_list_chooses_as_well_as_a_number(house: PlayedHouse) -> None:
    them = await lakeside(house, "tamsin", "cleo")
    await them.says("ana", "safety")

    assert "What shall Tamsin read?" in (await them.says("ana", "Tamsin"))[0]


async def test_whoever_is_a_contact_no_more_is_not_written_to(house: PlayedHouse) -> None:
    them = await lakeside(house, "tamsin", "cleo")
    await them.says("ana", "safety", "2", SECRET)
    await them.says("tamsin", "safety withdraw")

    [told] = await them.says("ana", "send")

    assert told.startswith("**Tamsin** is no contact of yours any more, so nothing was sent.")


@pytest.mark.requirement("R20")
@pytest.mark.parametrize("who", ["ben", "mara", "rui", "cleo"])
async def test_no_command_export_or_help_of_anybody_else_tells_of_a_report(
    house: PlayedHouse, who: str
) -> None:
    them = await lakeside(house, "tamsin", "cleo")
    await reported(them)
    before = len(house.owed)

    for text in (
        "export",
        "status",
        "safety",
        "safety contacts",
        "help",
        "help all",
        "about",
        "reports",
        "ana",
        f"reports {SECRET}",
    ):
        await them.says(who, text)
        await them.says(who, "stop")
    for text in ("!status", "!safety", "!record", "!points"):
        await them.crew.says(who, text)

    for owed in house.owed[before:]:
        content = dict(owed.content or {})
        data = base64.b64decode(str(content["data"])).decode() if "data" in content else ""
        answer = str({**content, "data": data}).replace(f"reports {SECRET}", "")
        assert "after the meeting" not in answer
        assert "writes to you" not in answer


async def test_export_tells_a_contact_what_they_agreed_to_and_forget_me_ends_it(
    house: PlayedHouse,
) -> None:
    them = await lakeside(house, "tamsin", "cleo")
    await them.says("tamsin", "export")
    content = next(owed for owed in reversed(house.owed) if owed.deed == "file").content
    found = json.loads(base64.b64decode(str((content or {})["data"])))

    told = await them.says("tamsin", "forget me", "yes")

    assert found["safety_contact_for"] == [
        {"congregation": "Lakeside", "agreed": True, "until": "2027-11-22"}
    ]
    assert any("**Tamsin** is a safety contact of **Lakeside** no more." in each for each in told)
    assert [row.person for row in await SafetyContact.all()] == [person("cleo")]


def replaced(house: PlayedHouse, *contacts: str) -> House:
    """The same house, whose operator names contacts for everybody."""
    return replace(house.house, safety_contacts=contacts)


@pytest.mark.requirement("R19")
@pytest.mark.parametrize("inquiry", sorted(CATALOGUE.inquiries))
async def test_whatever_is_being_asked_in_private_the_door_opens(
    house: PlayedHouse, inquiry: str
) -> None:
    them = await lakeside(house, "tamsin", "cleo")
    await Question.create(
        room=them.chats["ana"].id,
        person="@ana:here",
        inquiry=inquiry,
        data={},
        until=house.now + timedelta(days=1),
    )

    [door] = await them.says("ana", "safety")

    assert "[Tamsin]" in door


# ------------------------------------------------------------------------------------------ odd names


@pytest.mark.parametrize("odd", ["…", "!!!", "🌻"])
async def test_a_contact_with_an_odd_name_breaks_the_door_for_nobody(
    house: PlayedHouse, odd: str
) -> None:
    them = await lakeside(house, "tamsin", "zoe")
    await Member.filter(room=them.space.id, person=person("tamsin")).update(name=odd)
    await them.says("ana", "safety")

    [lost] = await them.says("ana", "somebody frightens me")
    [asked] = await them.says("ana", "zoe")

    assert lost.startswith("A number from the list, or a name on it, chooses whom.")
    assert asked.startswith("**What shall Zoe read?**")


async def test_where_two_contacts_have_one_name_it_is_asked_which(house: PlayedHouse) -> None:
    them = await lakeside(house, "tamsin", "zoe")
    for who, given in (("tamsin", "Kim Adler"), ("zoe", "Kim Brook")):
        await Member.filter(room=them.space.id, person=person(who)).update(name=given)
    await them.says("ana", "safety")

    [which] = await them.says("ana", "kim")
    [asked] = await them.says("ana", "2")

    assert which.startswith("More than one is called that: 1 Kim Adler · 2 Kim Brook.")
    assert asked.startswith("**What shall Kim Brook read?**")


async def test_a_whole_name_chooses_though_another_begins_with_it(house: PlayedHouse) -> None:
    them = await lakeside(house, "tamsin", "zoe")
    for who, given in (("tamsin", "Kim"), ("zoe", "Kim Brook")):
        await Member.filter(room=them.space.id, person=person(who)).update(name=given)
    await them.says("ana", "safety")

    assert (await them.says("ana", "kim"))[0].startswith("**What shall Kim read?**")


async def test_the_name_that_was_shown_is_the_name_that_is_said_until_it_is_sent(
    house: PlayedHouse,
) -> None:
    them = await lakeside(house, "tamsin", "zoe")
    await house.room("AAA", ["tamsin"])
    await Member.filter(room="!aaa:here", person=person("tamsin")).update(name="Zoe")
    told = "".join(await them.says("ana", "safety"))
    assert "1️⃣ [Tamsin]" in told

    for line in ("1", "help", "change", "help me", "send"):
        told = "".join(await them.says("ana", line))
        assert "Zoe" not in told
    assert "It is in **Tamsin**’s chat with me now" in told


# ------------------------------------------------------------------------- what hosts hear of each other


async def test_a_host_takes_nobodys_name_back_without_the_other_hosts_hearing_who_did(
    house: PlayedHouse,
) -> None:
    them = await lakeside(house, "tamsin", "rui")
    before = len(house.owed)

    await them.says("mara", "safety withdraw tamsin")

    [told] = [
        str((each.content or {})["text"])
        for each in house.owed[before:]
        if each.lane == them.chats["zoe"].id
    ]
    assert told.startswith(
        "**Tamsin** is a safety contact of **Lakeside** no more: **Mara** took the name back."
    )


async def test_a_name_that_takes_the_place_of_another_is_told_to_all_hosts_with_who_asked(
    house: PlayedHouse,
) -> None:
    them = await lakeside(house, "tamsin", "cleo")
    await them.says("mara", "safety replace tamsin with rui")

    told = await them.says("rui", "yes")

    words = "**Rui** is a safety contact of **Lakeside** now, asked by **Mara**, in the place of **Tamsin**."
    assert len([each for each in told if each.startswith(words)]) == 2


async def test_of_somebody_who_was_only_asked_no_host_hears_that_it_was_taken_back(
    house: PlayedHouse,
) -> None:
    them = await lakeside(house, "rui", "cleo")
    await them.says("mara", "safety name tamsin")

    assert await them.says("mara", "safety withdraw tamsin") == [
        "Done: **Tamsin** is named no more."
    ]


async def test_when_a_congregation_is_released_its_contacts_hear_that_they_are_named_no_more(
    house: PlayedHouse,
) -> None:
    them = await lakeside(house, "tamsin")

    told = await them.space.reports(Change.REMOVED)

    assert (
        "I look after **Lakeside** no more, so you are a safety contact of it no more, with thanks."
        in told
    )
    assert not await SafetyContact.exists()


@pytest.mark.requirement("R13")
@pytest.mark.parametrize("between", ["safety withdraw ana", "help"])
async def test_a_host_asks_the_same_person_once_in_a_season_whatever_is_withdrawn(
    house: PlayedHouse, between: str
) -> None:
    them = await lakeside(house)
    for _ in range(4):
        await them.says("mara", "safety name ana")
        if between == "help":
            await them.says("ana", "no")
        [told] = await them.says("mara", between, "safety name ana")

    asked = [
        each
        for each in house.owed
        if each.lane == "!private-ana:here" and "would be a **safety" in str(each.content)
    ]
    assert len(asked) == 1
    assert told.startswith("You have asked **Ana** within the last 90 days")
    assert await SafetyContact.all().count() == 0


@pytest.mark.requirement("R13")
async def test_of_whoever_never_answers_or_was_never_asked_the_host_hears_the_words_of_a_no(
    house: PlayedHouse,
) -> None:
    them = await lakeside(house)
    await them.says("ana", "pairing not with mara")
    since = len(house.owed)
    first = await them.says("mara", "safety name ana")
    second = await them.says("mara", "safety name ben")
    again = await them.says("mara", "safety name ben")
    assert not [each for each in house.owed[since:] if each.lane == "!private-ana:here"]
    assert await SafetyContact.all().count() == 2

    told = await house.passes(timedelta(days=16))

    words = "**{}**, as a safety contact of **Lakeside**: not this time."
    assert first[-1].replace("Ana", "Ben") == second[-1]
    assert again == [
        "**Ben** was asked already, and has two weeks to think about it. Nothing was changed."
    ]
    assert [each for each in told if "safety contact" in each] == [
        words.format("Ana"),
        words.format("Ben"),
    ]
    assert await SafetyContact.all().count() == 0
    # Another host can ask, and a yes counts as ever.
    await them.says("zoe", "safety name ben")
    await them.says("ben", "yes")
    await house.passes(timedelta(days=30))
    assert (await SafetyContact.get()).agreed


@pytest.mark.requirement("R12")
async def test_a_host_who_is_forgotten_leaves_nobody_asked_for_ever(house: PlayedHouse) -> None:
    them = await lakeside(house)
    await them.says("mara", "safety name ana", "forget me", "yes")
    assert await SafetyContact.all().count() == 1

    told = await house.passes(timedelta(days=16))

    assert await SafetyContact.all().count() == 0
    assert not [each for each in told if "not this time" in each]
