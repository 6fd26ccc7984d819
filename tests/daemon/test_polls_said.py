"""What leaves for the homeserver when a poll, its end, or a picture of its result is owed."""

import asyncio
import json
import threading
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nio.crypto.attachments import decrypt_attachment

from daemon import text
from daemon.keyring import Keyring
from daemon.matrix import Json, Refusal
from daemon.rooms import Rooms
from daemon.settle import settle
from daemon.speak import Speaker
from handlers.language import (
    MOST_OPTIONS,
    Call,
    Catalogue,
    Command,
    Effect,
    Effects,
    EndPoll,
    Gather,
    House,
    Picture,
    Poll,
)
from practices.polls.chart import (
    Bar,
    Bars,
    Cell,
    Chart,
    Gradient,
    Heat,
    Shape,
    Slot,
    Table,
    as_json,
    from_json,
)
from storage.inbox import Heard, Kind
from storage.outbox import Deed, Delivery, Owed
from storage.rooms import Room

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
ME = "@kinkeeper:here"
PNG = b"\x89PNG\r\n\x1a\n and what follows"

CHARTS: list[Chart] = [
    Bars(
        title="Where to?",
        bars=(Bar(label="Lake", value=5, words="5 of 12", shape=Shape.RING, marked=True),),
        of=12,
        foot="12 of 30",
    ),
    Gradient(title="Gate", bars=(Bar(label="Support", value=2.5, words="2", lean=0.5),)),
    Table(
        title="Seats",
        columns=("1", "2"),
        rows=(
            (
                "Ana",
                (Cell(words="3"), Cell(words="4")),
            ),
        ),
    ),
    Heat(title="When", slots=(Slot(label="Mon", yes=2, if_need_be=1, no=0, best=True),), of=3),
]


class Standing:
    """A clock that stands."""

    def now(self) -> datetime:
        """Always the same."""
        return NOW

    def happened(self, _milliseconds: object) -> datetime:
        """Always the same."""
        return NOW


class Post:
    """A homeserver that keeps what it is sent."""

    def __init__(self, *, takes_files: bool = True) -> None:
        self.sent: list[tuple[str, Json]] = []
        self.files: dict[str, tuple[bytes, str]] = {}
        self._takes_files = takes_files

    async def request(
        self, _method: str, where: str, body: Json | None = None, **_more: Any
    ) -> Json:
        """Take an event."""
        parts = unquote(where).split("/")
        assert parts[-3] == "send"
        self.sent.append((parts[-2], body or {}))
        return {"event_id": f"${len(self.sent)}"}

    async def upload(self, data: bytes, mime: str) -> str:
        """Take a file, or not."""
        if not self._takes_files:
            raise Refusal(413, "M_TOO_LARGE", "no files here")
        address = f"mxc://here/{len(self.files)}"
        self.files[address] = data, mime
        return address


class Envelope:
    """Encrypts nothing, but knows what it was given."""

    async def seal(
        self, _room: str, event_type: str, content: Mapping[str, Any], **_among: object
    ) -> Json:
        """The event, to be read by a test, with its relation outside."""
        clear = {"type": event_type, "content": dict(content)}
        outside = {key: content[key] for key in ("m.relates_to",) if key in content}
        return {"clear": clear, **outside}


class Drawn:
    """A picture."""

    def __init__(self) -> None:
        self.png, self.width, self.height = PNG, 640, 360
        self.charts: list[Chart] = []
        self.threads: set[int] = set()

    def draw(self, chart: Chart) -> Any:
        """Itself."""
        self.charts.append(chart)
        self.threads.add(threading.get_ident())
        return self


def undrawable(_chart: Chart) -> Any:
    """Nothing can be drawn today."""
    raise ZeroDivisionError


async def owed(*effects: Effect, thread: str | None = None) -> None:
    """What a feature says that answers with these effects."""

    async def answer(call: Call) -> Effects:
        return effects

    catalogue = Catalogue()
    catalogue.commands["ask"] = catalogue.words["ask"] = Command(
        name="ask", help="ask", example="ask", answer=answer
    )
    number = await Heard.all().count()
    row = await Heard.create(
        key=f"$event{number}",
        kind=Kind.MESSAGE,
        room="!room",
        sender="@ana:here",
        at=NOW,
        content={"text": "!ask", "thread": thread},
    )
    await settle(row, House(me=ME, catalogue=catalogue, keys=Keyring(bytes(32))), NOW)


