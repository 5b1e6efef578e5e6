# SPDX-License-Identifier: MPL-2.0
"""What can be refused, said so that it can be shown as it stands."""

from django.utils.translation import gettext as _


class FleetError(Exception):
    """The root of the solution's own errors; ``str(error)`` is for the user."""


class NotReady(FleetError):
    """The import is not in the state that this needs."""

    def __init__(self) -> None:
        super().__init__(
            _("The import has already been decided, or is still being read. Open it again to see how it stands.")
        )


class HasProblems(FleetError):
    """Some lines cannot be imported, and nobody chose to leave them out."""

    def __init__(self, bad: int) -> None:
        super().__init__(
            _(
                "%(bad)s lines cannot be imported. Correct the file and choose it again, or choose to keep only the "
                "good lines."
            )
            % {"bad": bad}
        )


class NothingToImport(FleetError):
    """No line is good."""

    def __init__(self) -> None:
        super().__init__(_("None of the file's lines can be imported. Nothing was changed."))


class ReadAgain(FleetError):
    """Since the file was read, trips were imported that its lines collide with."""

    def __init__(self, line: int) -> None:
        super().__init__(
            _(
                "Since the file was read, other trips have been imported for the same cars (first at line %(line)s). "
                "Choose the file again. Nothing was changed."
            )
            % {"line": line}
        )


class TripsInUse(FleetError):
    """Optimisations build on the trips."""

    def __init__(self, titles: str) -> None:
        super().__init__(
            _(
                "The trips are the basis of these optimisations: %(titles)s. Delete them first; an accepted one is "
                "evidence "
                "and cannot be deleted."
            )
            % {"titles": titles}
        )


class InvalidRun(FleetError):
    """What was asked cannot be computed."""


class NotAcceptable(FleetError):
    """The run has no plan that may be accepted."""


class NotDeletable(FleetError):
    """The run is evidence in the ledger."""

    def __init__(self) -> None:
        super().__init__(_("An accepted plan is evidence in the ledger of effects and cannot be deleted."))


class InvalidRow(FleetError):
    """Fields of a vehicle, model, charger or rate that cannot be so. ``faults``: field -> what is wrong."""

    def __init__(self, faults: dict[str, str]) -> None:
        super().__init__(" ".join(dict.fromkeys(faults.values())))
        self.faults = faults


class UnreadableRegister(FleetError):
    """A file cannot be read as vehicles or models; the text says why and what to do."""


class RegisterChanged(FleetError):
    """Since the file was read, the register has changed where the file would change it too."""

    def __init__(self, line: int) -> None:
        super().__init__(
            _(
                "Since the file was read, somebody has changed what it speaks of (first at line %(line)s). Choose the "
                "file again. Nothing was changed."
            )
            % {"line": line}
        )


class InvalidPeriod(FleetError):
    """A period or filter that cannot be."""


class BookingRefused(FleetError):
    """A booking cannot be as asked; ``field`` names what is wrong in it, or is empty."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class NoVehicle(FleetError):
    """No vehicle is free for the wish."""

    def __init__(self) -> None:
        super().__init__(_("No vehicle is free then. Choose something else, or join the waiting list."))


class NotAllocated(FleetError):
    """The independent checker refused an allocation; ``rule`` is the engine's code."""

    def __init__(self, rule: str) -> None:
        super().__init__(_("The vehicles could not be allocated. Nothing was changed. Tell whoever runs the platform."))
        self.rule = rule


class UnreadablePrices(FleetError):
    """A file of prices in which something is wrong; nothing of it was imported.

    ``faults``: (line or None, column, value, why) of the first that were found; ``count``: of all.
    """

    def __init__(self, faults: list[tuple[int | None, str, str, str]], count: int) -> None:
        self.faults, self.count = faults, count
        super().__init__(_("The file has %(count)s faults. Nothing was imported.") % {"count": count})
