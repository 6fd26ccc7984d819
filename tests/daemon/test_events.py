"""Events of any shape are read without harm."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.events import (
    LONGEST,
    LONGEST_ID,
    POLL_ENDS,
    POLL_RESPONSES,
    Answered,
    Ended,
    Happening,
    Reworded,
    Said,
    Sent,
    TakenBack,
    Tapped,
    addressed,
    happening,
    is_event,
    voice,
)
from daemon.rooms import take_state
from handlers import power
from handlers.language import MOST_OPTIONS
from storage.rooms import Room

ME = "@kinkeeper:here"

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=4)
    ),
    max_leaves=12,
)

#: Objects that look like the real thing, with anything at all in each place.
contents = st.fixed_dictionaries(
    {},
    optional={
        "body": json_values,
        "msgtype": st.sampled_from(["m.text", "m.file"]) | json_values,
        "file": json_values
        | st.fixed_dictionaries(
            {}, optional={"url": json_values, "key": json_values, "hashes": json_values}
        ),
        "url": json_values,
        "m.relates_to": json_values
        | st.fixed_dictionaries(
            {},
            optional={
                "rel_type": st.sampled_from(
                    ["m.thread", "m.replace", "m.annotation", "m.reference"]
                )
                | json_values,
                "event_id": json_values,
                "key": json_values,
                "m.in_reply_to": json_values,
            },
        ),
        "m.mentions": json_values,
        "m.new_content": json_values
        | st.fixed_dictionaries({}, optional={"body": json_values, "msgtype": st.just("m.text")}),
        "m.selections": json_values,
        **{
            name: json_values | st.fixed_dictionaries({}, optional={"answers": json_values})
            for name in POLL_RESPONSES
        },
        "redacts": json_values,
        "users": json_values,
        "events": json_values,
        "name": json_values,
        "via": json_values,
        "room_version": json_values,
        "predecessor": json_values,
        "additional_creators": json_values,
        "replacement_room": json_values,
    },
)
events = st.fixed_dictionaries(
    {"content": contents},
    optional={
        "sender": json_values,
        "event_id": json_values,
        "state_key": json_values,
        "redacts": json_values,
    },
)

TYPES = [
    "m.room.message",
    "m.reaction",
    "m.room.redaction",
    "org.example.other",
    *POLL_RESPONSES,
    *POLL_ENDS,
]
STATES = [
    "m.room.create",
    "m.room.encryption",
    "m.room.name",
    "m.room.power_levels",
    "m.room.tombstone",
    "m.space.child",
]


@settings(derandomize=True, max_examples=400)
@given(st.sampled_from(TYPES), events)
def test_no_event_whatever_its_shape_is_more_than_understood_or_nothing(event_type, event) -> None:
    found = happening(event_type, event)

    assert found is None or isinstance(
        found, Said | Sent | Tapped | TakenBack | Reworded | Answered | Ended
    )
    if isinstance(found, Said):
        addressed(found, me=ME, names=("Kinkeeper",), prefix="!")
    if isinstance(found, Answered):
        assert len(found.answers) <= MOST_OPTIONS
        assert all(0 < len(answer) <= LONGEST_ID for answer in found.answers)


@settings(derandomize=True, max_examples=400)
@given(st.sampled_from(STATES), events)
def test_no_state_event_harms_what_is_known_of_a_room(event_type, event) -> None:
    room = Room(id="!room")

    take_state(room, {**event, "type": event_type})

    power.level(room, "@ana:here")
    assert room.name is None or isinstance(room.name, str)
    assert all(isinstance(child, str) for child in room.children)


@settings(derandomize=True, max_examples=200)
@given(json_values)
def test_whatever_is_no_event_is_not_taken_for_one(value) -> None:
    if is_event(value):
        assert isinstance(value["event_id"], str)


def said(text: str, **content) -> Said:
    found = happening("m.room.message", {"content": {"msgtype": "m.text", "body": text, **content}})
    assert isinstance(found, Said)
    return found


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("!help", "!help"),
        ("  !help", "  !help"),
        ("\u200f!help", "\u200f!help"),
        ("Kinkeeper: when", "when"),
        ("kinkeeper, when?", "when?"),
        ("@kinkeeper:here help rhythm", "help rhythm"),
        ("Kinkeeper", "help"),
        ("Kinkeepers are fine people", None),
        ("!", None),
        ("!!!", None),
        ("! well", None),
        ("hello all", None),
        ("what does !help do?", None),
    ],
)
def test_only_what_is_addressed_to_it_is_heard(text, heard) -> None:
    assert addressed(said(text), me=ME, names=("Kinkeeper",), prefix="!") == heard


def test_a_mention_anywhere_is_heard_without_the_name() -> None:
    text = said("could you, Kinkeeper, help", **{"m.mentions": {"user_ids": [ME]}})

    assert addressed(text, me=ME, names=("Kinkeeper",), prefix="!") == "could you, help"


def test_an_edit_and_a_notice_are_nothing() -> None:
    edit = {
        "msgtype": "m.text",
        "body": "* !ping",
        "m.relates_to": {"rel_type": "m.replace", "event_id": "$a"},
    }
    notice = {"msgtype": "m.notice", "body": "!ping"}

    assert happening("m.room.message", {"content": edit}) is None
    assert happening("m.room.message", {"content": notice}) is None


def test_a_reply_is_read_without_what_older_clients_quote() -> None:
    found = said(
        "> <@ana:here> the question\n\nyes",
        **{"m.relates_to": {"m.in_reply_to": {"event_id": "$q"}}},
    )

    assert (found.text, found.reply_to) == ("yes", "$q")


def test_a_message_in_a_thread_is_no_reply_to_the_one_before() -> None:
    relation = {
        "rel_type": "m.thread",
        "event_id": "$root",
        "is_falling_back": True,
        "m.in_reply_to": {"event_id": "$before"},
    }
    found = said("!ping", **{"m.relates_to": relation})

    assert (found.thread, found.reply_to) == ("$root", None)


def test_a_redaction_is_read_in_the_old_shape_and_in_the_new() -> None:
    assert happening("m.room.redaction", {"content": {}, "redacts": "$a"}) == TakenBack(target="$a")
    assert happening("m.room.redaction", {"content": {"redacts": "$b"}}) == TakenBack(target="$b")


def test_a_reaction_of_either_emoji_form_is_the_same_sign() -> None:
    relation = {"rel_type": "m.annotation", "event_id": "$a", "key": "✏️"}
    found = happening("m.reaction", {"content": {"m.relates_to": relation}})

    assert isinstance(found, Tapped)


def test_a_file_is_known_by_its_name_and_address_sealed_or_not() -> None:
    open_ = {"msgtype": "m.file", "body": "a.yaml", "url": "mxc://here/1"}
    key = {"k": "key", "kty": "oct"}
    sealed = {"url": "mxc://here/2", "key": key, "iv": "iv", "hashes": {"sha256": "digest"}}

    assert happening("m.room.message", {"content": open_}) == Sent(
        filename="a.yaml", address="mxc://here/1"
    )
    assert happening(
        "m.room.message", {"content": {"msgtype": "m.file", "body": "b.yml", "file": sealed}}
    ) == Sent(filename="b.yml", address="mxc://here/2", sealed=("key", "digest", "iv"))
    without_key = {key: value for key, value in sealed.items() if key != "key"}
    assert (
        happening(
            "m.room.message", {"content": {"msgtype": "m.file", "body": "", "file": without_key}}
        )
        is None
    )


def in_poll(event_type: str, **content):
    relation = {"rel_type": "m.reference", "event_id": "$poll"}
    return happening(event_type, {"content": {"m.relates_to": relation, **content}})


DRAFT, STABLE = "org.matrix.msc3381.poll.response", "m.poll.response"


@pytest.mark.parametrize(
    ("event_type", "content", "answers"),
    [
        (DRAFT, {DRAFT: {"answers": ["2"]}}, ("2",)),
        (STABLE, {"m.selections": ["2"]}, ("2",)),
        (STABLE, {STABLE: {"answers": ["2"]}}, ("2",)),
        (STABLE, {DRAFT: {"answers": ["2"]}}, ("2",)),
        (DRAFT, {DRAFT: {"answers": ["3", "1"]}}, ("3", "1")),
        (DRAFT, {DRAFT: {"answers": []}}, ()),
        (DRAFT, {DRAFT: {}}, ()),
        (DRAFT, {}, ()),
        (DRAFT, {DRAFT: {"answers": "2"}}, ()),
        (DRAFT, {DRAFT: {"answers": ["2", 3]}}, ()),
        (DRAFT, {DRAFT: {"answers": ["2", None]}}, ()),
        (DRAFT, {DRAFT: {"answers": [""]}}, ()),
        (DRAFT, {DRAFT: {"answers": ["2", "x" * (LONGEST_ID + 1)]}}, ()),
        (DRAFT, {DRAFT: {"answers": ["2"] * (MOST_OPTIONS + 1)}}, ()),
        (DRAFT, {DRAFT: ["2"]}, ()),
    ],
)
def test_an_answer_in_a_poll_is_read_by_both_names_and_void_when_any_of_it_is_odd(
    event_type, content, answers
) -> None:
    assert in_poll(event_type, **content) == Answered(target="$poll", answers=answers)


@pytest.mark.parametrize(
    "relation",
    [
        None,
        {},
        {"rel_type": "m.reference"},
        {"rel_type": "m.reference", "event_id": 7},
        {"rel_type": "m.annotation", "event_id": "$poll"},
        {"rel_type": "m.replace", "event_id": "$poll"},
    ],
)
def test_an_answer_that_names_no_poll_is_nothing(relation) -> None:
    content = {"m.relates_to": relation, DRAFT: {"answers": ["2"]}}

    assert happening(DRAFT, {"content": content}) is None


@pytest.mark.parametrize("event_type", sorted(POLL_ENDS))
def test_the_end_of_a_poll_is_read_by_both_names(event_type) -> None:
    assert in_poll(event_type) == Ended(target="$poll")


@pytest.mark.parametrize(
    ("answers", "most", "said"),
    [
        (["2"], 1, "2"),
        (["20"], 1, "20"),
        (["1", "3"], 1, "1"),
        (["1", "3"], 2, "1,3"),
        (["3", "1"], 3, "3,1"),
        ([], 1, ""),
        (["21"], 1, ""),
        (["0"], 1, ""),
        (["02"], 1, ""),
        (["²"], 1, ""),
        (["1", "pizza"], 1, ""),
    ],
)
def test_too_many_answers_are_cut_and_an_unknown_one_voids_them_all(answers, most, said) -> None:
    assert voice(answers, 20, most=most) == said


def edit(**new_content: Any) -> Happening | None:
    relation = {"rel_type": "m.replace", "event_id": "$a"}
    content = {
        "msgtype": "m.text",
        "body": "* x",
        "m.relates_to": relation,
        "m.new_content": new_content,
    }
    return happening("m.room.message", {"content": content})


def test_an_edit_says_what_it_replaces_and_by_which_words() -> None:
    assert edit(msgtype="m.text", body="block: too dear") == Reworded(
        target="$a", text="block: too dear"
    )
    quoting = "> <@ben:here> agree?\n\nblock"
    assert edit(msgtype="m.text", body=quoting) == Reworded(target="$a", text="block")
    long = edit(msgtype="m.text", body="x" * (LONGEST + 1))
    assert isinstance(long, Reworded)
    assert len(long.text) == LONGEST


def test_an_edit_without_new_words_is_nothing() -> None:
    assert edit() is None
    assert edit(msgtype="m.text", body=7) is None
    assert edit(msgtype="m.notice", body="block") is None
    assert edit(msgtype="m.image", body="block") is None
