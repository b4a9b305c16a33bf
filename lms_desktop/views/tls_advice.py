"""How safe a connection would be, in words."""

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from lms_desktop.views.kit.paint import Tone


@dataclass(frozen=True)
class Advice:
    """What to say of a mode of encryption."""

    tone: Tone
    text: str
    strong: str = ""


def mode_name(mode: str) -> str:
    """What libpq's `sslmode` is called in a list; "" is that of a server on this computer."""
    return {
        "": _tr("Not needed on this computer"),
        "verify-full": _tr("Encrypted, the server verified (recommended)"),
        "verify-ca": _tr("Encrypted, only the certificate's issuer verified"),
        "require": _tr("Encrypted, the server not verified"),
        "prefer": _tr("Encrypted if the server offers it"),
        "allow": _tr("Encrypted if the server insists on it"),
        "disable": _tr("Not encrypted"),
    }[mode]


def advice(mode: str, *, local: bool) -> Advice:
    """What the person should know of this mode for a server that is on this computer, or is not."""
    if local:
        return Advice("neutral", _tr("The server is on this computer: nobody is on the way to it."))
    match mode:
        case "verify-full" | "":
            return Advice("ok", _tr("Nobody on the way can read along or pose as the server."))
        case "verify-ca":
            weak = _tr("Weaker than it should be.")
            text = _tr("Any server with a certificate of the same issuer could pose as this one.")
            return Advice("warn", f"{weak} {text}", weak)
        case "require":
            weak = _tr("Not verified.")
            text = _tr("Nobody can simply listen, but somebody on the way could pose as the server.")
            return Advice("warn", f"{weak} {text}", weak)
        case "disable":
            weak = _tr("Not encrypted.")
            text = _tr("Everything can be read and changed on the way, people's data and the password included.")
            return Advice("bad", f"{weak} {text}", weak)
    weak = _tr("Not safe.")
    text = _tr("Whoever is on the way can have the encryption left out, read along and pose as the server.")
    return Advice("bad", f"{weak} {text}", weak)


def _tr(text: str) -> str:
    return QCoreApplication.translate("TlsAdvice", text)
