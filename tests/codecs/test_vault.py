import os
import stat
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_bytes

import pytest

from streams.codecs.vault import Vault, add_keys, destroy_key, key_file, open_vault
from streams.errors import InputError

MONTHS = ("2026-11", "2026-12")
NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    add_keys(tmp_path / "vault", MONTHS, token_bytes)
    return tmp_path / "vault"


def test_what_one_reader_seals_another_opens(folder: Path) -> None:
    sealed = open_vault(folder).sealer(NOW, token_bytes).seal(b"contents", "a test")
    assert open_vault(folder).opened(sealed, "a test") == b"contents"


def test_only_their_owner_can_read_the_keys(folder: Path) -> None:
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    key_file(folder, "2026-11").chmod(0o640)
    with pytest.raises(InputError, match="chmod 600"):
        open_vault(folder).key_of("2026-11")


def test_keys_are_added_and_never_replaced(folder: Path) -> None:
    before = open_vault(folder).key_of("2026-11")
    assert add_keys(folder, (*MONTHS, "2027-01"), token_bytes) == ("2027-01",)
    assert open_vault(folder).key_of("2026-11") == before
    assert open_vault(folder).has("2027-01")


def test_a_month_without_a_key_is_told_with_what_to_do(folder: Path) -> None:
    vault = open_vault(folder)
    assert not vault.has("2027-01")
    with pytest.raises(InputError, match="no key for 2027-01: `alpr-gate ledger vault` makes"):
        vault.sealer(datetime(2027, 1, 1, tzinfo=UTC), token_bytes)


def test_a_key_that_is_made_later_is_found_without_a_restart(folder: Path) -> None:
    vault = open_vault(folder)
    assert not vault.has("2027-01")
    add_keys(folder, ("2027-01",), token_bytes)
    assert vault.has("2027-01")


def test_the_months_that_are_ready_are_counted_without_a_gap(folder: Path) -> None:
    vault = open_vault(folder)
    assert vault.months_ready(NOW) == 2
    add_keys(folder, ("2027-02",), token_bytes)
    assert vault.months_ready(NOW) == 2
    add_keys(folder, ("2027-01",), token_bytes)
    assert vault.months_ready(NOW) == 3
    assert vault.months_ready(datetime(2026, 10, 1, tzinfo=UTC)) == 0


def test_nothing_opens_once_the_key_is_destroyed(folder: Path) -> None:
    sealed = open_vault(folder).sealer(NOW, token_bytes).seal(b"contents", "a test")
    destroy_key(folder, "2026-11")
    destroy_key(folder, "2026-11")
    assert not key_file(folder, "2026-11").exists()
    with pytest.raises(InputError, match="does not come back"):
        open_vault(folder).opened(sealed, "a test")


def test_a_key_that_was_overwritten_and_not_removed_yet_is_none(folder: Path) -> None:
    path = key_file(folder, "2026-11")
    path.write_bytes(bytes(path.stat().st_size))
    assert not open_vault(folder).has("2026-11")


def test_a_key_is_overwritten_on_the_disk_before_it_is_removed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[bytes] = []

    def fsync(descriptor: int) -> None:
        if not stat.S_ISDIR(os.fstat(descriptor).st_mode):
            synced.append(os.pread(descriptor, 100, 0))

    monkeypatch.setattr(os, "fsync", fsync)
    destroy_key(folder, "2026-11")
    (content,) = synced
    assert len(content) > 40
    assert content.strip(b"\x00") == b""


def test_a_damaged_key_of_a_month_to_come_is_told_when_keys_are_added_and_is_not_ready(folder: Path) -> None:
    key_file(folder, "2026-12").write_text("")
    assert open_vault(folder).months_ready(NOW) == 1
    with pytest.raises(InputError, match="expected 32 bytes"):
        add_keys(folder, MONTHS, token_bytes)


def test_a_key_that_others_can_read_is_not_ready(folder: Path) -> None:
    key_file(folder, "2026-12").chmod(0o644)
    assert open_vault(folder).months_ready(NOW) == 1


def test_another_vault_with_the_same_months_is_told_apart(folder: Path, tmp_path: Path) -> None:
    sealed = open_vault(folder).sealer(NOW, token_bytes).seal(b"contents", "a test")
    add_keys(tmp_path / "other", MONTHS, token_bytes)
    with pytest.raises(InputError, match="need the same vault"):
        open_vault(tmp_path / "other").opened(sealed, "a test")


@pytest.mark.parametrize("content", ["", "c2hvcnQ=", "not base64!", "A" * 44 + "\n\n" + "B" * 44])
def test_a_file_that_is_no_key_is_refused_without_showing_it(folder: Path, content: str) -> None:
    key_file(folder, "2026-12").write_text(content)
    with pytest.raises(InputError, match="expected 32 bytes in base64") as refused:
        open_vault(folder).key_of("2026-12")
    assert not content or content not in str(refused.value)


@pytest.mark.parametrize("month", ["", "2026-13", "2026-00", "../2026-11", "2026-11/..", "2026-1"])
def test_the_id_of_a_key_can_choose_no_other_file(folder: Path, month: str) -> None:
    with pytest.raises(InputError, match="expected a month"):
        open_vault(folder).key_of(month)


@pytest.mark.parametrize(
    "use", [lambda at: add_keys(at, MONTHS, token_bytes), lambda at: destroy_key(at, "2026-11")]
)
def test_a_place_that_cannot_be_written_is_told(tmp_path: Path, use: Callable[[Path], object]) -> None:
    (tmp_path / "vault").write_text("a file")
    with pytest.raises(InputError, match="vault"):
        use(tmp_path / "vault")


def test_a_key_is_read_when_it_is_needed_and_once() -> None:
    asked: list[str] = []

    def read(month: str) -> bytes:
        asked.append(month)
        return bytes(32)

    vault = Vault(read)
    assert asked == []
    assert vault.key_of("2026-11") == vault.key_of("2026-11")
    assert asked == ["2026-11"]
