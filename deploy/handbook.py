"""Write docs/handbook.md, the members' handbook: an introduction, then everything that is declared.

The introduction is prose; what follows it is read from the same declarations that answer people in
rooms. So no command, ritual, setting or sign can be missing, and none can be described that is not there.
"""

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Final

from handlers import asides, asking
from handlers.assembly import assemblies, assembling, correspondence, directory, entering
from handlers.catalogue import FEATURES, declarations
from handlers.crews import (
    calling,
    changes,
    charter,
    curiosity,
    cycles,
    ending,
    forming,
    joining,
    pausing,
    retrospective,
    splitting,
    trial,
    visitor,
)
from handlers.domains import (
    delegations,
    domains,
    evaluations,
    handed,
    links,
    matters,
    notices,
    representatives,
    sketches,
    whose,
)
from handlers.house import (
    about,
    adoption,
    arrivals,
    helping,
    keeping,
    leaving,
    members,
    own_data,
    reminders,
    settings,
    times,
    waiting,
)
from handlers.house.adoption import CIRCLES
from handlers.language import EVERYWHERE, Command, Ritual, Role
from handlers.meetings import attendance, commitments, hosting, record, rhythm
from handlers.oneself import prompts, steps
from handlers.polls import (
    amending,
    closing,
    drafting,
    objections,
    opening,
    outcomes,
    polls,
    progress,
    proxies,
    recounts,
    rounds,
    takebacks,
    votes,
    voting,
)
from handlers.reciprocity import claims, coowners, game, offers, points
from handlers.register import carrying, decisions, renewing, reviews, tasks
from handlers.sessions import forms, practice, reports, scripts
from handlers.words import after_prefix
from practices import defaults
from practices.circles import RoomKind
from practices.defaults import Setting
from practices.meetings import ATTENDANCE_SIGNS, Attendance

#: Where the handbook lies.
PAGE: Final = Path(__file__).resolve().parent.parent / "docs" / "handbook.md"

#: The sign in front of a command in rooms of many, unless an operator has chosen another.
PREFIX: Final = "!"


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """What belongs together for people, whichever files it is declared in."""

    title: str
    opening: str
    features: tuple[ModuleType, ...]


