"""Events of any shape are read without harm."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.events import Said, Sent, TakenBack, Tapped, addressed, happening, is_event
from daemon.rooms import take_state
from handlers import power
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
                "rel_type": st.sampled_from(["m.thread", "m.replace", "m.annotation"])
                | json_values,
                "event_id": json_values,
                "key": json_values,
                "m.in_reply_to": json_values,
            },
        ),
        "m.mentions": json_values,
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

TYPES = ["m.room.message", "m.reaction", "m.room.redaction", "org.example.other"]
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

    assert found is None or isinstance(found, Said | Tapped | TakenBack)
    if isinstance(found, Said):
        addressed(found, me=ME, names=("Kinkeeper",), prefix="!")


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
