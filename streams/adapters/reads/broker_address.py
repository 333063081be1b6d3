"""Where the MQTT broker is, and how this intake shows there who it is."""

import ssl
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from streams.codecs.owned_file import read_owned
from streams.errors import InputError
from streams.settings import Settings

_PORTS = {"mqtt": 1883, "mqtts": 8883}
_HERE = frozenset({"127.0.0.1", "::1", "localhost"})
_WHAT = "MQTT credentials"


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerAddress:
    """A broker; `tls` is None for plain TCP, `user` None where the broker asks for none.

    `session` names what the broker keeps for this intake, so no other may have the same.
    """

    session: str
    host: str
    port: int
    tls: ssl.SSLContext | None
    user: str | None
    password: str | None = field(repr=False)

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def broker_address(settings: Settings) -> BrokerAddress:
    """Return the broker of the settings.

    Raises:
        InputError: the URL is not one of MQTT, a file cannot be read, or a password would cross the network
            in plain.
    """
    try:
        url = urlsplit(settings.mqtt_url or "")
        host, port = url.hostname, url.port
    except ValueError:
        host = port = None
    if host is None or url.scheme not in _PORTS or url.path.strip("/") or url.username is not None:
        raise InputError("setting ALPR_GATE_MQTT_URL: expected mqtts://HOST:PORT or mqtt://HOST:PORT")
    tls = None if url.scheme == "mqtt" else _context(settings.mqtt_ca)
    user, password = (None, None) if settings.mqtt_credentials is None else _login(settings.mqtt_credentials)
    if user is not None and tls is None and host not in _HERE:
        raise InputError("setting ALPR_GATE_MQTT_URL: expected mqtts://, since a password is sent there")
    return BrokerAddress(
        session=f"{settings.app_id}.reads.{settings.instance_id}",
        host=host,
        port=port or _PORTS[url.scheme],
        tls=tls,
        user=user,
        password=password,
    )


def _context(authorities: Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=authorities)
    except OSError as error:
        raise InputError(
            f"ALPR_GATE_MQTT_CA `{authorities}`: {error.strerror or 'no certificates'}"
        ) from error


def _login(path: Path) -> tuple[str, str]:
    try:
        user, colon, password = read_owned(path, _WHAT).decode().strip("\r\n").partition(":")
    except UnicodeDecodeError:
        user = colon = password = ""
    if not user or not colon or "\n" in password:
        raise InputError(f"{_WHAT} `{path}`: expected one line USER:PASSWORD in UTF-8")
    return user, password