THEMES: Final = (
    Theme(
        title="Getting to know me",
        opening="These do wherever we meet.",
        features=(about, helping),
    ),
    Theme(
        title="Asking me in, and letting me go",
        opening="A room is looked after because the people in it said so, and for as long as they like.",
        features=(adoption, arrivals, asides, members),
    ),
    Theme(
        title="Finding a crew",
        opening="One of you has a wish: dinner, honesty, a book, anything or nothing yet. You call, others become curious, "
        "you talk once, and each of you tells me alone with whom you would sit at one table. Only where everybody "
        "accepts everybody a crew begins; nobody learns of a no.",
        features=(calling, curiosity, trial, forming, joining),
    ),
    Theme(
        title="How you want to be with each other",
        opening="Your charter is what all of you have said yes to, line by line. It has an end, so that you can look at it "
        "again.",
        features=(charter,),
    ),
    Theme(
        title="When you meet",
        opening="Tell me once how you meet, in your own words. I say back what I understood and the next three "
        "dates, and begin when you say that it is right.",
        features=(rhythm,),
    ),
    Theme(
        title="Who comes",
        opening="A day before a meeting I ask, in one message that stays true: it lists those who come, by name, and "
        "never those who do not. A no needs no reason.",
        features=(attendance, hosting, prompts),
    ),
    Theme(
        title="Practices",
        opening="What you do when you sit together: a listening circle, a case clinic, and some thirty more. You speak, I keep "
        "the time and whose turn it is. Anybody may pass, and nothing of that is kept.",
        features=(practice, steps, forms, reports, scripts),
    ),
    Theme(
        title="After a meeting",
        opening="The record of a meeting is its date, who was there, what you decided, what each took on, and when you meet "
        "next. There is nothing else in it.",
        features=(record, commitments),
    ),
    Theme(
        title="Asking everybody",
        opening="A proposal, a poll, a score, a ranking, seats to fill, a time to find: one voice for each of you, by a tap, by "
        "a word or in Element's own poll, and the newest counts. I count and say of how many; nothing is decided by it until "
        "one of you says what follows.",
        features=(
            polls,
            voting,
            votes,
            drafting,
            amending,
            proxies,
            opening,
            closing,
            outcomes,
            takebacks,
        ),
    ),
    Theme(
        title="Consent",
        opening="Good enough for now and safe enough to try: questions, reactions, then objections, all shown at one moment and "
        "taken up one by one. It does not end without a day on which you look at it again.",
        features=(rounds, objections, progress),
    ),
    Theme(
        title="Whose call is it",
        opening="A crew can hold a domain: a card that says what it is for, what is in it and where it ends. What lies inside "
        "needs no wider vote, what lies outside is handed on.",
        features=(
            domains,
            whose,
            representatives,
            sketches,
            delegations,
            evaluations,
            links,
            matters,
            handed,
            notices,
        ),
    ),
    Theme(
        title="What you have decided",
        opening="A list of it that all of you can search, count again and take along. What holds is looked at again on its day.",
        features=(decisions, reviews, renewing, recounts, tasks, carrying, waiting),
    ),
    Theme(
        title="Cycles, and looking back",
        opening="A crew begins with a few meetings and then looks back: go on, change, become two, rest, or end. Each says it to "
        "me alone; the crew sees only how many.",
        features=(cycles, retrospective, changes, splitting, pausing),
    ),
    Theme(
        title="Going, and ending",
        opening="Anybody may go at any time, without a reason. A crew that ends takes along what it kept.",
        features=(leaving, ending),
    ),
    Theme(
        title="Guests",
        opening="Somebody from elsewhere can help a crew for a meeting or three.",
        features=(visitor,),
    ),
    Theme(
        title="Offers and asks",
        opening="What one gives gladly and another needs. Nobody keeps score.",
        features=(offers,),
    ),
    Theme(
        title="The Reciprocity Game",
        opening="A game for those who like it: off until all of you agree, off again when one of you wishes. You see your own "
        "points, the crew sees one sum, and nothing follows from either.",
        features=(game, points, coowners, claims),
    ),
    Theme(
        title="Reminders",
        opening="For you alone, or for everybody in a room, once or again and again.",
        features=(reminders,),
    ),
    Theme(
        title="Your clock and your quiet",
        opening="Where you are, when you sleep, and whether I may call you by name at all: that is between you and me.",
        features=(times, asking),
    ),
    Theme(
        title="What is yours",
        opening="You can have a copy of all that I keep about you, and you can have it deleted.",
        features=(own_data,),
    ),
    Theme(
        title="What you may change together",
        opening="Nearly every number I go by is yours to change. One of you proposes, all of you agree or it stays, and after "
        "some months I ask whether it is still good.",
        features=(settings,),
    ),
    Theme(
        title="With other congregations",
        opening="An assembly is many congregations that act together, each for itself: nothing stands above them, and no list "
        "of people ever leaves one. Whoever hosts a congregation speaks for it, in private with me. Before anything leaves I show "
        "it, and only a ✅ sends it.\n\n"
        "How it goes, from the beginning:\n\n"
        "1. You have invited me into your congregation's space. `assembly found Northern Shores` founds an assembly there; I ask "
        "what it is for.\n"
        "2. Ask another congregation for the address of its keeper, and introduce it: `assembly introduce "
        "@kinkeeper:harbour.example Harbour because we have met for years`. The others consent or object; then its own hosts are "
        "asked, and a ✅ takes the seat.\n"
        "3. `assembly card` makes the card by which the others know you. Whoever is to be a contact is asked themselves, and takes "
        "their name off it again by “take my name off the card”.\n"
        "4. `assembly put A shared table: we eat together in June; until 14 june 18:00` puts a matter to all. Each congregation "
        "finds its position as it likes, and a host sends it: `assembly say 1 consent`.\n"
        "5. `assembly board` shows what others need and offer, `assembly practices` what they share, `assembly news monthly` has "
        "their lessons come to you.\n"
        "6. `assembly` alone tells how things stand and what is next. `assembly leave` gives the seat up.\n\n"
        "**Whoever hosts nothing** can say `assembly mediator`, when nobody near is neutral, and read with `assembly` what their "
        "congregation takes part in.",
        features=(assemblies, assembling, entering, directory, correspondence),
    ),
)

