"""Where a Neo4j database is, and who asks.

An address is a Neo4j URI, with the ecosystem that is meant after a ``#``:
``bolt://localhost:7687#smart``. User, password and database come from ``NEO4J_USERNAME``,
``NEO4J_PASSWORD`` and ``NEO4J_DATABASE``, or the password from a keyring; an address with a
password in it is refused. Nothing said here repeats a user or a password.

>>> str(Address.parse("neo4j+s://example.org#smart"))
'neo4j+s://example.org:7687'
>>> Address.parse("bolt://example.org")
Traceback (most recent call last):
...
partnergraph.graph.errors.BadParameter: bolt://example.org:7687 is not encrypted and not this \
machine. Use bolt+s://, or insecure=True (--insecure) where the network is trusted
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from importlib import import_module
from ipaddress import ip_address
from urllib.parse import parse_qs, unquote, urlsplit

from partnergraph.graph.errors import BadParameter

PLAIN = ("bolt", "neo4j")
SCHEMES = (*PLAIN, "bolt+s", "bolt+ssc", "neo4j+s", "neo4j+ssc")
PORT = 7687


@dataclass(frozen=True)
class Address:
    """A server, and which database and ecosystem on it are meant.

    Attributes
    ----------
    scheme, host, port
        Where the server answers, and whether the way there is encrypted.
    database
        Its database; blank is the server's own default.
    ecosystem
        Name of the ecosystem that is meant; blank where it is the only one.
    """

    scheme: str
    host: str
    port: int = PORT
    database: str = ""
    ecosystem: str = ""

    @classmethod
    def parse(cls, uri: str, *, insecure: bool = False) -> Address:
        """Read an address.

        Parameters
        ----------
        insecure
            Whether a plaintext scheme may lead to another machine.

        Raises
        ------
        BadParameter
            If it is not one, carries a password, or would send one over an open network.
        """
        try:
            parts = urlsplit(uri.strip())
            port = parts.port or PORT
        except ValueError:
            raise BadParameter(_NO_ADDRESS) from None
        if parts.scheme not in SCHEMES or not parts.hostname or parts.path.strip("/"):
            raise BadParameter(_NO_ADDRESS)
        if parts.username or parts.password:
            raise BadParameter(
                "the address carries a user or a password, which others can read. "
                "Set NEO4J_USERNAME and NEO4J_PASSWORD instead"
            )
        database = parse_qs(parts.query).get("database", [""])[-1]
        found = cls(parts.scheme, parts.hostname, port, database, unquote(parts.fragment))
        if found.scheme in PLAIN and not found.is_loopback and not insecure:
            raise BadParameter(
                f"{found} is not encrypted and not this machine. Use {found.scheme}+s://, or "
                "insecure=True (--insecure) where the network is trusted"
            )
        return found

    @property
    def is_loopback(self) -> bool:
        """Whether it is this very machine."""
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    @property
    def uri(self) -> str:
        """Return what the driver is given.

        A routing scheme on this machine becomes a direct one: a routing table could lead plaintext
        to another machine.
        """
        direct = self.scheme == "neo4j" and self.is_loopback
        return f"{'bolt' if direct else self.scheme}://{self._place}"

    @property
    def _place(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def __str__(self) -> str:
        return f"{self.scheme}://{self._place}"


_NO_ADDRESS = (
    "that is not the address of a Neo4j server. Write bolt://localhost:7687, or neo4j+s://HOST, "
    "with #NAME where it holds several ecosystems"
)


def is_address(source: object) -> bool:
    """Return whether a source is the address of a Neo4j server rather than a path."""
    scheme, colon, _ = str(source).partition("://")
    return bool(colon) and scheme.lower() in SCHEMES


def from_environment(uri: str | None, *, insecure: bool = False) -> Address:
    """Return the address that is given, or else that of ``NEO4J_URI``.

    Raises
    ------
    BadParameter
        If there is neither, or it cannot be used.
    """
    named = uri or os.environ.get("NEO4J_URI")
    if not named:
        raise BadParameter(
            "no Neo4j server is named. Give its address, such as bolt://localhost:7687, or set "
            "NEO4J_URI"
        )
    return Address.parse(named, insecure=insecure)


def credentials(address: Address) -> tuple[str, str] | None:
    """Return user and password from the environment, or the password from a keyring; else None."""
    user = os.environ.get("NEO4J_USERNAME", "neo4j")
    password = os.environ.get("NEO4J_PASSWORD")
    if password is None:
        try:
            keyring = import_module("keyring")
        except ImportError:
            return None
        password = keyring.get_password("partnergraph", f"{user}@{address.host}")
    return None if password is None else (user, password)
