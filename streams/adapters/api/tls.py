"""TLS of the API: what it shows, whose client certificates it takes, and where plain HTTP is allowed.

Closed unless it is said otherwise: beyond this machine nothing is served in the clear.
"""

import ipaddress
import ssl

from streams.errors import InputError
from streams.settings import Settings

# X509_V_FLAG_NO_CHECK_TIME of OpenSSL. Whether a certificate is valid now is asked for each request, by our
# clock: a connection may outlive it, and whoever comes with an old one is told so.
_NO_CHECK_TIME = ssl.VerifyFlags(0x200000)


def server_context(settings: Settings) -> ssl.SSLContext | None:
    """Return what the API speaks TLS with, or None for plain HTTP where that is allowed.

    Raises:
        InputError: a file cannot be used or is missing beside another, or HTTP would leave this machine.
    """
    certificate, key = settings.api_certificate, settings.api_certificate_key
    if (certificate is None) is not (key is None):
        raise InputError("ALPR_GATE_API_CERTIFICATE and ALPR_GATE_API_CERTIFICATE_KEY go together")
    if (settings.api_client_ca is None) is not (settings.api_clients is None):
        raise InputError("ALPR_GATE_API_CLIENT_CA and ALPR_GATE_API_CLIENTS go together")
    if certificate is None or key is None:
        _require_private(settings)
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(certificate, key)
        if settings.api_client_ca is not None:
            context.load_verify_locations(settings.api_client_ca)
            context.verify_mode = ssl.CERT_OPTIONAL
            context.verify_flags |= _NO_CHECK_TIME
    except (OSError, ssl.SSLError) as error:
        raise InputError(f"TLS of the API: {error.strerror or type(error).__name__}") from error
    return context


def _require_private(settings: Settings) -> None:
    if settings.api_clients is not None:
        raise InputError("client certificates need TLS: set ALPR_GATE_API_CERTIFICATE and its key")
    if _is_this_machine(settings.api_host) or settings.api_behind_proxy:
        return
    raise InputError(
        f"without TLS the API listens on this machine alone, and not on `{settings.api_host}`: set "
        "ALPR_GATE_API_CERTIFICATE and its key, or ALPR_GATE_API_BEHIND_PROXY if a proxy with TLS stands "
        "before it"
    )


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