#: For features that no theme has named yet.
ELSE: Final = "Further"

_OPENING: Final = """\
<!-- Written by `python -m deploy.handbook` from what the program declares. Change it there, not here. -->

# Living with Kinkeeper

Hello. I am Kinkeeper. In many families there is one who remembers the dates, makes the calls and sets the table, and so
keeps everybody together. I do that for circles of friends who meet in Matrix rooms: I remember when you meet, ask who
comes, and remind those who do. I am a program. You need to know nothing about programs to live with me.

## How to talk to me

There are three ways, and the first is nearly always enough.

1. **Tap.** When I ask something, the answers stand under my message as small signs: ✅, ✋ and so on. Tap one. In most
   apps you can also hold the message, choose *react*, and pick the sign.
2. **Say it.** “Yes, gladly”, “rather not”, “coming”, or the words beside a sign as they stand: answer my message in words
   if you like that better. Reply to it, so that I know you mean me. Who comes to a meeting can be said into the room:
   “coming, and I bring bread” counts while my question stands there, and I keep no more of it than that you come.
3. **Ask me for something.** In a room of many, a word for me begins with a `!`: `!when` tells the next meetings, `!help`
   what else there is. My name does as well: *Kinkeeper, when?* In our private chat there is nobody else I could
   mistake it for, so plain words do: `when` for all your circles, `help`, *who are you?*

You cannot break anything. If a word is missing I ask for it; before I change a date or a rule I say back what I
understood; `stop` ends any question of mine. If I do not know a word, I ask whether you meant another. `help` begins with
what I am asking you just then, and goes on with the few words that fit where you are; `help all` lists everything.

A yes or a no counts for what I said to you last. If other things were said since, or three days have passed, I ask back
which question you mean before anything follows; a tap under a question, or a reply to it, needs no such thing. When you ask me
for the same thing anew, my former question about it is left, and I say so.

**When you talk with each other, I do not answer**, and I keep none of it. Only while I ask who comes are words like
“coming” and “not coming” an answer to me.

### Our private chat

Start a direct chat with me, as with any person. Your time zone, your quiet hours, your own reminders and everything
else that is nobody's business but yours has its place there. If you ask for something private in a room, I answer
in the private chat, and the room sees only that I did. What is nobody's but yours, such as `!safety`, `!reflect` or
`!dyad`, I answer there without a word in the room, and I take back what you typed if the room lets me moderate it; if
not, I tell you that it stands there, so that you can delete it.

### What the others see of a tap

A tap in a room is seen by everybody in it, with your name, until it is taken back; and a reaction is never encrypted, even
where the messages are, so the servers of a room can read it. When I ask something whose answers I keep to myself – who
comes, a yes or a no to what all of you decide, who is curious about a call – I take every tap back as soon as I have it,
the yes like the no. I can do that in the rooms that I made, and elsewhere if one of you lets me moderate the room; the
message says which holds. For a moment somebody may still have seen it, and a server may keep what was taken back.

What you answer **in our private chat** nobody else sees, from the start: `coming not`, `curious 1`, and for whatever else is
asked of all of you `say yes` or `say no`. Words that you write in a room are yours, and stay.

## Consent

I look after a circle of friends when **each of them has said yes**; whoever proposes it has said so by that. One no, and I
stay out of it; I name nobody, and you can ask me again another day. The same holds for changing a number that you all live by. Setting the rhythm, moving or
skipping a meeting is done by any one of you, because all of you see it and any of you can change it back.

A whole congregation, or a room that is for work rather than for a circle, is entrusted to me by somebody who moderates
it. Each circle within it still decides for itself.

To let me go takes **one** person: whoever says `!release` and confirms it ends it, and needs nobody's leave. What a crew
has kept is not theirs alone to throw away: for 14 days each of you can take it along, and all of you together can take
the crew up again.

## What I keep

Of a circle and its people, where there is any of it:

| What | Why | How long |
| --- | --- | --- |
{kept}
| that you asked me something, and when; not what | to do nothing twice | 14 days |
| where my own questions and announcements stand; not their words | to keep them true when something changes | a year |
| that somebody asked somebody, as a mark that names nobody | so that nobody is asked again and again | until they may be asked again |

What you type to me is deleted as soon as I have answered it. A room's kind, rhythm, clock, host and settings also stand
in the room itself if it lets me write them there. Everybody in it, and its homeserver, can read them; that way they
outlive me.

## What I never do

- I never record what you say to each other, in writing or aloud.
- I never rank or compare people, and never name who did not answer or does not come. (What people tap in a room others
  may see: above.)
- I never decide anything for you, and I hold no money.
- I never call you by name at night: from 21:00 to 08:00 of your own clock, unless you choose other hours. Two things
  may: a meeting within the hour that you said you come to, and a reminder that you set for yourself.
- I never call you more than four times about one meeting.
- I pass nothing on to anybody: no advertising, no statistics service, no language model.

## How to be left alone

- **In one room:** `!quiet here`. I go on, and do not call you by name there.
- **Everywhere:** `quiet everywhere`, in our private chat.
- **At certain hours:** `quiet 22:00-07:00`.
- **Again with me:** `quiet off`.

A question you do not want to answer needs no answer. Nobody is told.

## How to leave

- **Leave a room** as you leave any. What I kept for you in it for the time to come goes with you, and nobody hears a reason.
- **Be forgotten:** `export` in our private chat gives you a copy of what I keep about you, and `forget me` deletes it.
- **Stop talking to me:** leave our private chat. I leave it, too.
- **Have me leave a room:** `!release` ends my work there, and removing me from the room, like any member, ends it as well.

## What you can say

The example under each is something you can type as it stands; with the `!` in rooms of many, without it in our private chat.
"""

