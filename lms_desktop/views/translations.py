"""The languages of the screen: Qt Linguist's .ts files, read as they are at the start; nothing is compiled.

A text that a language does not have is asked of the next: Qt's own translations, then the English plurals, then the
source itself. See `resources/translate.py` for how the files come to be.
"""

import contextlib
import logging
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QLocale, QObject, Qt, QTranslator

from lms_desktop import paths
from lms_desktop.models import wording

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MAX_BYTES = 8_000_000
"""A file of texts is about 200 kB; whatever is much larger is something else."""

logger = logging.getLogger(__name__)

Forms = tuple[str, ...]
"""The text of one message; several where it depends on a number, in the order of the language's plural rule."""
Messages = Mapping[tuple[str, str, str], Forms]
"""(context, source, comment) → forms."""


def _one_or_more(n: int) -> int:
    return 0 if n == 1 else 1


def _up_to_one_or_more(n: int) -> int:
    return 0 if n in {0, 1} else 1


def _always_the_same(n: int) -> int:
    return 0


def _by_last_digits(n: int) -> int:
    if n % 10 == 1 and n % 100 != 11:
        return 0
    return 1 if n % 10 in {2, 3, 4} and n % 100 not in {12, 13, 14} else 2


def _polish(n: int) -> int:
    return 0 if n == 1 else 1 if n % 10 in {2, 3, 4} and n % 100 not in {12, 13, 14} else 2


def _czech(n: int) -> int:
    return 0 if n == 1 else 1 if n in {2, 3, 4} else 2


def _arabic(n: int) -> int:
    if n in {0, 1, 2}:
        return n
    rest = n % 100
    return 3 if 3 <= rest <= 10 else 4 if rest >= 11 else 5


_PLURALS: dict[str, Callable[[int], int]] = {
    "fr": _up_to_one_or_more,
    "pt_BR": _up_to_one_or_more,
    "ja": _always_the_same,
    "ko": _always_the_same,
    "zh": _always_the_same,
    "vi": _always_the_same,
    "th": _always_the_same,
    "id": _always_the_same,
    "ru": _by_last_digits,
    "uk": _by_last_digits,
    "be": _by_last_digits,
    "sr": _by_last_digits,
    "hr": _by_last_digits,
    "pl": _polish,
    "cs": _czech,
    "sk": _czech,
    "ar": _arabic,
}
"""Locale or language → which of a message's forms a number takes, as Qt Linguist orders them. Others: one, or more."""


def plural_rule(locale: str) -> Callable[[int], int]:
    """The plural rule of a locale ("de_DE") or language ("de"): from a number to the place of its form."""
    name = locale.replace("-", "_")
    return _PLURALS.get(name) or _PLURALS.get(name.partition("_")[0], _one_or_more)


class TsTranslator(QTranslator):
    """The texts of a .ts file. A file that cannot be read is logged and translates nothing.

    One that has `numbers_alone` translates nothing but texts that depend on a number, and is read when the first of
    these is asked for: the first window has none.

    Attributes:
        path: the file.
        locale: what the file says it is written for ("de_DE"); "" where it does not say.
    """

    def __init__(self, path: Path, parent: QObject | None = None, *, numbers_alone: bool = False) -> None:
        super().__init__(parent)
        self.path = path
        self.locale = ""
        self._messages: Messages = {}
        self._unread = numbers_alone
        if not numbers_alone:
            self._read()

    def _read(self) -> None:
        self._unread = False
        try:
            self.locale, self._messages = read(self.path)
        except (OSError, ValueError) as error:
            logger.warning("%s is not used: %s", self.path.name, error)
        self._rule = plural_rule(self.locale)

    def words(self) -> dict[str, str]:
        """The declared texts, those of the empty context: source → text."""
        return {source: forms[0] for (context, source, _), forms in self._messages.items() if not context}

    def language(self) -> str:
        """Override QTranslator::language."""
        return self.locale

    def isEmpty(self) -> bool:
        """Override QTranslator::isEmpty."""
        return not self._unread and not self._messages

    def filePath(self) -> str:
        """Override QTranslator::filePath."""
        return str(self.path)

    def translate(self, context: str, source: str, disambiguation: str | None = None, n: int = -1, /) -> str | None:
        """Override QTranslator::translate: None lets Qt ask the next one, where "" would be taken for the text."""
        if self._unread:
            if n < 0:
                return None
            self._read()
        forms = self._messages.get((context, source, disambiguation or ""))
        if forms is None and disambiguation:
            forms = self._messages.get((context, source, ""))
        if forms is None:
            return None
        if len(forms) == 1:
            return forms[0]
        return forms[min(self._rule(abs(n)), len(forms) - 1)]


