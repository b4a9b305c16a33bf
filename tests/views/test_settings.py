"""What is remembered of a person and a computer, and what never is."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from PySide6.QtCore import QByteArray, QSettings

from lms_desktop.database.address_parts import AddressParts, without_secrets
from lms_desktop.errors import UserError
from lms_desktop.views.settings import RECENT, Preferences, system_zone


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "preferences.ini"


@pytest.fixture
def preferences(file: Path) -> Preferences:
    return reopened(file)


def reopened(file: Path) -> Preferences:
    """The preferences as the next start of the program reads them."""
    return Preferences(QSettings(str(file), QSettings.Format.IniFormat))


def written(preferences: Preferences, file: Path) -> str:
    """What stands on the disk."""
    preferences._settings.sync()
    return file.read_text("utf-8")


def test_what_was_never_chosen_has_a_usual_value(preferences: Preferences) -> None:
    assert preferences.zone == system_zone()
    assert preferences.chosen_zone == ""
    assert preferences.language == ""
    assert preferences.text_size == 100
    assert preferences.theme == "system"
    assert preferences.recent_connections() == []
    assert preferences.page_state("users") == {}


def test_a_choice_is_told_once_and_still_there_after_a_restart(
    qtbot: QtBot, preferences: Preferences, file: Path
) -> None:
    with qtbot.waitSignal(preferences.changed) as changed:
        preferences.zone = "Asia/Kathmandu"
    assert changed.args == ["zone"]
    with qtbot.assertNotEmitted(preferences.changed):
        preferences.zone = "Asia/Kathmandu"
    preferences.text_size, preferences.theme, preferences.language = 150, "dark", "pt"
    written(preferences, file)
    again = reopened(file)
    assert (again.zone, again.text_size, again.theme, again.language) == ("Asia/Kathmandu", 150, "dark", "pt")


@pytest.mark.parametrize(
    ("key", "value", "usual"),
    [
        ("zone", "Mars/Olympus_Mons", system_zone()),
        ("zone", "../../etc/passwd", system_zone()),
        ("text_size", "huge", 100),
        ("text_size", "4000", 200),
        ("text_size", "0", 100),
        ("theme", "pink", "system"),
        ("recent_connections", "{not json", []),
        ("recent_connections", '{"a": 1}', []),
        ("recent_connections", "[1, null]", []),
    ],
)
def test_a_file_that_somebody_has_edited_does_no_harm(
    preferences: Preferences, key: str, value: str, usual: object
) -> None:
    preferences._settings.setValue(key, value)
    found = preferences.recent_connections() if key == "recent_connections" else getattr(preferences, key)
    assert found == usual


@given(
    password=st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=4, max_size=30).filter(
        lambda text: text not in "postgresql://ann@db.school.edu/lms?sslmode=require&sslpassword="
    ),
    where=st.sampled_from(["password", "sslpassword", "option password"]),
)
def test_no_password_of_an_address_is_remembered(password: str, where: str) -> None:
    parts = AddressParts(host="db.school.edu", database="lms", user="ann", tls="require")
    address = parts.url()
    if where == "password":
        address = address.set(password=password)
    else:
        address = address.update_query_dict({where.removeprefix("option "): password})
    assert without_secrets(address) == "postgresql://ann@db.school.edu/lms?sslmode=require"


def test_the_latest_connection_comes_first_and_none_twice(preferences: Preferences, file: Path) -> None:
    for name in ("a", "b", "a"):
        preferences.remember_connection(f"postgresql://ann:hunter2@db.school.edu/{name}")
    assert preferences.recent_connections() == [
        "postgresql://ann@db.school.edu/a",
        "postgresql://ann@db.school.edu/b",
    ]
    assert "hunter2" not in written(preferences, file)


def test_only_the_latest_connections_are_kept(preferences: Preferences) -> None:
    for number in range(RECENT + 3):
        preferences.remember_connection(f"postgresql://db/{number}")
    recent = preferences.recent_connections()
    assert len(recent) == RECENT
    assert recent[0] == f"postgresql://db/{RECENT + 2}"
    preferences.forget_connection(recent[0])
    assert recent[0] not in preferences.recent_connections()


def test_how_a_connection_is_encrypted_is_remembered_with_it(preferences: Preferences) -> None:
    preferences.remember_connection("postgresql+psycopg2://ann@db/lms?sslmode=require&sslrootcert=%2Fca.pem")
    (address,) = preferences.recent_connections()
    assert AddressParts.of(address).tls == "require"
    assert AddressParts.of(address).options == {"sslrootcert": "/ca.pem"}


def test_a_socket_in_the_options_is_a_host_and_comes_back_as_one() -> None:
    address = "postgresql://ann@/lms?host=%2Fvar%2Frun%2Fpostgresql&port=5433"
    parts = AddressParts.of(address)
    assert (parts.host, parts.port, parts.local) == ("/var/run/postgresql", "5433", True)
    assert without_secrets(parts.url()) == address


def test_what_is_no_address_is_not_taken_apart() -> None:
    with pytest.raises(UserError):
        AddressParts.of("mysql://db/lms")


def test_two_people_at_one_computer_do_not_share_their_pages(preferences: Preferences) -> None:
    preferences.for_person("ann@school.edu", "postgresql://db/lms")
    preferences.save_page_state("users", {"widths": {"email": 300}})
    preferences.save_view("users", "Mine / all", {"search": "x"})
    preferences.for_person("bob@school.edu", "postgresql://db/lms")
    assert preferences.page_state("users") == {}
    assert preferences.saved_views("users") == {}
    preferences.for_person("ann@school.edu", "postgresql://db/other")
    assert preferences.page_state("users") == {}
    preferences.for_person("ann@school.edu", "postgresql://db/lms")
    assert preferences.page_state("users") == {"widths": {"email": 300}}
    assert preferences.saved_views("users") == {"Mine / all": {"search": "x"}}
    preferences.forget_view("users", "Mine / all")
    assert preferences.saved_views("users") == {}


def test_the_last_address_is_remembered_for_each_database(preferences: Preferences) -> None:
    preferences.remember_email("one", "ann@school.edu")
    preferences.remember_email("two", "bob@school.edu")
    assert preferences.last_email("one") == "ann@school.edu"
    assert preferences.last_email("two") == "bob@school.edu"
    assert preferences.last_email("three") == ""


def test_the_place_of_a_window_comes_back_byte_by_byte(preferences: Preferences, file: Path) -> None:
    state = QByteArray(bytes(range(256)))
    preferences.save_window_state("main", state)
    written(preferences, file)
    assert reopened(file).window_state("main") == state
    assert preferences.window_state("another").isEmpty()