_KINDS: Final = {
    RoomKind.PRIVATE: "our private chat",
    RoomKind.DYAD: "a dyad",
    RoomKind.CREW: "a crew",
    RoomKind.CONGREGATION: "a congregation",
    RoomKind.WORKING: "a working room",
    RoomKind.ASSEMBLY: "an assembly",
    RoomKind.PROTOCOL: "a protocol room",
    RoomKind.NONE: "a room that I do not look after yet",
}

_CLOSING: Final = """\

---

For those who run me: [operating](operating.md). What my words mean: [glossary](glossary.md).
"""


def handbook() -> str:
    """The whole handbook in Markdown, ending with a newline."""
    parts = ("\n".join(_theme(theme)) for theme in themes())
    kept = "\n".join("| " + " | ".join(map(_cell, row)) + " |" for row in keeping.rows())
    return "\n".join([_OPENING.replace("{kept}", kept), *parts]) + _CLOSING


def themes() -> Iterator[Theme]:
    """The themes in their order, and one for whatever none of them has named."""
    yield from THEMES
    named = {feature for theme in THEMES for feature in theme.features}
    further = tuple(feature for feature in FEATURES if feature not in named)
    if further:
        yield Theme(title=ELSE, opening="And this.", features=further)


def _theme(theme: Theme) -> Iterator[str]:
    declared = [each for feature in theme.features for each in declarations(feature)]
    yield f"### {theme.title}\n\n{theme.opening}\n"
    for found in declared:
        if isinstance(found, Command):
            yield _command(found)
    if attendance in theme.features:
        yield _signs()
    if settings in theme.features:
        yield _settings([each for each in defaults.SETTINGS if not each.later])
    rituals = [found for found in declared if isinstance(found, Ritual)]
    if rituals:
        yield _rituals(rituals)


