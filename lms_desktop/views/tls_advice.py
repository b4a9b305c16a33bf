"""How safe a connection would be, in words."""

from dataclasses import dataclass

from lms_desktop.errors.kinds import N_
from lms_desktop.models.wording import word
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
        "": word(N_("Not needed on this computer")),
        "verify-full": word(N_("Encrypted, the server verified (recommended)")),
        "verify-ca": word(N_("Encrypted, only the certificate's issuer verified")),
        "require": word(N_("Encrypted, the server not verified")),
        "prefer": word(N_("Encrypted if the server offers it")),
        "allow": word(N_("Encrypted if the server insists on it")),
        "disable": word(N_("Not encrypted")),
    }[mode]


def advice(mode: str, *, local: bool) -> Advice:
    """What the person should know of this mode for a server that is on this computer, or is not."""
    if local:
        return Advice("neutral", word(N_("The server is on this computer: nobody is on the way to it.")))
    match mode:
        case "verify-full" | "":
            return Advice("ok", word(N_("Nobody on the way can read along or pose as the server.")))
        case "verify-ca":
            weak = word(N_("Weaker than it should be."))
            text = word(N_("Any server with a certificate of the same issuer could pose as this one."))
            return Advice("warn", f"{weak} {text}", weak)
        case "require":
            weak = word(N_("Not verified."))
            text = word(N_("Nobody can simply listen, but somebody on the way could pose as the server."))
            return Advice("warn", f"{weak} {text}", weak)
        case "disable":
            weak = word(N_("Not encrypted."))
            text = word(N_("Everything can be read and changed on the way, people's data and the password included."))
            return Advice("bad", f"{weak} {text}", weak)
    weak = word(N_("Not safe."))
    text = word(N_("Whoever is on the way can have the encryption left out, read along and pose as the server."))
    return Advice("bad", f"{weak} {text}", weak)
