"""Passwords are hashed as the web backend reads them, and every other answer is a plain no."""

import subprocess
import sys
import time
from collections.abc import Iterator

import bcrypt
import pytest
from passlib.context import CryptContext

from lms_desktop.errors import BadValue
from lms_desktop.services import passwords
from lms_desktop.services.passwords import check_new_password, generate_password, hash_password, verify, verify_nobody
from tests.hashing import full_cost

# At the least cost that bcrypt takes: made by the libraries that other programs use.
BACKEND = CryptContext(schemes=["bcrypt"], bcrypt__rounds=4)


@pytest.fixture(scope="module", autouse=True)
def _at_full_cost() -> Iterator[None]:
    with full_cost():
        yield


def test_a_password_is_recognised_and_another_one_is_not() -> None:
    hashed = hash_password("correct horse 密码")
    assert verify("correct horse 密码", hashed)
    assert not verify("correct horse", hashed)
    assert not verify("", hashed)


def test_the_backend_reads_our_hashes_and_we_read_its() -> None:
    ours = hash_password("correct horse")
    assert ours.startswith("$2b$12$")
    assert len(ours) == 60
    assert BACKEND.verify("correct horse", ours)
    assert bcrypt.checkpw(b"correct horse", ours.encode())
    theirs = BACKEND.hash("correct horse")
    assert verify("correct horse", theirs)
    for ident in ("2a", "2b", "2y"):
        assert verify("correct horse", f"${ident}${theirs[4:]}")


def test_a_long_password_of_the_backends_is_cut_as_it_cuts_it() -> None:
    assert verify("x" * 80, BACKEND.hash("x" * 80))


@pytest.mark.parametrize(
    "hashed",
    [
        None,
        "",
        "secret",
        "$2b$12$tooshort",
        "$2b$99$" + "." * 53,
        "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$aGFzaA",
        "pbkdf2_sha256$1000$salt$hash",
        "5f4dcc3b5aa765d61d8327deb882cf99",
        "!",
    ],
)
def test_an_unknown_kind_of_hash_lets_nobody_in(hashed: str | None) -> None:
    assert not verify("secret", hashed)
    assert not verify("", hashed)


@pytest.mark.parametrize("password", ["a\0b", "\ud800", ""])
def test_a_password_that_could_not_be_hashed_is_a_wrong_one(password: str) -> None:
    assert not verify(password, BACKEND.hash("x"))
    assert not verify_nobody(password)


def test_the_answer_for_nobody_takes_as_long_as_that_for_somebody() -> None:
    hashed = hash_password("correct horse")

    def processor_time(password: str, of: str | None) -> float:
        began = time.thread_time()
        verify(password, of)
        return time.thread_time() - began

    somebody = min(processor_time("wrong horse", hashed) for _ in range(2))
    for nobody in (None, "$argon2id$x", "a plain text"):
        assert processor_time("wrong horse", nobody) > somebody / 2


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("", "blank"),
        ("          ", "blank"),
        ("1234567", "at least 8"),
        ("x" * 73, "at most 72 bytes long; this one has 73"),
        ("密" * 25, "this one has 75"),
        ("correct\0horse", "NUL"),
        ("correct\ud800horse", "half a character"),
    ],
)
def test_a_new_password_that_is_no_good_is_refused_with_the_reason(password: str, reason: str) -> None:
    with pytest.raises(BadValue, match=reason) as caught:
        check_new_password(password)
    assert caught.value.field == "password_hash"
    assert password.strip() == "" or password not in str(caught.value)


@pytest.mark.parametrize("password", ["12345678", "x" * 72, "密" * 24, " with blanks ", "correct horse"])
def test_a_good_password_is_taken(password: str) -> None:
    check_new_password(password)


def test_nothing_is_hashed_that_bcrypt_would_cut() -> None:
    for password in ("x" * 73, "a\0b", "\ud800"):
        with pytest.raises(BadValue):
            hash_password(password)


def test_a_generated_password_is_good_and_never_the_same() -> None:
    made = {generate_password() for _ in range(1000)}
    assert len(made) == 1000
    for password in made:
        check_new_password(password)
        assert len(password) == 19
        assert not set(password) & set("01ilo")
    assert len(set("".join(made))) == len(passwords._LETTERS) + 1


def test_importing_it_warns_of_nothing() -> None:
    check = "import lms_desktop.services.passwords as p; p.verify('x', p._NOBODY)"
    result = subprocess.run([sys.executable, "-W", "error", "-c", check], capture_output=True, text=True)
    assert (result.returncode, result.stderr) == (0, "")
