from pathlib import Path

import pytest

from streams.codecs.access_tokens import (
    TOKEN_PREFIX,
    add_token,
    holder_of,
    load_tokens,
    new_token,
    read_tokens,
)
from streams.errors import InputError
from streams.policy.vocabulary import EntityId

PASADENA, BURBANK = EntityId("us-ca-pasadena-pd"), EntityId("us-ca-burbank-pd")
ONE, TWO, THREE = (new_token(bytes([number]) * 32) for number in range(3))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "tokens"


def test_a_token_is_known_by_its_digest_and_stands_nowhere(file: Path) -> None:
    add_token(file, PASADENA, ONE)
    add_token(file, BURBANK, TWO)
    add_token(file, PASADENA, THREE)
    tokens = load_tokens(file)
    assert [holder_of(tokens, token) for token in (ONE, TWO, THREE)] == [PASADENA, BURBANK, PASADENA]
    content = file.read_text(encoding="utf-8")
    assert [token for token in (ONE, TWO, THREE) if token.removeprefix(TOKEN_PREFIX) in content] == []
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("token", ["", ONE[:-1], f"{ONE} ", ONE.upper(), THREE, "\ud800"])
def test_any_other_token_is_nobodys(file: Path, token: str) -> None:
    add_token(file, PASADENA, ONE)
    assert holder_of(load_tokens(file), token) is None


def test_a_token_has_32_bytes() -> None:
    with pytest.raises(InputError, match="32 random bytes"):
        new_token(bytes(31))


@pytest.mark.parametrize(
    "line",
    ["us-ca-pasadena-pd", f"us-ca-pasadena-pd {'0' * 64}", f"us-ca-pasadena-pd sha256:{'0' * 63}",
     f"us-ca-pasadena-pd sha256:{'G' * 64}", f"a b sha256:{'0' * 64}", f"é sha256:{'0' * 64}", "\x00"],
)  # fmt: skip
def test_a_line_that_is_none_is_named_and_not_repeated(line: str) -> None:
    good = f"us-ca-burbank-pd sha256:{'1' * 64}\n\n"
    with pytest.raises(InputError, match=r"^tokens:3: expected `ENTITY_ID sha256:`") as raised:
        read_tokens(f"{good}{line}\n".encode(), "tokens")
    assert "0000" not in str(raised.value)


def test_two_entities_do_not_share_a_token(file: Path) -> None:
    add_token(file, PASADENA, ONE)
    with pytest.raises(InputError, match="twice"):
        add_token(file, BURBANK, ONE)
    assert [token.entity_id for token in load_tokens(file)] == [PASADENA]


def test_what_is_no_id_is_not_added(file: Path) -> None:
    with pytest.raises(InputError, match="entity id `a b`"):
        add_token(file, EntityId("a b"), ONE)
    assert not file.exists()


def test_a_file_that_is_open_to_others_is_not_read(file: Path) -> None:
    add_token(file, PASADENA, ONE)
    file.chmod(0o640)
    with pytest.raises(InputError, match="chmod 600"):
        load_tokens(file)
    with pytest.raises(InputError, match="chmod 600"):
        add_token(file, BURBANK, TWO)


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file"):
        add_token(tmp_path / "nowhere" / "tokens", PASADENA, ONE)
