"""The words in which a feature is declared: commands, rituals, inquiries, and what follows from them.

A feature never holds a client, reads a clock or formats an event. It takes a `Call` and returns effects,
or raises `Refused`; so each feature can be tested as a conversation.
"""

import inspect
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from practices.circles import RoomKind
from practices.polls.chart import Chart
from storage.questions import Question
from storage.rooms import Room


class Refused(Exception):
    """What a person asked for was not done; the message says why and the nearest thing that works."""


class KeyGone(ValueError):
    """What was sealed with somebody's own key cannot be read any more: the key was destroyed, or is on another machine.

    Whoever asks for it is told so in words; it is no failure.
    """


class OwnKeys(Protocol):
    """The key of one owner: in no database and no backup, and gone for good when it is destroyed."""

    def seal(self, purpose: str, content: object) -> str:
        """`content` (JSON) as text that only this owner's key opens; the key is made with the first thing sealed."""

    def open(self, purpose: str, sealed: str) -> object:
        """What was sealed. Raises KeyGone when the key is gone, ValueError when it was sealed for another."""


class Keys(Protocol):
    """Seals what the database shall hold unreadable: a separate key for each purpose."""

    def seal(self, purpose: str, content: object) -> str:
        """`content` (JSON) as text that only these keys open."""

    def open(self, purpose: str, sealed: str) -> object:
        """What was sealed for that purpose. Raises ValueError when it was sealed with another secret."""

    def key(self, purpose: str) -> bytes:
        """32 bytes that are for that purpose only."""

    def of(self, owner: str) -> OwnKeys:
        """The key of a person, by their id, or of anything, by a text such as "reflection:17"."""

    def condemn(self, owner: str) -> list[str]:
        """The names of an owner's keys; nothing more is sealed with them. Features return `DestroyKey` instead."""

    def unused(self, mentioned: Iterable[str], *, before: datetime) -> list[str]:
        """The names of the keys older than `before` that are not among those `mentioned`."""

    def destroy(self, names: Iterable[str]) -> None:
        """Destroy keys by name. Raises OSError."""


