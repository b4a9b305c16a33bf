"""What a window says of its database."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ConnectionInfo:
    """A name, where it is and how safe the way there is, `safe` or not."""

    name: str
    detail: str
    safe: bool = True
