"""What a rollback would lose."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from lms_desktop.database.migrating.lineages import Lineage
from lms_desktop.models.migrations.revisions import Entry
from lms_desktop.models.wording import told
from lms_desktop.services.migrating import Prepared, Scripts
from lms_desktop.views.kit.buttons import button
from lms_desktop.views.kit.labels import SectionLabel, label
from lms_desktop.views.kit.notices import Banner
from lms_desktop.views.migrations.plan_view import Reading
from lms_desktop.views.migrations.sql_view import SqlView


class LossesView(Reading):
    """What goes for good when the chosen revision, and all above it, are undone; counted on the rows that are there.

    Signals:
        wanted(): the person wants to roll back to below the chosen revision.
    """

    wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("What a rollback loses"), parent)
        self.setAccessibleName(self.tr("What a rollback loses"))

    def show_losses(self, entry: Entry, prepared: Prepared, *, may: bool) -> None:
        """Of a revision that is applied."""
        self.clear()
        plan = prepared.plan
        steps = ", ".join(step.revision.id for step in plan.steps)
        self.add(
            label(self.tr("Rolling back undoes %n revision(s): {0}.", "", len(plan.steps)).format(steps), wrap=True)
        )
        if plan.losses:
            banner = Banner("", "bad")
            banner.tell(self.tr("These go for good:"), "bad")
            self.add(banner)
            for loss in plan.losses:
                self.add(label(f"•  {told(loss.sentence)}", "strong", wrap=True))
        else:
            banner = Banner("", "ok")
            banner.tell(self.tr("No data goes: what is undone holds none."), "ok")
            self.add(banner)
        if sentence := needed(entry.lineage):
            self.add(label(sentence, "warn", wrap=True))
        if may:
            made = button(self.tr("Roll back to below {0}…").format(entry.short), "danger", self.wanted.emit)
            self.column.addWidget(made, 0)
            made.setSizePolicy(made.sizePolicy().Policy.Maximum, made.sizePolicy().verticalPolicy())
        self.add(SectionLabel(self.tr("SQL of the rollback")))
        sql = SqlView(self.tr("SQL of the rollback"))
        sql.show_sql("\n\n".join(f"-- {step.revision.id}\n{step.sql}" for step in plan.steps))
        self.add(sql)

    def show_pending(self, scripts: Scripts) -> None:
        """Of a revision that is not applied yet."""
        self.clear()
        text = self.tr("It is not applied, so there is nothing that a rollback could lose. Later it would run this:")
        self.add(label(text, wrap=True))
        sql = SqlView(self.tr("SQL of the rollback"))
        sql.show_sql(scripts.down.sql)
        self.add(sql)

    def show_sentence(self, *sentences: str) -> None:
        """Say why nothing can be told."""
        self.clear()
        self.add(*(label(text, wrap=True) for text in sentences if text))


def needed(lineage: Lineage) -> str:
    """What this application loses when a revision of a lineage is undone."""
    return _Needed().words(lineage)


class _Needed(QWidget):
    def words(self, lineage: Lineage) -> str:
        if lineage is Lineage.OWN:
            return self.tr(
                "Without the change log nothing that is done here can be taken back, and what it holds goes."
            )
        return self.tr(
            "This application needs the newest revision: below it only this page works, until it is applied again."
        )
