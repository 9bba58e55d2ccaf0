"""Associations of object types, their labels, and both as seen from one end.

A *label* belongs to an association and has two sides. ``name`` says what the record at the **start** of the
relationship is to the other one, ``inverse_name`` what the record at the **end** is; a label without an inverse
says the same of both. ``start_field`` is the field *on* the start's object type, which leads to the end records.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from graphdb.catalog.parts import Retirable


@dataclass(frozen=True, kw_only=True)
class AssociationLabel(Retirable):
    """What an association may say about its pair (R156-R159).

    Attributes:
        name: The role of the record at the start ("manager"), or of both when there is no inverse.
        relationship_type: The relationship kept beside the association's own (``CONTACT_CONTACT__MANAGER``).
        start_field: Field on the start's type, leading to the end records ("directReportContacts").
        end_field: Field on the end's type, leading to the start records ("managerContacts").
        inverse_name: The role of the record at the end ("direct_report"), if it differs.
        max_start: At most so many start records for one end record.
        max_end: At most so many end records for one start record.
        start_field_was: The singular field on the start's type from when there was at most one end record; it stays
            until the day ``start_field_leaves``, deprecated, and leads to the oldest of them.
        end_field_was: The same on the end's type.
        withdrawn: No longer in the API; its names and relationships are kept.
    """

    name: str
    label: str
    relationship_type: str
    start_field: str
    end_field: str
    inverse_name: str | None = None
    inverse_label: str | None = None
    max_start: int | None = None
    max_end: int | None = None
    start_field_was: str | None = None
    start_field_leaves: str | None = None
    end_field_was: str | None = None
    end_field_leaves: str | None = None
    withdrawn: bool = False


@dataclass(frozen=True, kw_only=True)
class Association(Retirable):
    """A pair of object types whose records may be associated; one relationship type, walked from both ends.

    Attributes:
        withdrawn: No longer in the API; its names and relationships are kept.
    """

    start: str
    end: str
    relationship_type: str
    start_field: str
    end_field: str
    labels: tuple[AssociationLabel, ...] = ()
    withdrawn: bool = False

    @property
    def same_type(self) -> bool:
        """Whether both ends are of one object type."""
        return self.start == self.end

    def side(self, *, forward: bool) -> Side:
        """The association as seen from its start (``forward``) or from its end."""
        return Side(association=self, forward=forward)


@dataclass(frozen=True, kw_only=True)
class Side:
    """An association seen from one of its ends. Of a same-type association there is only the forward side."""

    association: Association
    forward: bool

    @property
    def near(self) -> str:
        """The object type one stands on."""
        return self.association.start if self.forward else self.association.end

    @property
    def far(self) -> str:
        """The object type one walks to."""
        return self.association.end if self.forward else self.association.start

    @property
    def field(self) -> str:
        """The GraphQL field on the near type."""
        return self.association.start_field if self.forward else self.association.end_field

    @cached_property
    def labels(self) -> tuple[LabelSide, ...]:
        """Every label as seen from here; a same-type paired label is seen twice, once from each role."""
        sides: list[LabelSide] = []
        for label in self.association.labels:
            if label.withdrawn:
                continue
            if not self.association.same_type:
                sides.append(LabelSide(association=self.association, label=label, forward=self.forward))
                continue
            sides.append(LabelSide(association=self.association, label=label, forward=True))
            if label.inverse_name is not None:
                sides.append(LabelSide(association=self.association, label=label, forward=False))
        return tuple(sides)

    @property
    def label_fields(self) -> tuple[LabelSide, ...]:
        """Every label as a field of the near type: its own, and the one that it had while its limit was another."""
        formers = [replace(label, former=True) for label in self.labels]
        return (*self.labels, *(former for former in formers if former.former_leaves is not None))

    @property
    def deprecation(self) -> str | None:
        """The reason for ``@deprecated`` of the field; None while it is in use."""
        return self.association.deprecation


@dataclass(frozen=True, kw_only=True)
class LabelSide:
    """A label seen from one of its ends: ``forward`` stands on the start and looks at end records.

    ``former`` is its field from before a limit became one, or stopped being one.
    """

    association: Association
    label: AssociationLabel
    forward: bool
    former: bool = False

    @property
    def symmetric(self) -> bool:
        """Whether the label's relationship has no direction that means anything (same type, no inverse)."""
        return self.association.same_type and self.label.inverse_name is None

    @property
    def near(self) -> str:
        """The object type one stands on."""
        return self.association.start if self.forward else self.association.end

    @property
    def far(self) -> str:
        """The object type one walks to."""
        return self.association.end if self.forward else self.association.start

    @property
    def field(self) -> str:
        """The GraphQL field on the near type."""
        start, end = self.label.start_field, self.label.end_field
        if self.former:
            start, end = self.label.start_field_was or start, self.label.end_field_was or end
        return start if self.forward else end

    @property
    def single(self) -> bool:
        """Whether the field holds one record instead of a list."""
        return (self.max_far == 1) is not self.former

    @property
    def former_leaves(self) -> str | None:
        """The last day of the former field; None where there is none any more."""
        return self.label.start_field_leaves if self.forward else self.label.end_field_leaves

    @property
    def deprecation(self) -> str | None:
        """The reason for ``@deprecated`` of the field; None while it is in use."""
        if self.former:
            return f"replaced by {replace(self, former=False).field}, leaves after {self.former_leaves}"
        return self.label.deprecation or self.association.deprecation

    @property
    def name(self) -> str:
        """What the far record is to the near one: the API name."""
        return (self.label.inverse_name or self.label.name) if self.forward else self.label.name

    @property
    def shown(self) -> str:
        """What the far record is to the near one: the text people see."""
        return (self.label.inverse_label or self.label.label) if self.forward else self.label.label

    @property
    def max_far(self) -> int | None:
        """At most so many far records for one near record; 1 makes the GraphQL field singular."""
        return self.label.max_end if self.forward else self.label.max_start

    @property
    def max_near(self) -> int | None:
        """At most so many near records for one far record."""
        return self.label.max_start if self.forward else self.label.max_end
