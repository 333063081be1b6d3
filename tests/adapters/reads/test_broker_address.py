"""Where the MQTT broker is, and what is refused before anything is sent there."""

from pathlib import Path

import pytest

from streams.adapters.reads.broker_address import broker_address
from streams.errors import InputError
from streams.settings import Settings


def owned(path: Path, text: str) -> Path:
    path.write_text(text)
    path.chmod(0o600)
    return path


def test_a_broker_with_tls_and_a_password_that_is_not_shown(tmp_path: Path) -> None:
    credentials = owned(tmp_path / "credentials", "camera:a:b\n")
    found = broker_address(Settings(mqtt_url="mqtts://broker.example", mqtt_credentials=credentials))
    assert (found.host, found.port, found.user, found.password) == ("broker.example", 8883, "camera", "a:b")
    assert found.tls is not None
    assert found.tls.check_hostname
    assert "a:b" not in repr(found)


@pytest.mark.parametrize(
    "url",
    ["", "broker", "http://broker", "mqtt://", "mqtt://a:b@broker", "mqtts://broker/path", "mqtt://broker:x"],
)
def test_what_is_no_address_of_a_broker_is_told(url: str) -> None:
    with pytest.raises(InputError, match="expected mqtts://HOST:PORT"):
        broker_address(Settings(mqtt_url=url))


def test_a_password_does_not_cross_the_network_in_plain(tmp_path: Path) -> None:
    credentials = owned(tmp_path / "credentials", "camera:secret")
    with pytest.raises(InputError, match="expected mqtts://, since a password"):
        broker_address(Settings(mqtt_url="mqtt://broker.example", mqtt_credentials=credentials))
    here = broker_address(Settings(mqtt_url="mqtt://127.0.0.1:1883", mqtt_credentials=credentials))
    assert (here.tls, here.user) == (None, "camera")


@pytest.mark.parametrize("text", ["", "camera", ":secret", "camera:a\nb:c"])
def test_a_file_that_is_no_login_is_told_and_not_shown(tmp_path: Path, text: str) -> None:
    credentials = owned(tmp_path / "credentials", text)
    with pytest.raises(InputError, match="expected one line USER:PASSWORD") as caught:
        broker_address(Settings(mqtt_url="mqtts://broker.example", mqtt_credentials=credentials))
    assert "secret" not in str(caught.value)


def test_authorities_that_are_none_are_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="ALPR_GATE_MQTT_CA"):
        broker_address(Settings(mqtt_url="mqtts://broker.example", mqtt_ca=owned(tmp_path / "ca", "none")))
