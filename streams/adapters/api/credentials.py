"""Who comes in: the bearer token or the client certificate says which entity asks, and nothing else does.

No header of a proxy is believed, and no name in the body: what a sender writes is not who the sender is.
"""

from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from aiohttp import hdrs, web
from cryptography import x509
from cryptography.exceptions import InvalidSignature

from streams.clock import Clock
from streams.codecs.access_tokens import holder_of, load_tokens
from streams.codecs.client_certificates import ClientCertificate, entities_of, load_client_certificates
from streams.errors import InputError
from streams.logs import get_logger
from streams.metric_names import Refused
from streams.policy.vocabulary import EntityId
from streams.settings import Settings

log = get_logger(__name__)

_SCHEME = "bearer "
# Longer than any token of ours; nothing longer is worth a hash.
_LONGEST = 200
UNREADABLE = "the file of tokens or of client certificates cannot be read"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why somebody does not come in, and what to do; `challenge` is for `WWW-Authenticate` of a 401."""

    reason: Refused
    status: HTTPStatus
    detail: str
    challenge: str = "Bearer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clients:
    """The file that maps client certificates to entities, and the certificates of the CAs that issue them."""

    file: Path
    authorities: tuple[x509.Certificate, ...]


NOBODY = Refusal(
    reason=Refused.NOBODY,
    status=HTTPStatus.UNAUTHORIZED,
    detail="send the token of your agency as `Authorization: Bearer …`",
)
BAD_TOKEN = Refusal(
    reason=Refused.TOKEN,
    status=HTTPStatus.UNAUTHORIZED,
    detail="the token is none of this service; ask for one",
    challenge='Bearer error="invalid_token"',
)
EXPIRED = Refusal(
    reason=Refused.CERTIFICATE,
    status=HTTPStatus.UNAUTHORIZED,
    detail="the client certificate, or the one that issued it, is not valid now; renew it",
)
UNKNOWN = Refusal(
    reason=Refused.CERTIFICATE,
    status=HTTPStatus.FORBIDDEN,
    detail="the client certificate stands for no agency here; ask for it to be entered",
)
OTHER = Refusal(
    reason=Refused.MISMATCH,
    status=HTTPStatus.FORBIDDEN,
    detail="the client certificate and the token are those of two agencies",
)
TOKEN_ALONE = Refusal(
    reason=Refused.CERTIFICATE,
    status=HTTPStatus.UNAUTHORIZED,
    detail="your agency comes with a client certificate, and a token alone does not do",
)
BROKEN = Refusal(
    reason=Refused.UNREADABLE,
    status=HTTPStatus.SERVICE_UNAVAILABLE,
    detail=f"{UNREADABLE}; tell the agency",
)


class Credentials:
    """Tells the entity of a request from its token, its client certificate, or both.

    Both must be of the same entity. An entity that has a certificate in the file needs it: its token alone,
    which may be stolen, opens nothing. The files are read anew for each request: they are short, and a line
    that is deleted must not open the door once more. A file that cannot be read lets nobody in.
    """

    def __init__(self, tokens: Path, clients: Clients | None, clock: Clock) -> None:
        self._tokens = tokens
        self._clients = clients
        self._clock = clock

    @property
    def problem(self) -> str | None:
        """Return why nobody can come in, or None."""
        try:
            load_tokens(self._tokens)
            self._known()
        except InputError:
            return UNREADABLE
        return None

    def holder(self, request: web.Request) -> EntityId | Refusal:
        """Return who asks, or why nobody does."""
        try:
            by_certificate = self._by_certificate(request)
            if isinstance(by_certificate, Refusal):
                return by_certificate
            return self._with_token(request, by_certificate)
        except InputError as error:
            log.warning("the file of tokens or of client certificates cannot be read", error=error)
            return BROKEN

    def _with_token(self, request: web.Request, by_certificate: EntityId | None) -> EntityId | Refusal:
        given = request.headers.get(hdrs.AUTHORIZATION)
        if given is None:
            return NOBODY if by_certificate is None else by_certificate
        if not given.lower().startswith(_SCHEME) or len(given) > _LONGEST:
            return NOBODY
        holder = holder_of(load_tokens(self._tokens), given[len(_SCHEME) :].strip())
        if holder is None:
            return BAD_TOKEN
        if by_certificate is None:
            return TOKEN_ALONE if any(each.entity_id == holder for each in self._known()) else holder
        return holder if holder == by_certificate else OTHER

    def _by_certificate(self, request: web.Request) -> EntityId | Refusal | None:
        """Return whom the certificate stands for; None when there is none."""
        shown = _certificate_of(request)
        if shown is None or self._clients is None:
            return None
        if not any(_issues(authority, shown, self._clock) for authority in self._clients.authorities):
            return EXPIRED
        found = entities_of(self._known(), shown)
        return next(iter(found)) if len(found) == 1 else UNKNOWN

    def _known(self) -> tuple[ClientCertificate, ...]:
        return () if self._clients is None else load_client_certificates(self._clients.file)


def load_authorities(path: Path) -> tuple[x509.Certificate, ...]:
    """Return the certificates of a PEM file of CAs.

    Raises:
        InputError: it cannot be read or holds none.
    """
    try:
        return tuple(x509.load_pem_x509_certificates(path.read_bytes()))
    except (OSError, ValueError) as error:
        raise InputError(f"file of CAs `{path}`: expected certificates in PEM") from error


def _certificate_of(request: web.Request) -> x509.Certificate | None:
    """Return the certificate that the client has proven; the handshake has checked all but its time."""
    tls = None if request.transport is None else request.transport.get_extra_info("ssl_object")
    shown = None if tls is None else tls.getpeercert(binary_form=True)
    return None if not shown else x509.load_der_x509_certificate(shown)


def _issues(authority: x509.Certificate, shown: x509.Certificate, clock: Clock) -> bool:
    """Tell whether the authority has issued the certificate, and both are valid now."""
    now = clock.now()
    if not all(one.not_valid_before_utc <= now <= one.not_valid_after_utc for one in (authority, shown)):
        return False
    try:
        shown.verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def clients_of(settings: Settings) -> Clients | None:
    """Return who may come with a certificate, or None where the settings name no certificates.

    Raises:
        InputError: the certificates of the CAs cannot be read.
    """
    if settings.api_clients is None or settings.api_client_ca is None:
        return None
    return Clients(file=settings.api_clients, authorities=load_authorities(settings.api_client_ca))