class Role(StrEnum):
    """Who may use a command."""

    ANYBODY = "anybody"
    #: Anybody the room lets moderate: level 50 or a creator.
    MODERATOR = "moderator"


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What a feature may know about the daemon it runs in."""

    #: The daemon's own Matrix id.
    me: str
    #: All that it can do.
    catalogue: "Catalogue"
    #: With which a feature seals what nobody may read in the database.
    keys: Keys
    prefix: str = "!"
    #: The zone of everybody who has not named another.
    zone: str = "UTC"
    #: Matrix ids told when something needs a person.
    stewards: tuple[str, ...] = ()
    #: Matrix ids of those whom anybody may turn to for safety, whatever they belong to.
    safety_contacts: tuple[str, ...] = ()
    #: Whether a person may invite the daemon.
    welcomes: Callable[[str], bool] = lambda _person: True
    version: str = ""

    def zone_of(self, room: Room) -> ZoneInfo:
        """The zone in which a room's wall clock runs."""
        return ZoneInfo(room.zone or self.zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One thing that happened, as a feature sees it."""

    #: Unique for all time; names the cause of every effect.
    key: str
    #: When it happened, aware, UTC. Features take this for "now".
    at: datetime
    room: Room
    house: House
    #: Who said or did it; None for an hour.
    sender: str | None = None
    text: str = ""
    event_id: str | None = None
    #: The thread it was said in.
    thread: str | None = None
    #: When an hour was really kept, which is later than `at` after an absence.
    kept_at: datetime | None = None
    #: What an hour or a change carries.
    content: Mapping[str, Any] = field(default_factory=dict)
    #: What the ritual of this hour has worked out before its unit of work began (`Ritual.ahead`).
    ahead: object = None

    @property
    def person(self) -> str:
        """The sender, for features that only a person can call."""
        if self.sender is None:
            raise LookupError(f"{self.key} was not said by a person")
        return self.sender

    @property
    def is_private(self) -> bool:
        """Whether this is the private chat with one person."""
        return self.room.kind is RoomKind.PRIVATE

    @property
    def circle_zone(self) -> ZoneInfo:
        """The zone in which this room's wall clock runs."""
        return self.house.zone_of(self.room)


# ---------------------------------------------------------------------------------------------- effects

#: Element shows no more options of a poll.
MOST_OPTIONS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """A message to a room, in Markdown. Quiet unless somebody is mentioned."""

    text: str
    #: None: the room of the call.
    room: str | None = None
    #: Under which it can be edited, and reactions to it are understood: "meeting:12".
    name: str | None = None
    #: People whose clients should ring.
    mention: tuple[str, ...] = ()
    #: Reactions set under the message for people to tap.
    taps: tuple[str, ...] = ()
    #: Whether it answers the message of the call (same thread) or stands alone.
    answers: bool = True
    #: What other keepers read in it: the letter field of docs/protocol.md.
    letter: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Whisper:
    """A message to one person's private chat, which is made if there is none."""

    person: str
    text: str
    name: str | None = None
    taps: tuple[str, ...] = ()
    #: Of a word that the sender entrusts to us for that person: told to the sender at once, should it never arrive. Then it
    #: is not tried again, and nothing of it is kept; nor does anything say from whom it came.
    unreached: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """New text for a message that was said under `name`. If it was never said, nothing happens."""

    name: str
    text: str
    room: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A file to the room of the call."""

    filename: str
    mime: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """Element's own poll, which every member can answer by a tap; it is said under `name`.

    An answer is heard as a tap on that name, and says the number of an option: "2". Whoever sees the room can see
    who answered what, whatever `disclosed` says. Raises ValueError for no option, or for more than Element shows.
    """

    name: str
    question: str
    #: Numbered from 1, in this order.
    options: tuple[str, ...]
    room: str | None = None
    #: Whether Element shows the sums while the poll is open.
    disclosed: bool = True

    def __post_init__(self) -> None:
        """Refuse what no client would show."""
        if not 0 < len(self.options) <= MOST_OPTIONS:
            raise ValueError(f"a poll has 1 to {MOST_OPTIONS} options, not {len(self.options)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class EndPoll:
    """Element's poll that was said under `name` takes no more answers; `text` says what came out."""

    name: str
    text: str
    room: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture of a result, drawn when it is sent."""

    chart: Chart
    #: Everything that it shows, in words.
    alt: str
    name: str | None = None
    #: None: the room of the call.
    room: str | None = None
    #: Whether it answers the message of the call (same thread) or stands alone.
    answers: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Gather:
    """Everything that was said to messages of these names since the first of them, read again in the room's history.

    `Change.GATHERED` tells it in that room, with `about` and what docs/architecture.md lists under Voices.
    """

    names: tuple[str, ...]
    about: str
    room: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadBack:
    """The whole history of a protocol room, read from its end back to its beginning, also over a restart.

    Each page is told by `Change.READ_BACK` in that room, with `about`, "letters", "cards", "last" and "complete"
    (daemon.history.Page). What is said meanwhile is told as ever, by `Change.LETTER` and `Change.CARD`.
    """

    room: str
    about: str


@dataclass(frozen=True, slots=True, kw_only=True)
class React:
    """A reaction to the message of the call, or to the one that was said under `name`."""

    sign: str
    name: str | None = None
    room: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetState:
    """A state event in a room, keyed by the daemon's own id so that nobody else can write it."""

    type: str
    content: Mapping[str, Any]
    room: str | None = None
    #: Another key, for the state that Matrix itself defines, such as a space's children.
    key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeRoom:
    """A new room, made once: encrypted, by invitation only, its people equal, with no past for newcomers.

    When it is there, `Change.MADE` is reported in it, with `about` and `content`; if the homeserver
    refuses, `Change.NOT_MADE` is reported in the room of the call, with `about`, `content` and "reason".
    """

    name: str
    #: What it is for, such as "calling:12"; for ever one room of ours.
    about: str
    kind: RoomKind
    invite: tuple[str, ...] = ()
    topic: str = ""
    #: The space that it belongs to; it is listed there with `SetState`, once it is made.
    space: str | None = None
    #: What it is in an assembly (practices.assembly.events): a space, a room for people, or a part of the protocol, which
    #: is in clear with its whole past for newcomers, and in which any member may invite. None: it is none of these.
    part: str | None = None
    #: What the creation of such a room says of its place in the assembly, beside `part` and `space`.
    creation: Mapping[str, Any] = field(default_factory=dict)
    content: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Invite:
    """Invite somebody to a room; whoever is there or invited already stays so."""

    person: str
    room: str | None = None
    #: What they read beside it: no private thing, as homeservers carry it in clear.
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remove:
    """Take somebody out of a room, or an invitation back; no reason is shown. Whoever is gone stays gone."""

    person: str
    room: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Redact:
    """Have the homeserver forget what a message says."""

    #: An event id, or the name under which the daemon said it.
    target: str
    room: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Join:
    """Accept an invitation, or follow a room to its successor."""

    room: str
    #: Homeservers that know the room, where its id does not say.
    via: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave:
    """Leave a room, or decline an invitation to it."""

    room: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    """Write an hour ahead: at `at` the ritual is kept, unless it strikes later than `useful_until`."""

    ritual: str
    at: datetime
    #: With the ritual's name this is the key: the same hour is written once.
    about: str
    #: Tells apart the hours of one subject, usually its local time.
    when: str = ""
    useful_until: datetime | None = None
    room: str | None = None
    content: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallOff:
    """Take back every hour still ahead for a subject."""

    about: str
    #: None: every ritual.
    ritual: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scrub:
    """What was deleted with this is to leave no trace in the database's files either (R8)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DestroyKey:
    """Once all that follows from this is stored, an owner's key is destroyed: what it sealed is unreadable, in backups too.

    What is sealed for them afterwards is sealed with a new key.
    """

    owner: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """Put a question of a declared inquiry; the answer comes back to it, by tap or by word."""

    inquiry: str
    text: str
    until: datetime
    data: Mapping[str, Any] = field(default_factory=dict)
    #: Who may answer; None: every member of the room.
    person: str | None = None
    #: Put the question in the private chat with `person` instead of the room.
    private: bool = False
    #: What is answered by asking: whoever proposes something has said yes to it.
    answers: Mapping[str, str] = field(default_factory=dict)
    #: The words of those options of the inquiry that are not offered this time.
    without: tuple[str, ...] = ()


Effect = (
    Say
    | Whisper
    | Edit
    | Post
    | Poll
    | EndPoll
    | Picture
    | Gather
    | ReadBack
    | React
    | SetState
    | MakeRoom
    | Invite
    | Remove
    | Redact
    | Join
    | Leave
    | Ring
    | CallOff
    | Scrub
    | DestroyKey
    | Ask
)
Effects = Iterable[Effect]
Answer = Callable[..., Awaitable[Effects]]


# ----------------------------------------------------------------------------------------- declarations

EVERYWHERE = frozenset(RoomKind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Argument:
    """One thing a command needs to know."""

    name: str
    help: str
    #: Text to value; raises NotUnderstood. It gets the call for "now", zone and prefix.
    read: Callable[[str, Call], Any] = lambda text, _call: text
    #: Takes everything that is left of the line.
    rest: bool = False
    #: Asked when it is missing. None: it may be left out and is then None.
    question: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """One of many things that can be said behind a command's name, for help, the handbook, and what it lacks."""

    #: What it is for, shared with others.
    group: str
    #: How it is used, as in "put TITLE: text"; all begin with the same word.
    uses: tuple[str, ...]
    #: What it does, in a part of a sentence.
    does: str
    #: Asked when nothing stands behind its word; "": then it does something by itself, or says what it lacks.
    asks: str = ""
    #: What stands behind its word and lacks the rest; the rest is asked by `then`, and added behind `joined`.
    lacks: re.Pattern[str] | None = None
    joined: str = ""
    then: str = ""

    @property
    def word(self) -> str:
        """The word that it begins with."""
        return self.uses[0].partition(" ")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """Something a person can say. Help, handbook, parsing, permission and tests read this same object."""

    name: str
    help: str
    example: str
    answer: Answer
    aliases: tuple[str, ...] = ()
    arguments: tuple[Argument, ...] = ()
    #: The kinds of room it makes sense in.
    kinds: frozenset[RoomKind] = EVERYWHERE
    permission: Role = Role.ANYBODY
    #: Missing things are asked for, and the answer is given, in the private chat.
    private: bool = False
    #: Reads a text of any length, such as a script that is pasted.
    long: bool = False
    #: Whether what stands behind its name can mean nothing else, as a poll's number behind "vote": then it is obeyed though
    #: a question in the private chat takes any words. None: where each thing said is read by a reader of its own.
    surely: Callable[[Call, str], Awaitable[bool]] | None = None
    #: Typed alone it is obeyed, whatever is being asked: whoever calls for it has not answered.
    always: bool = False
    #: What can be said behind its name, where that is much.
    sayings: tuple[Saying, ...] = ()
    #: What it is about is nobody's but its speaker's: typed in a room of many it is answered in private alone, and taken
    #: back there where we may.
    unseen: bool = False
    #: What works in a room where it does not, in a sentence, for whoever means something else by its name.
    instead: str = ""
    #: Whole sentences that mean it (practices.sentences), each with what it says for the last argument: "" for nothing,
    #: "…" for what the pattern gives back.
    sentences: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a declaration that its own function could not answer."""
        expected = ["call", *(argument.name for argument in self.arguments)]
        actual = list(inspect.signature(self.answer).parameters)
        if actual != expected:
            raise TypeError(f"command {self.name}: {actual} does not take {expected}")
        if any(argument.rest for argument in self.arguments[:-1]):
            raise TypeError(f"command {self.name}: only the last argument can take the rest")

    @property
    def words(self) -> tuple[str, ...]:
        """Every word it answers to."""
        return (self.name, *self.aliases)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ritual:
    """Something the calendar does when an hour strikes."""

    name: str
    help: str
    answer: Answer
    #: What follows when the hour came back too late to be of use.
    late: Answer | None = None
    #: Whether it counts what people said until its hour: then it waits until all that has come from the homeserver.
    hears_first: bool = False
    #: Works out what takes long before the hour's unit of work begins, so that nobody waits for it: it reads, and writes
    #: nothing. The answer finds it in `Call.ahead`, and looks whether what it came from is still so; None: it was not there.
    ahead: Callable[[Call], Awaitable[object]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One answer to an inquiry: a sign to tap and words to say."""

    sign: str
    word: str
    also: tuple[str, ...] = ()


YES = Option(
    sign="✅",
    word="yes",
    also=("y", "ok", "okay", "right", "agreed", "si", "ja", "oui", "✔", "👍"),
)
NO = Option(sign="✋", word="no", also=("n", "not now", "no thanks", "nope", "❌", "👎"))
CHANGE = Option(sign="✏️", word="change", also=("edit",))
#: A no to something that is asked of one person alone, whom a "pass" answers it for as well.
DECLINE = Option(
    sign=NO.sign, word=NO.word, also=(*NO.also, "not this time", "pass", "skip", "stop")
)
NOT_THIS_TIME = Option(sign="✋", word="not this time", also=("no", "n", "not now", "❌", "👎"))
GLADLY = Option(sign="✅", word="gladly", also=("yes", "y", "ok", "okay", "👍", "ja", "si", "oui"))
PASS = Option(sign="⏭️", word="pass", also=("skip",))
STOP = Option(sign="✋", word="stop")


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry:
    """A question with a name, so that its answer finds the way home after any restart.

    `answer(call, question, said)` gets the option's word, or the text itself when it was none of them.
    """

    name: str
    answer: Answer
    options: tuple[Option, ...] = ()
    #: Reads the other words that answer it even among people's talk; raises NotUnderstood.
    reads: Callable[[str, Call], Any] | None = None
    #: In the private chat whatever is written answers it, though it begins like a command: "leave my job".
    takes_words: bool = False
    #: In the private chat: whether words that begin like a command answer it; None: they do where it takes words.
    claims: Callable[[Call, Question, str], Awaitable[bool]] | None = None
    #: A step of what its person has begun themselves and nobody else knows of: "stop" ends all of it, beginning anew what
    #: was begun before, and in a room only a reply answers it, or what its person says directly after it.
    begun: bool = False
    #: A step of what its person does for themselves with an end of its own, such as a time of writing: like what they have
    #: begun it is what "stop" means first, and no question of anybody else's comes between.
    alone: bool = False
    #: While it is open its words come before the commands of the same name: "!next" moves a practice on.
    first: bool = False
    #: What is said to whoever answers it once its time is over; None leaves it at a plain word in private.
    late: str | None = None
    #: Of a question to everybody that names nobody: what it is about, as in "whether the crew pauses".
    #: Taps under it are taken back at once where the room allows it, and it can be answered in private.
    matter: str | None = None
    #: What names it while it waits for one person; "": its own first words, or no more than that it was begun. For
    #: what may not be kept in words even so long: a voice under seal, or what somebody wrote.
    gist: str = ""


class Door(StrEnum):
    """The ways in which somebody answers a message of ours."""

    REACTION = "reaction"
    REPLY = "reply"
    POLL = "poll"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tap:
    """What a reaction, a reply or an answer in Element's poll to a message named `prefix:…` means.

    `answer(call, subject, said)` gets what follows the prefix and the sign or words; of a poll the numbers of the options
    in the order given, "2" or "1,3", and "" for an answer that is void. `call.content` tells the way it came under
    "door" (one of `Door`) and the event that said it under "event".
    """

    prefix: str
    answer: Answer
    #: Whether a message in the thread of such a message replies to it, though it names no message.
    threads: bool = False
    #: The label shown beside each sign under such messages, as a sentence (practices.sentences), to the sign: said in a
    #: reply it is the same as the tap.
    labels: Mapping[str, str] = field(default_factory=dict)
    #: The signs that say what the others are not told: taps of them are taken back at once, all alike.
    unseen: tuple[str, ...] = ()
    #: In the private chat: `plainly(call, subjects, said)`, what follows from plain words right below such messages, the
    #: newest first; it gives None where they mean nothing to it.
    plainly: Callable[[Call, Iterable[str], str], Awaitable[Effects | None]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """What a file sent to the private chat means.

    `answer(call, filename, text)` gets its content, or None when it is too large or no text.
    """

    suffixes: tuple[str, ...]
    answer: Answer


#: The "fault" of a letter whose sender writes more than anybody reads.
FLOOD = "flood"


class Change(StrEnum):
    """What the homeserver reports of a room."""

    #: Into a room of an assembly: "assembly" is what its creation says (practices.assembly.events.ASSEMBLY), "topic" its topic,
    #: "reason" what whoever invites wrote beside it.
    INVITED = "invited"
    #: The daemon itself is in the room now; of a room of an assembly with "assembly" and, as its state has them, "history"
    #: (who sees its past) and "join" (who may enter).
    ARRIVED = "arrived"
    JOINED = "joined"
    LEFT = "left"
    #: Somebody who was invited does not come.
    DECLINED = "declined"
    #: The daemon was made to leave.
    REMOVED = "removed"
    #: What asked for a reminder, or was a voice in a poll, was redacted: "target" is its event.
    TAKEN_BACK = "taken back"
    #: A typed voice in a poll was edited: "target" is its event, "text" the new words, "event" the edit.
    REWORDED = "reworded"
    #: Somebody else ended Element's poll that was said under "name".
    POLL_ENDED = "poll ended"
    #: An answer to our message "name" came in clear where all is encrypted: it is not obeyed, and whose it was is not sure.
    IN_CLEAR = "in clear"
    #: What `Gather` asked for was read.
    GATHERED = "gathered"
    #: A page of what `ReadBack` asked for was read.
    READ_BACK = "read back"
    #: Somebody spoke in a room whose people share in writing just now; what they said is not kept.
    SHARED = "shared"
    #: Somebody wrote for themselves in their private chat; what it was is not read and not kept.
    WROTE = "wrote"
    UPGRADED = "upgraded"
    #: A congregation's space lists a room that it did not list before: "child" is that room.
    LISTED = "listed"
    #: Somebody wrote in a protocol room, or we did and hear it anew: "letter" is what it carried, "event" its id; "fault"
    #: says why it is not read (practices.assembly.letters.Fault, or FLOOD, once an hour of one sender), and is else None.
    LETTER = "letter"
    #: This Kinkeeper reads letters that former ones did not: "assembly" is the number of one in which such are kept aside. Or,
    #: without it: something stands in this congregation that has no day of review yet.
    UPDATED = "updated"
    #: A congregation said something of itself in a directory: "card" is the content of the sender's own state.
    CARD = "card"
    #: A room that a feature asked for is there now, or was refused by the homeserver.
    MADE = "made"
    NOT_MADE = "not made"
    #: What a circle's own state says was read back after the database was lost; of a room of an assembly "assembly", too.
    REBUILT = "rebuilt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What follows from a change in a room."""

    kind: Change
    answer: Answer


Declared = Command | Ritual | Inquiry | Tap | File | Watch


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All that is declared, by name."""

    commands: dict[str, Command] = field(default_factory=dict)
    #: Every word that a command answers to.
    words: dict[str, Command] = field(default_factory=dict)
    rituals: dict[str, Ritual] = field(default_factory=dict)
    inquiries: dict[str, Inquiry] = field(default_factory=dict)
    taps: dict[str, Tap] = field(default_factory=dict)
    #: By the end of their names, such as ".yaml".
    files: dict[str, File] = field(default_factory=dict)
    watches: dict[Change, list[Watch]] = field(default_factory=dict)

    def threads(self, name: str) -> bool:
        """Whether what is said in the thread of a message of this name replies to it."""
        meant = self.taps.get(name.partition(":")[0])
        return meant is not None and meant.threads


def command(**declared: Any) -> Callable[[Answer], Command]:
    """Declare the function below as a command."""
    return lambda answer: Command(answer=answer, **declared)


def ritual(**declared: Any) -> Callable[[Answer], Ritual]:
    """Declare the function below as what an hour does."""
    return lambda answer: Ritual(answer=answer, **declared)


def inquiry(**declared: Any) -> Callable[[Answer], Inquiry]:
    """Declare the function below as what follows from an answer."""
    return lambda answer: Inquiry(answer=answer, **declared)


def tap(**declared: Any) -> Callable[[Answer], Tap]:
    """Declare the function below as what a reaction means."""
    return lambda answer: Tap(answer=answer, **declared)


def file(**declared: Any) -> Callable[[Answer], File]:
    """Declare the function below as what a file sent to the private chat means."""
    return lambda answer: File(answer=answer, **declared)


def watch(**declared: Any) -> Callable[[Answer], Watch]:
    """Declare the function below as what follows from a change in a room."""
    return lambda answer: Watch(answer=answer, **declared)
