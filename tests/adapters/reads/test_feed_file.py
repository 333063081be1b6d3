"""Which feeds there are, and who is believed to be one."""

import hashlib
import hmac
from pathlib import Path

import pytest

from streams.adapters.reads.feed_file import load_feeds, read_feeds
from streams.errors import InputError
from streams.examples import example_path

PATH = Path("feeds.yaml")
SECRET, KEY = "a secret", bytes(range(32))
TEXT = f"""
reference_key: {bytes(range(32, 64)).hex()}
feeds:
  - name: harbour
    format: rekor
    network: Harbour cameras
    zone: America/Los_Angeles
    secret_sha256: {hashlib.sha256(SECRET.encode()).hexdigest()}
  - name: gate
    format: axis
    network: Gate cameras
    zone: America/Los_Angeles
    hmac_key: {KEY.hex()}
"""


def test_a_feed_is_known_by_its_secret() -> None:
    feed = read_feeds(TEXT, PATH)["harbour"]
    assert feed.admits(SECRET, None, b"body")
    for wrong in (None, "", "A secret", SECRET + " ", "\udcff"):
        assert not feed.admits(wrong, None, b"body")


def test_a_feed_is_known_by_its_signature_of_this_very_body() -> None:
    feed = read_feeds(TEXT, PATH)["gate"]
    signature = hmac.new(KEY, b"body", hashlib.sha256).hexdigest()
    assert feed.admits(None, signature, b"body")
    assert feed.admits(None, f"sha256={signature.upper()}", b"body")
    assert not feed.admits(None, signature, b"body of another")
    for wrong in (None, "", "sha256=", KEY.hex(), "\udcff"):
        assert not feed.admits(KEY.hex(), wrong, b"body")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("format: rekor", "format: recor", "expected one of axis, dahua, flock"),
        ("zone: America/Los_Angeles", "zone: PST8", "expected a time zone"),
        ("name: gate", "name: harbour", "expected `harbour` once"),
        ("    hmac_key:", "    secret:", "expected one of secret_sha256, hmac_key, mqtt_topic, folder"),
        (f"hmac_key: {KEY.hex()}", "hmac_key: my-secret", "expected 64 hexadecimal digits"),
        ("    format: rekor\n", "", "expected either `format` or `mapping`"),
        ("format: rekor", "mapping: none.yaml", "expected a mapping:\ncannot read `none.yaml`"),
        ("reference_key: 20", "reference_key: 2", "expected 64 hexadecimal digits"),
        (f"hmac_key: {KEY.hex()}", "mqtt_topic: reads/#/gate", "expected a filter of MQTT topics"),
        (f"hmac_key: {KEY.hex()}", "folder: drop", "expected the whole path of a folder"),
        ("    hmac_key", "    mqtt_topic: a/b\n    hmac_key", "expected one of secret_sha256"),
        ("feeds:", "sources:", "feeds: expected this key, got none"),
    ],
)
def test_a_wrong_file_is_told_by_line(old: str, new: str, message: str) -> None:
    with pytest.raises(InputError, match=r"feeds\.yaml:\d+: ") as caught:
        read_feeds(TEXT.replace(old, new), PATH)
    assert message in str(caught.value)
    assert "my-secret" not in str(caught.value)


def test_a_file_that_others_can_read_is_not_taken(tmp_path: Path) -> None:
    file = tmp_path / "feeds.yaml"
    file.write_text(TEXT)
    file.chmod(0o644)
    with pytest.raises(InputError, match="0600"):
        load_feeds(file)
    file.chmod(0o600)
    assert sorted(load_feeds(file)) == ["gate", "harbour"]


def test_a_feed_may_have_a_mapping_beside_the_file(tmp_path: Path) -> None:
    text = example_path("mappings/verkada.yaml").read_text()
    (tmp_path / "verkada.yaml").write_text(text)
    feeds = read_feeds(TEXT.replace("format: rekor", "mapping: verkada.yaml"), tmp_path / "feeds.yaml")
    assert feeds["harbour"].form.name == "verkada"
    (tmp_path / "verkada.yaml").write_text(text.replace("plate:", "number:"))
    with pytest.raises(InputError, match=r"verkada.yaml:\d+: read.plate: expected this key"):
        read_feeds(TEXT.replace("format: rekor", "mapping: verkada.yaml"), tmp_path / "feeds.yaml")
