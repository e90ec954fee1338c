"""Where a receiver's host name leads: public addresses only, unless others are allowed (server-side request forgery, OWASP).

The address that was checked is the one to connect to: a name that is asked for twice can be answered twice differently (DNS rebinding).
"""

import ipaddress
import socket

from workers.errors import Misconfigured, Unavailable

__all__ = ["connect", "is_public", "resolve"]

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052


def resolve(host: str, port: int, *, allow_private: bool) -> list[str]:
    """The addresses of a host, in the resolver's order. Raises Unavailable, or Misconfigured where one is not public."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Unavailable("the receiver's host name cannot be resolved") from None
    addresses = list(dict.fromkeys(str(address[0]) for *_, address in found))
    if not allow_private and not all(map(is_public, addresses)):
        raise Misconfigured(
            "DATELINE_ALERTS_WEBHOOK_URL leads to a private address; set DATELINE_ALERTS_ALLOW_PRIVATE=true if that is meant"
        )
    return addresses


def is_public(address: str) -> bool:
    """Neither private, loopback, link-local (169.254.169.254 is the metadata service of clouds), multicast nor reserved, also not within an IPv6 address."""
    found = ipaddress.ip_address(address.split("%", maxsplit=1)[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo or (None, None))[1]
        if found in _NAT64:
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return found.is_global and not found.is_multicast


def connect(host: str, port: int, timeout_s: float, *, allow_private: bool) -> socket.socket:
    """A connection to one of the host's addresses. Raises as `resolve` does, and OSError."""
    failed: OSError | None = None
    for address in resolve(host, port, allow_private=allow_private):
        try:
            return socket.create_connection((address, port), timeout_s)
        except OSError as error:
            failed = error
    raise failed or OSError("no address")
