"""`alpr-gate api token`; what serves is tried in tests/adapters/api."""

from pathlib import Path

from click.testing import CliRunner

from streams.cli import cli
from streams.codecs.access_tokens import holder_of, load_tokens


def test_a_token_is_printed_once_and_kept_as_a_digest(tmp_path: Path) -> None:
    file = str(tmp_path / "tokens")
    made = [CliRunner().invoke(cli, ["api", "token", "us-ca-pasadena-pd", file]) for _ in range(2)]
    assert [result.exit_code for result in made] == [0, 0]
    tokens = [result.stdout.strip() for result in made]
    assert len(set(tokens)) == 2
    assert {holder_of(load_tokens(Path(file)), token) for token in tokens} == {"us-ca-pasadena-pd"}
    assert "ALPR_GATE_API_TOKENS" in made[0].stderr
    assert tokens[0] not in made[0].stderr