async def delivered(
    homeserver: Post, *, encrypted: bool = False, draw: Any = undrawable
) -> list[tuple[str, Json]]:
    """Everything that is owed leaves; type and content of each event, read as their reader does."""
    rooms = Rooms()
    rooms.keep(Room(id="!room", joined=True, encrypted=encrypted))
    way: Any = homeserver
    envelope: Any = Envelope()
    async with asyncio.timeout(20), asyncio.TaskGroup() as group:
        may_speak = asyncio.Event()
        may_speak.set()
        speaker = Speaker(
            way,
            Standing(),
            rooms,
            me=ME,
            encryption=envelope,
            group=group,
            may_speak=may_speak,
            on_sent=lambda _lane: None,
            on_wedged=_unwanted,
            on_made=_unwanted,
            on_removed=_unwanted,
            on_gather=_unwanted,
            draw=draw,
            on_private=lambda _person: None,
        )
        await speaker.resume()
    if not encrypted:
        return homeserver.sent
    assert {event_type for event_type, _ in homeserver.sent} == {"m.room.encrypted"}
    return [(body["clear"]["type"], body["clear"]["content"]) for _, body in homeserver.sent]


async def _unwanted(*happened: Any) -> None:
    raise AssertionError(happened)


@pytest.fixture(autouse=True)
async def room(database: str) -> None:
    """A room that we are in."""
    await Room.create(id="!room", joined=True)


LUNCH = Poll(name="form:4", question="What shall we cook?", options=("Soup", "Bread", "Cake"))


@pytest.mark.parametrize("encrypted", [False, True])
async def test_a_poll_is_sent_as_element_draws_it_and_readable_for_everybody_else(
    encrypted: bool,
) -> None:
    await owed(LUNCH)

    [(event_type, content)] = await delivered(Post(), encrypted=encrypted)

    assert event_type == "org.matrix.msc3381.poll.start"
    poll = content["org.matrix.msc3381.poll.start"]
    assert poll["question"]["org.matrix.msc1767.text"] == "What shall we cook?"
    assert [(each["id"], each["org.matrix.msc1767.text"]) for each in poll["answers"]] == [
        ("1", "Soup"),
        ("2", "Bread"),
        ("3", "Cake"),
    ]
    assert (poll["max_selections"], poll["kind"]) == (1, "org.matrix.msc3381.poll.disclosed")
    words = "What shall we cook?\n1. Soup\n2. Bread\n3. Cake"
    assert content["body"] == content["org.matrix.msc1767.text"] == words
    assert content["m.mentions"] == {}


async def test_a_poll_that_shows_no_sums_says_so() -> None:
    await owed(Poll(name="form:4", question="?", options=("a",), disclosed=False))

    [(_, content)] = await delivered(Post())

    poll = content["org.matrix.msc3381.poll.start"]
    assert poll["kind"] == "org.matrix.msc3381.poll.undisclosed"


async def test_how_many_options_a_poll_has_is_known_after_what_it_held_is_forgotten() -> None:
    await owed(LUNCH)
    await delivered(Post())

    row = await Owed.get(name="form:4")

    assert (row.deed, row.target, row.content, row.event_id) == (Deed.POLL, "3", None, "$1")


@pytest.mark.parametrize("options", [(), ("x",) * (MOST_OPTIONS + 1)])
def test_a_poll_that_no_client_would_show_cannot_be_asked(options: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="a poll has"):
        Poll(name="form:4", question="?", options=options)


@settings(derandomize=True, max_examples=60)
@given(
    st.text(max_size=2000),
    st.lists(st.text(max_size=2000), min_size=1, max_size=MOST_OPTIONS),
)
def test_no_poll_is_larger_than_a_homeserver_takes_or_rings_a_room(
    question: str, options: list[str]
) -> None:
    content = text.poll(f"@room {question}", options, disclosed=True)

    written = json.dumps(content, ensure_ascii=False)
    assert "@room" not in written
    assert len(content[text.POLL_START]["answers"]) == len(options)


def test_the_largest_poll_fits_into_an_encrypted_event() -> None:
    content = text.poll("🫶" * 2000, ["🫶" * 2000] * MOST_OPTIONS, disclosed=True)
    clear = json.dumps({"type": text.POLL_START, "content": content})

    assert len(clear) * 4 / 3 < 63_000


@pytest.mark.parametrize("encrypted", [False, True])
async def test_an_end_names_the_poll_and_what_came_out(encrypted: bool) -> None:
    homeserver = Post()
    await owed(LUNCH)
    await owed(EndPoll(name="form:4", text="**Soup**, with 3 of 4."))

    [_, (event_type, content)] = await delivered(homeserver, encrypted=encrypted)

    assert event_type == "org.matrix.msc3381.poll.end"
    assert content["m.relates_to"] == {"rel_type": "m.reference", "event_id": "$1"}
    assert homeserver.sent[1][1]["m.relates_to"] == content["m.relates_to"]
    assert content["org.matrix.msc3381.poll.end"] == {}
    assert content["org.matrix.msc1767.text"] == content["body"] == "Soup, with 3 of 4."


