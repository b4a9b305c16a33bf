"""What a person chose and what the windows remember, in an INI file of the user's own. Never a password."""

from typing import Any

from PySide6.QtCore import QByteArray, QObject, QSettings, QTimeZone, Signal

TEXT_SIZES = (100, 110, 125, 150, 175, 200)
THEMES = ("system", "light", "dark")
RECENT = 8


class Preferences(QObject):
    """Preferences of the machine (theme, text size, language, recent connections) and, after sign-in, of the person.

    Everything is kept as text or JSON: QSettings gives other types back than it took.

    Signals:
        changed(str): a preference has another value: "zone", "language", "text_size" or "theme".
    """

    changed = Signal(str)

    def __init__(self, settings: QSettings | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings or QSettings(
            QSettings.Format.IniFormat, QSettings.Scope.UserScope, "lms-desktop", "lms-desktop"
        )
        self._person = ""
        self._zone: str | None = None  # asked for each field and cell

    def for_person(self, email: str, database: str) -> None:
        """From now on pages and views are those of this person on this database."""
        self._person = f"{email}@{database}" if email else ""

    # Choices

    @property
    def zone(self) -> str:
        """The IANA name of the zone in which moments are shown; the system's unless one was chosen."""
        if self._zone is None:
            chosen = self._text("zone")
            self._zone = chosen if is_zone(chosen) else system_zone()
        return self._zone

    @zone.setter
    def zone(self, name: str) -> None:
        self._choose("zone", name)

    @property
    def chosen_zone(self) -> str:
        """The zone chosen, "" for the system's."""
        return self._text("zone")

    @property
    def language(self) -> str:
        """The language chosen as a locale's name ("en", "pt"), "" for the system's."""
        return self._text("language")

    @language.setter
    def language(self, name: str) -> None:
        self._choose("language", name)

    @property
    def text_size(self) -> int:
        """The size of texts in percent, 100 to 200."""
        text = self._text("text_size")
        return min(max(int(text), 100), 200) if text.isdigit() else 100

    @text_size.setter
    def text_size(self, percent: int) -> None:
        self._choose("text_size", str(percent))

    @property
    def theme(self) -> str:
        """ "system", "light" or "dark"."""
        text = self._text("theme")
        return text if text in THEMES else "system"

    @theme.setter
    def theme(self, name: str) -> None:
        self._choose("theme", name)

    # Connections

    def recent_connections(self) -> list[str]:
        """The URLs (without passwords) connected to lately, the latest first."""
        found = self._json("recent_connections", [])
        return [url for url in found if isinstance(url, str)] if isinstance(found, list) else []

    def remember_connection(self, url: str) -> None:
        """Put a connection first among the recent ones; passwords in it are dropped, other options stay."""
        from lms_desktop.database.address_parts import without_secrets  # the first window waits for no SQLAlchemy

        clean = without_secrets(url)
        recent = [clean, *(u for u in self.recent_connections() if u != clean)][:RECENT]
        self._settings.setValue("recent_connections", _as_json(recent))

    def forget_connection(self, url: str) -> None:
        """Drop a connection from the recent ones."""
        recent = [u for u in self.recent_connections() if u != url]
        self._settings.setValue("recent_connections", _as_json(recent))

    def last_email(self, database: str) -> str:
        """The e-mail that signed in last on this database."""
        found = self._json("last_emails", {})
        return str(found.get(database, "")) if isinstance(found, dict) else ""

    def remember_email(self, database: str, email: str) -> None:
        """Remember who signed in; never with which password."""
        found = self._json("last_emails", {})
        emails = found if isinstance(found, dict) else {}
        self._settings.setValue("last_emails", _as_json({**emails, database: email}))

    # Pages

    def page_state(self, name: str) -> dict[str, Any]:
        """How the person left a page."""
        found = self._json(f"{self._group()}/pages/{name}", {})
        return found if isinstance(found, dict) else {}

    def save_page_state(self, name: str, state: dict[str, Any]) -> None:
        """Remember how the person left a page. Where it is as it was, no file is written."""
        key, text = f"{self._group()}/pages/{name}", _as_json(state)
        if self._text(key) != text:
            self._settings.setValue(key, text)

    def saved_views(self, page: str) -> dict[str, Any]:
        """The views saved for a page, by name."""
        found = self._json(f"{self._group()}/views/{page}", {})
        return found if isinstance(found, dict) else {}

    def save_view(self, page: str, name: str, data: dict[str, Any]) -> None:
        """Save a view under a name."""
        views = {**self.saved_views(page), name: data}
        self._settings.setValue(f"{self._group()}/views/{page}", _as_json(views))

    def forget_view(self, page: str, name: str) -> None:
        """Drop a saved view."""
        views = {key: value for key, value in self.saved_views(page).items() if key != name}
        self._settings.setValue(f"{self._group()}/views/{page}", _as_json(views))

    # The window

    def window_state(self, name: str) -> QByteArray:
        """The geometry of a window."""
        return QByteArray.fromBase64(QByteArray(self._text(f"windows/{name}").encode("ascii", "ignore")))

    def save_window_state(self, name: str, state: QByteArray) -> None:
        """Remember the geometry of a window."""
        self._settings.setValue(f"windows/{name}", bytes(state.toBase64().data()).decode("ascii"))

    def _group(self) -> str:
        # QSettings takes / as a border between groups
        return "people/" + (self._person.replace("/", "_") or "nobody")

    def _choose(self, key: str, value: str) -> None:
        if self._text(key) != value:
            self._settings.setValue(key, value)
            self._zone = None
            self.changed.emit(key)

    def _text(self, key: str) -> str:
        return str(self._settings.value(key, "") or "")

    def _json(self, key: str, default: object) -> Any:
        import json

        try:
            return json.loads(self._text(key)) if self._text(key) else default
        except ValueError:
            return default


def _as_json(value: object) -> str:
    import json  # the first window has nothing to remember yet

    return json.dumps(value)


def system_zone() -> str:
    """The system's zone by its IANA name; UTC where it has none."""
    name = bytes(QTimeZone.systemTimeZoneId().data()).decode()
    return name if is_zone(name) else "UTC"


def is_zone(name: str) -> bool:
    """Whether the machine knows the zone of this name. Asked with every record shown: a list of all zones, which is
    read from hundreds of files each time, would take too long."""
    from zoneinfo import ZoneInfo  # the first window shows no time

    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True
