"""Who is given in the sample school by the address, and who can sign in to the demo: what its first screen offers."""

from lms_desktop.frozen import frozen


@frozen
class Account:
    """Somebody who is given by the address: staff, and the student of the schema document."""

    email: str
    name: str
    role: str
    active: bool = True


ACCOUNTS = (
    Account("admin@lms.com", "Admin User", "admin"),
    Account("registrar@lms.com", "Marta Lopes", "registrar"),
    Account("instructor@lms.com", "Instructor User", "instructor"),
    Account("ingrid.solheim@lms.com", "Ingrid Solheim", "instructor"),
    Account("dimitris.papadopoulos@lms.com", "Δημήτρης Παπαδόπουλος", "instructor"),
    Account("aicha.benkirane@lms.com", "عائشة بنكيران (Aïcha Benkirane)", "instructor"),
    Account("kenji.watanabe@lms.com", "渡辺 健二 (Watanabe Kenji)", "instructor"),
    Account("harriet.oconnell@lms.com", "Harriet O’Connell", "instructor", active=False),
    Account("student@lms.com", "Student User", "student"),
)

DEMO_PASSWORD = "lms-demo-2026"
"""The password of every account of the demo, the students' too. It is no secret: the README has it."""

DEMO_ACCOUNTS: tuple[tuple[str, str, str, str], ...] = tuple(
    (account.email, DEMO_PASSWORD, account.role, account.name)
    for account in ACCOUNTS
    if account.active and account.role != "student"
)
"""(e-mail, password, role, name) of whoever can sign in to the demo."""