async def test_the_end_of_a_poll_that_was_never_said_is_nothing() -> None:
    await owed(EndPoll(name="form:4", text="Soup."))

    assert await delivered(Post()) == []
    assert (await Owed.get(deed=Deed.END)).state is Delivery.SENT


async def test_a_picture_is_drawn_beside_the_loop_and_says_in_words_what_it_shows() -> None:
    homeserver, drawn = Post(), Drawn()
    await owed(Picture(chart=CHARTS[0], alt="Lake: 5 of 12. @room", name="result:4"))

    [(event_type, content)] = await delivered(homeserver, draw=drawn.draw)

    assert event_type == "m.room.message"
    assert (content["msgtype"], content["body"]) == ("m.image", "Lake: 5 of 12. @\u200broom")
    assert "filename" not in content  # else what it shows would be drawn as a caption, too
    assert content["info"] == {"mimetype": "image/png", "size": len(PNG), "w": 640, "h": 360}
    assert homeserver.files[content["url"]] == (PNG, "image/png")
    assert drawn.charts == [CHARTS[0]]
    assert threading.get_ident() not in drawn.threads
    assert (await Owed.get(name="result:4")).event_id == "$1"


async def test_a_picture_in_an_encrypted_room_is_encrypted() -> None:
    homeserver = Post()
    await owed(Picture(chart=CHARTS[1], alt="a gate"))

    [(_, content)] = await delivered(homeserver, encrypted=True, draw=Drawn().draw)

    file = content["file"]
    stored, mime = homeserver.files[file["url"]]
    assert "url" not in content
    assert (stored == PNG, mime) == (False, "application/octet-stream")
    opened = decrypt_attachment(stored, file["key"]["k"], file["hashes"]["sha256"], file["iv"])
    assert opened == PNG


async def test_a_picture_answers_where_it_was_asked_for_unless_it_stands_alone() -> None:
    await owed(Picture(chart=CHARTS[0], alt="one"), thread="$root")
    await owed(Picture(chart=CHARTS[0], alt="two", answers=False), thread="$root")

    [(_, one), (_, two)] = await delivered(Post(), draw=Drawn().draw)

    assert one["m.relates_to"] == {"rel_type": "m.thread", "event_id": "$root"}
    assert "m.relates_to" not in two


@pytest.mark.parametrize("draw", [undrawable, Drawn().draw])
async def test_a_picture_that_cannot_be_made_or_stored_is_told_in_words(draw: Any) -> None:
    await owed(Picture(chart=CHARTS[0], alt="Lake *: 5 of 12", name="result:4"), thread="$root")

    [(_, content)] = await delivered(Post(takes_files=False), draw=draw)

    assert (content["msgtype"], content["body"]) == ("m.notice", "Lake *: 5 of 12")
    assert content["m.relates_to"]["event_id"] == "$root"
    assert (await Owed.get(name="result:4")).event_id == "$1"


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: type(chart).__name__)
def test_a_chart_is_the_same_after_it_was_written_down(chart: Chart) -> None:
    assert from_json(json.loads(json.dumps(as_json(chart)))) == chart


async def test_what_is_to_be_gathered_waits_behind_what_was_said_before() -> None:
    await owed(LUNCH, Gather(names=("form:4", "poll:4"), about="poll:4"))

    [_, row] = await Owed.all().order_by("id")

    assert (row.deed, row.lane, row.target) == (Deed.GATHER, "!room", "poll:4")
    assert row.content == {"names": ["form:4", "poll:4"]}


async def test_a_poll_that_was_said_more_than_a_day_ago_is_not_said_twice() -> None:
    await owed(LUNCH)
    await Owed.filter(name="form:4").update(made_at=NOW - timedelta(days=2))
    mark = (await Owed.get(name="form:4")).transaction

    class Remembering(Post):
        async def request(
            self, _method: str, where: str, body: Json | None = None, **more: Any
        ) -> Json:
            if "/messages" not in where:
                return await super().request(_method, where, body, **more)
            said = {
                "type": "m.room.encrypted",
                "event_id": "$said",
                "sender": ME,
                "content": {text.TRANSACTION: mark},
            }
            return {"chunk": [said]}

    assert await delivered(Remembering()) == []