def read(path: Path) -> tuple[str, Messages]:
    """The locale and the translated messages of a .ts file.

    Raises OSError where it cannot be read and ValueError where it is no .ts file. A message is left out that is not
    translated, or whose translation asks for a place that its source does not fill.
    """
    if path.stat().st_size > MAX_BYTES:
        raise ValueError("it is too large")
    text = path.read_text("utf-8-sig")
    # Entities can make a small file endless; lupdate writes none.
    if "<!ENTITY" in text:
        raise ValueError("it declares entities")
    from xml.etree import ElementTree

    try:
        root = ElementTree.fromstring(text)
    except (ElementTree.ParseError, RecursionError) as error:
        raise ValueError(str(error)) from error
    if root.tag != "TS":
        raise ValueError("it is not a file of Qt Linguist")
    return root.get("language", "").replace("-", "_"), dict(_messages(root))


def _messages(root: "Element") -> Iterator[tuple[tuple[str, str, str], Forms]]:
    for context in root.iter("context"):
        name = _text(context.find("name"))
        for message in context.iter("message"):
            translation = message.find("translation")
            source = _text(message.find("source"))
            if translation is None or translation.get("type") in {"obsolete", "vanished"}:
                continue
            if message.get("numerus") == "yes":
                forms = tuple(_text(form) for form in translation.iter("numerusform"))
            else:
                forms = (_text(translation),)
            if not forms or not all(forms):
                continue
            if not all(places(form) <= places(source) for form in forms):
                logger.warning("The translation of “%s” asks for another place than its source.", source)
                continue
            yield (name, source, _text(message.find("comment"))), forms


def places(text: str) -> frozenset[str]:
    """The `{places}` and `%places` of a text that values are put into."""
    return frozenset(re.findall(r"\{[^{}]*\}|%(?:n|s|L?\d+)(?![a-zäöüß%])", text))


def _text(element: "Element | None") -> str:
    """What stands in an element, with the characters that XML cannot hold and Qt writes as `<byte value="x1b"/>`."""
    if element is None:
        return ""
    parts = [element.text or ""]
    for child in element:
        code = child.get("value", "") if child.tag == "byte" else ""
        with contextlib.suppress(ValueError, OverflowError):
            parts.append(chr(int(code[1:], 16) if code.startswith("x") else int(code)))
        parts.append(child.tail or "")
    return "".join(parts)


# ------------------------------------------------------------------------------------------------------------ choosing


def languages(folder: Path | None = None) -> tuple[str, ...]:
    """The languages that the screen can be in, by their code; English is always among them."""
    found = {path.stem.partition("_")[2] for path in _folder(folder).glob("lms_*.ts")}
    return tuple(sorted(found | {"en"}))


def language_name(language: str) -> str:
    """What a language calls itself, as it stands in a list: “Deutsch”."""
    # By itself "en" is taken for American English.
    name = QLocale("en_001" if language == "en" else language).nativeLanguageName()
    return name[:1].upper() + name[1:] or language


def choose(wanted: str, system: QLocale | None = None, folder: Path | None = None) -> tuple[str, QLocale]:
    """The language that a wish comes to ("" for the system's), and the locale for its numbers and dates.

    The system's languages are gone through in the person's order; where none of them is there it is English. The
    country is the system's where it speaks the language, the file's else.
    """
    system = system or QLocale.system()
    there = languages(folder)
    for name in [wanted] if wanted else system.uiLanguages():
        language = name.replace("-", "_").partition("_")[0]
        if language in there:
            break
    else:
        return "en", QLocale(QLocale.Language.English, system.territory())
    if system.name().partition("_")[0] == language:
        return language, system
    return language, QLocale({"en": "en_US", "pt": "pt_PT"}.get(language, language))


def install(application: QCoreApplication, wanted: str, folder: Path | None = None) -> str:
    """Let `application` speak a language ("" for the system's), Qt's own texts too; the language that came of it.

    What was installed before by this function is taken away; the direction of layouts is the caller's.
    """
    remove(application)
    language, locale = choose(wanted, folder=folder)
    # Whoever is installed last is asked first.
    found: list[QTranslator] = [TsTranslator(_folder(folder) / "lms_en.ts", application, numbers_alone=True)]
    if language != "en":
        own = TsTranslator(_folder(folder) / f"lms_{language}.ts", application)
        found += [*_of_qt(locale, application), own]
        wording.use(own.words())
    for translator in found:
        translator.setObjectName(_NAME)
        if not translator.isEmpty():
            application.installTranslator(translator)
    QLocale.setDefault(locale)
    return language


def remove(application: QCoreApplication) -> None:
    """Take away what `install` installed: from now on the texts are the sources."""
    for old in application.findChildren(QTranslator, _NAME, Qt.FindChildOption.FindDirectChildrenOnly):
        application.removeTranslator(old)
        old.deleteLater()
    wording.use({})


def _of_qt(locale: QLocale, parent: QObject) -> list[QTranslator]:
    """Qt's own texts; in another country's words where Qt has only these."""
    from PySide6.QtCore import QLibraryInfo  # the first window in English does not ask for it

    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    translator = QTranslator(parent)
    if translator.load(locale, "qtbase", "_", folder):
        return [translator]
    for path in sorted(Path(folder).glob(f"qtbase_{locale.name().partition('_')[0]}*.qm")):
        if translator.load(str(path)):
            return [translator]
    return []


def _folder(folder: Path | None) -> Path:
    return folder or paths.resources_folder() / "translations"


_NAME = "lms_language"
