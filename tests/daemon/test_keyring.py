"""Keys at rest open with the operator's secret, and with nothing less."""

import stat
from pathlib import Path

import pytest
from Crypto.Hash import SHA256
from Crypto.Protocol.KDF import HKDF

from daemon.keyring import KEY_FILE, SALT_FILE, Keyring, WrongKey, write_private

CONTENT = {"token": "syt_tulips", "seeds": {"master": "00ff"}}


def mode(file: Path) -> int:
    return stat.S_IMODE(file.stat().st_mode)


@pytest.mark.parametrize("phrase", [None, "tulips and mustard"])
def test_what_was_sealed_opens_after_a_restart(tmp_path: Path, phrase: str | None) -> None:
    sealed = Keyring.at(tmp_path, phrase).seal("device", CONTENT)

    assert Keyring.at(tmp_path, phrase).open("device", sealed) == CONTENT
    assert "tulips" not in sealed


def test_the_secret_is_made_for_its_owners_eyes_only(tmp_path: Path) -> None:
    folder = tmp_path / "data"

    Keyring.at(folder, None)
    Keyring.at(folder, "tulips and mustard")

    assert mode(folder) == 0o700
    assert mode(folder / KEY_FILE) == 0o600
    assert mode(folder / SALT_FILE) == 0o600


def test_the_key_file_is_made_once(tmp_path: Path) -> None:
    Keyring.at(tmp_path, None)
    made = (tmp_path / KEY_FILE).read_bytes()

    Keyring.at(tmp_path, None)

    assert (tmp_path / KEY_FILE).read_bytes() == made


def test_two_folders_have_two_secrets(tmp_path: Path) -> None:
    one, other = Keyring.at(tmp_path / "one", None), Keyring.at(tmp_path / "other", None)

    assert one.key("device") != other.key("device")
    with pytest.raises(WrongKey, match="device"):
        other.open("device", one.seal("device", CONTENT))


def test_a_wrong_phrase_opens_nothing(tmp_path: Path) -> None:
    sealed = Keyring.at(tmp_path, "tulips and mustard").seal("device", CONTENT)

    with pytest.raises(WrongKey):
        Keyring.at(tmp_path, "tulips and custard").open("device", sealed)


def test_one_phrase_gives_two_keepers_different_keys(tmp_path: Path) -> None:
    one = Keyring.at(tmp_path / "one", "tulips and mustard")
    other = Keyring.at(tmp_path / "other", "tulips and mustard")

    assert one.key("device") != other.key("device")


def test_a_phrase_is_stretched_and_not_merely_hashed(tmp_path: Path) -> None:
    phrase = b"tulips and mustard"
    key = Keyring.at(tmp_path, phrase.decode()).key("device")
    salt = (tmp_path / SALT_FILE).read_bytes()

    for guess in (phrase, salt + phrase, phrase + salt):
        root = SHA256.new(guess).digest()
        assert key not in (root, HKDF(root, 32, b"kinkeeper", SHA256, context=b"device"))


def test_each_purpose_has_a_key_of_its_own(tmp_path: Path) -> None:
    keyring = Keyring.at(tmp_path, None)

    assert keyring.key("device") != keyring.key("pickle")
    with pytest.raises(WrongKey):
        keyring.open("pickle", keyring.seal("device", CONTENT))


def test_sealing_the_same_twice_gives_two_texts(tmp_path: Path) -> None:
    keyring = Keyring.at(tmp_path, None)

    assert keyring.seal("device", CONTENT) != keyring.seal("device", CONTENT)


@pytest.mark.parametrize("place", [0, 20, -10])
def test_what_was_tampered_with_does_not_open(tmp_path: Path, place: int) -> None:
    keyring = Keyring.at(tmp_path, None)
    sealed = list(keyring.seal("device", CONTENT))
    sealed[place] = "A" if sealed[place] != "A" else "B"

    with pytest.raises(WrongKey):
        keyring.open("device", "".join(sealed))


@pytest.mark.parametrize("written", ["", "no key at all", "c2hvcnQ="])
def test_a_damaged_key_file_is_named(tmp_path: Path, written: str) -> None:
    (tmp_path / KEY_FILE).write_text(written)

    with pytest.raises(WrongKey, match=KEY_FILE):
        Keyring.at(tmp_path, None)


def test_a_private_file_is_replaced_whole_and_stays_private(tmp_path: Path) -> None:
    file = tmp_path / "device.sealed"
    write_private(file, b"one")
    write_private(file, b"two")

    assert file.read_bytes() == b"two"
    assert mode(file) == 0o600
    assert list(tmp_path.iterdir()) == [file]
