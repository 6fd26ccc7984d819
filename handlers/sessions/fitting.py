"""Which practices fit the people in a room, and which of them somebody means by a name."""

from dataclasses import dataclass

from handlers.language import Call, Refused
from handlers.sessions.preview import one_line
from handlers.sessions.scripts import scripts_for
from handlers.words import escaped, folded
from practices import library
from practices.circles import RoomKind, Scale
from practices.script import Script
from storage.rooms import Room

#: Where no practice is held, and what there is can still be asked.
SPACES = frozenset({RoomKind.CONGREGATION})

#: What is named first to a group that has not chosen yet (CREW-9, CREW-3).
RECOMMENDED = ("case clinic", "listening circle")

IN_WRITING = frozenset({"written", "writing", "text"})


def nothing_fits(call: Call, size: int) -> str:
    """Why there is no practice for that many people here."""
    if call.room.kind in SPACES:
        return (
            "A practice is held in the room of those who sit together, and this is a space. "
            f"`{call.house.prefix}practice` in the room of a crew or of a working group lists what fits there."
        )
    many = "one" if size == 1 else str(size)
    return f"None of the practices I know is for {many}. With another of you here there are some."


async def what_fits(room: Room, size: int) -> tuple[list[Script], list[Script]]:
    """What fits that many people here, the recommended first; and what fits some of them."""
    known = [each for each in await scripts_for(room) if set(each.scales) & _scales(room, size)]
    known.sort(key=lambda each: each.name not in RECOMMENDED)
    whole = [each for each in known if each.least <= size <= each.most]
    return whole, [each for each in known if each.least < each.most < size]


def can_be_called(room: Room, script: Script, size: int) -> bool:
    """Whether that many people here could hold it, or some of them while the others listen."""
    enough = script.least <= size and (size <= script.most or script.least < script.most)
    return enough and bool(set(script.scales) & _scales(room, size))


def _scales(room: Room, size: int) -> set[Scale]:
    """For which circles a practice may be meant that is held in this room."""
    match room.kind:
        case RoomKind.DYAD:
            return {Scale.DYAD}
        case RoomKind.CREW:
            return {Scale.CREW} if size in Scale.CREW.sizes else {Scale.CREW, Scale.DYAD}
        case RoomKind.WORKING:
            return {Scale.DYAD, Scale.CREW, Scale.CONGREGATION}
        case _:
            return set()


def size_words(script: Script) -> str:
    """How many people a script is for, as in `3 to 5`."""
    least, most = script.least, script.most
    return f"{least}" if least == most else f"{least} to {most}"


def listed(script: Script) -> str:
    """A script in one line of a list, with how many it is for."""
    return f"{one_line(script)} *({size_words(script)} people)*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody wants to begin; without a sitting, the next one of its series."""

    script: Script
    form: str | None = None
    written: bool = False
    sitting: int | None = None


async def read_wanted(call: Call, what: str) -> Wanted:
    """Read a name and what may follow it. Raises NotUnderstood, Refused."""
    words = what.split()
    known = await scripts_for(call.room)
    shapes = {folded(form) for script in known for form, _ in script.forms}
    written, form = False, None
    while len(words) > 1:
        last = folded(words[-1])
        if last in IN_WRITING:
            written = True
        elif last in shapes and form is None:
            form = last
        elif last not in {"in", "form"} or not (written or form):
            break
        words.pop()
    script, number = _named(known, words)
    shape = next((each for each, _ in script.forms if folded(each) == form), None)
    if form is not None and shape is None:
        raise Refused(
            f"The {escaped(script.name)} has no {escaped(form)} form, so nothing was begun. "
            f"`{call.house.prefix}start {escaped(script.name)}` calls it as it is."
        )
    return Wanted(script=script, form=shape, written=written, sitting=number)


def _named(known: list[Script], words: list[str]) -> tuple[Script, int | None]:
    """A script by its name, and which of its sittings is named after it. Raises NotUnderstood."""
    keys = {library.key(each.name): each for each in known}
    # A name has no more words than letters, so that nothing longer is looked up word by word.
    for end in range(min(len(words), library.LONGEST_KEY), 0, -1):
        script = keys.get(library.key(" ".join(words[:end])))
        if script is not None and end == len(words):
            return script, None
        if script is not None:
            number = _sitting(script, " ".join(words[end:]))
            if number is not None:
                return script, number
    return library.find(" ".join(words), known), None


def _sitting(script: Script, said: str) -> int | None:
    """Which sitting of a series is meant by its number or its name."""
    if said.isdecimal() and 1 <= int(said) <= len(script.sittings):
        return int(said) - 1
    wanted = library.key(said)
    found = [
        number for number, each in enumerate(script.sittings) if library.key(each.name) == wanted
    ]
    return found[0] if found else None


def check_size(call: Call, script: Script, size: int) -> None:
    """Raises Refused when no choice of people here could hold it."""
    if not set(script.scales) & _scales(call.room, size):
        raise Refused(
            f"The {escaped(script.name)} is for {' or '.join(f'a {each}' for each in script.scales)}, so it was not "
            f"begun. `{call.house.prefix}practice` lists what fits you here."
        )
    if size < script.least:
        raise Refused(
            f"The {escaped(script.name)} needs {size_words(script)} people, and you are {size}; it was not begun. "
            f"`{call.house.prefix}practice` lists what fits {size}."
        )


def _many_are(size: int) -> str:
    return "one of you is" if size == 1 else f"{size} of you are"


def misfit_words(script: Script, size: int) -> str:
    """What can be done when more or fewer are in than it is for."""
    if size < script.least:
        return (
            f"It needs {size_words(script)} people, and {_many_are(size)} in. 🙋 brings one more."
        )
    if size <= script.most:
        return ""
    words = f"It needs {size_words(script)} people, and {_many_are(size)} in. Those who tap 👋 listen this time"
    if size >= 2 * script.least:
        return f"{words}; or hold two side by side, one of them in another room."
    return f"{words}."
