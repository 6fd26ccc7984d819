"""What the cards say of a matter, in words that name the line: never that something is so, always where it stands (R132)."""

from collections.abc import Iterable

from handlers.domains.cards import giver_name, held, holder_name, title
from handlers.words import escaped
from practices import domains
from practices.domains import Hit, Inside, Judgement, Outside
from practices.scopes import Found
from storage.domains import Domain

#: So many words, and lines, are named.
MOST = 3


def judged(text: str, among: Iterable[Domain]) -> tuple[Judgement, dict[int, Domain]]:
    """What the cards of some domains say of a matter, and the domains by their numbers."""
    every = list(among)
    return domains.judge(text, held(every)), {each.id: each for each in every}


def quoted(found: Iterable[Found]) -> str:
    """Which words stand in which lines: `“fridge” stands in “stove and fridge”`."""
    by_line: dict[str, list[str]] = {}
    for each in list(found)[:MOST]:
        by_line.setdefault(each.line, []).append(f"“{escaped(each.word)}”")
    said = []
    for line, words in by_line.items():
        stands = "stands" if len(words) == 1 else "stand"
        said.append(f"{' and '.join(words)} {stands} in “{escaped(line)}”")
    return ", ".join(said)


def limits(hit: Hit) -> str:
    """The limits that name a matter, each in its own words."""
    return "\n".join(
        f"> {escaped(line)}" for line in dict.fromkeys(each.line for each in hit.limits)
    )


async def inside_words(domain: Domain, hit: Hit) -> str:
    """That a card names it and no limit of it does."""
    none = "and no limit names it" if hit.held.card.limits else "and the card has no limits"
    return f"On the card of {title(domain)}, {quoted(hit.scope)}, {none}."


async def outside_words(domain: Domain, hit: Hit) -> str:
    """That a limit names it."""
    scope = f" {quoted(hit.scope)}, but" if hit.scope else ""
    return f"On the card of {title(domain)},{scope} a limit speaks of it:\n\n{limits(hit)}"


async def near_words(domain: Domain, hit: Hit) -> str:
    """How near a card comes that does not tell."""
    limited = f"; a limit speaks of it, too: {quoted(hit.limits)}" if hit.limits else ""
    return (
        f"{title(domain)}, held by {await holder_name(domain)}: "
        f"{quoted((*hit.scope, *hit.beside))}{limited}"
    )


async def whose(domain: Domain, judgement: Judgement) -> str:
    """Whose call it is by the cards. A limit is read by people: the card says only that it speaks of the matter."""
    match judgement:
        case Inside():
            return f"{await holder_name(domain)} decides it, and no wider vote is needed."
        case Outside():
            return (
                f"Where that limit holds, it is for {await giver_name(domain)} to decide; where it does not, for "
                f"{await holder_name(domain)} alone."
            )
        case _:
            return ""