def _command(command: Command) -> str:
    prefix = "" if command.kinds == {RoomKind.PRIVATE} else PREFIX
    lines = [
        f"#### {prefix}{command.name}",
        "",
        _sentence(command.help),
        "",
        f"    {prefix}{command.example}",
        "",
    ]
    lines += [
        f"- *{argument.name}*: {argument.help}{_when_missing(argument.question)}"
        for argument in command.arguments
    ]
    if command.arguments:
        lines.append("")
    if command.sayings:
        lines.append(_sayings(prefix, command))
    notes = [f"Where: {_places(command.kinds)}."]
    if command.permission is Role.MODERATOR:
        notes.append("For those whom the room lets moderate.")
    # Where a sign comes first, only a word can follow it.
    aliases = [alias for alias in command.aliases if after_prefix(PREFIX + alias, PREFIX)]
    if aliases:
        notes.append("Also: " + ", ".join(f"`{prefix}{alias}`" for alias in aliases) + ".")
    return "\n".join([*lines, " ".join(notes), ""])


def _sayings(prefix: str, command: Command) -> str:
    """What can be said behind a command's name, a table for each group."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for each in command.sayings:
        uses = "<br>".join(f"`{prefix}{command.name} {use}`" for use in each.uses)
        groups.setdefault(each.group, []).append((uses, each.does))
    tables = (
        f"*{_capitalised(group)}*\n\n{_table(('You say', 'It'), rows)}\n"
        for group, rows in groups.items()
    )
    return "\n".join(tables)


def _when_missing(question: str | None) -> str:
    return " (may be left out)" if question is None else " (if you leave it out, I ask)"


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _places(kinds: frozenset[RoomKind]) -> str:
    if kinds == EVERYWHERE:
        return "anywhere"
    left = set(kinds)
    places = []
    if left >= CIRCLES:
        places.append("a room that I look after")
        left -= CIRCLES
    places += [_KINDS[kind] for kind in RoomKind if kind in left]
    return ", ".join(places[:-1]) + " or " + places[-1] if len(places) > 1 else places[0]


def _signs() -> str:
    words = {
        Attendance.COMING: "I am coming",
        Attendance.QUIETLY: "I am coming quietly: I am there, and would rather listen",
        Attendance.NOT_COMING: "not this time",
    }
    rows = [(ATTENDANCE_SIGNS[each], words[each]) for each in Attendance]
    return f"The signs under that question:\n\n{_table(('Tap', 'It says'), rows)}\n"


def _settings(known: Sequence[Setting]) -> str:
    rows = [
        (
            f"`{each.name}`",
            _capitalised(each.help),
            defaults.words(each.default),
            _bounds(each),
            _places(each.kinds),
        )
        for each in known
    ]
    heads = ("Setting", "What it is", "Unless changed", "Possible", "In")
    return f"{_table(heads, rows)}\n"


def _capitalised(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def _bounds(setting: Setting) -> str:
    if setting.choices:
        return ", ".join(setting.choices)
    if setting.low is None or setting.high is None:
        return setting.kind.value
    return f"{defaults.words(setting.low)} to {defaults.words(setting.high)}"


def _rituals(rituals: Iterable[Ritual]) -> str:
    rows = [(f"*{each.name}*", each.help) for each in rituals]
    return f"What the calendar has me do:\n\n{_table(('Name', 'What I do'), rows)}\n"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def main() -> int:
    """Write the page; gives the exit code."""
    PAGE.write_text(handbook(), encoding="utf-8")
    print(f"Wrote {PAGE.name}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
