"""The file that says which entity a client certificate stands for: a line for each.

    us-ca-pasadena-pd sha256:9f86d0…
    us-ca-burbank-pd san:alpr.burbankpd.example

A fingerprint is the SHA-256 of the certificate's DER bytes, as `openssl x509 -fingerprint -sha256` prints it
without the colons. A name is one of the certificate's subject alternative names (RFC 5280, 4.2.1.6): DNS name
or URI, letter for letter. The common name counts for nothing (RFC 9525).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256

from streams.codecs.owned_file import read_owned
from streams.errors import InputError
from streams.policy.vocabulary import EntityId

_WHAT = "file of client certificates"
_LINE = re.compile(
    r"(?P<entity>[A-Za-z0-9._-]{1,100}) (?P<mark>sha256:[0-9a-f]{64}|san:[!-~]{1,255})", re.ASCII
)


@dataclass(frozen=True, slots=True)
class ClientCertificate:
    """One mark of a certificate, `sha256:…` or `san:…`, and the one entity that comes with it."""

    entity_id: EntityId
    mark: str


def marks_of(certificate: x509.Certificate) -> frozenset[str]:
    """Return all the marks by which a certificate may stand in the file."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        names = x509.SubjectAlternativeName([])
    said = (
        *names.get_values_for_type(x509.DNSName),
        *names.get_values_for_type(x509.UniformResourceIdentifier),
    )
    fingerprint = certificate.fingerprint(SHA256()).hex()
    return frozenset({f"sha256:{fingerprint}", *(f"san:{name}" for name in said)})


def entities_of(known: Iterable[ClientCertificate], certificate: x509.Certificate) -> frozenset[EntityId]:
    """Return the entities that the certificate stands for; more than one is as good as none."""
    marks = marks_of(certificate)
    return frozenset(each.entity_id for each in known if each.mark in marks)


def read_client_certificates(text: bytes, name: str) -> tuple[ClientCertificate, ...]:
    """Return the lines of a file; `name` is its name in messages. Blank lines are skipped.

    Raises:
        InputError: a line is none, or two have the same mark.
    """
    found: dict[str, ClientCertificate] = {}
    for number, line in enumerate(text.decode(errors="replace").splitlines(), start=1):
        if not line.strip():
            continue
        match = _LINE.fullmatch(line.strip())
        if match is None:
            raise InputError(
                f"{name}:{number}: expected `ENTITY_ID`, and `sha256:` with 64 hexadecimal digits or `san:` "
                "with a name"
            )
        if match["mark"] in found:
            raise InputError(f"{name}:{number}: the same certificate stands here twice")
        found[match["mark"]] = ClientCertificate(EntityId(match["entity"]), match["mark"])
    return tuple(found.values())


def load_client_certificates(path: Path) -> tuple[ClientCertificate, ...]:
    """Return the lines of a file that nobody but its owner can write or read.

    Raises:
        InputError: if it is not there, open to others, or no such file.
    """
    return read_client_certificates(read_owned(path, _WHAT), str(path))
