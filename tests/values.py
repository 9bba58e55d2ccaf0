"""The arguments of random documents: values in wire form, each as a literal or in a variable."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphdb.catalog.model import SYSTEM_PROPERTIES, PropertyType
from graphdb.printed import print_date_time
from schema.build.operators import filter_name
from schema.compiler.search import WORDS_MAX as SEARCH_WORDS_MAX
from schema.scalars import TYPE_MAPPINGS
from tests.crm import minted
from tests.figure_documents import Figures
from tests.oracle.having import FigureKey
from tests.oracle.search import SearchPage, words
from tests.wire import EnumValue, Typed, Variables, definite, wire

if TYPE_CHECKING:
    import random

    from graphdb.catalog.model import ObjectType, Property, Side
    from tests.oracle import Graph, Oracle

_RANGE = ("lt", "lte", "gt", "gte")
_UNSORTABLE = frozenset({PropertyType.TEXT, PropertyType.JSON, PropertyType.MULTI_ENUMERATION, PropertyType.EMAIL_LIST})
_TEXT = ("contains", "startsWith", "endsWith")
_NO_CASE = ("eqIgnoreCase", "inIgnoreCase", *(f"{name}IgnoreCase" for name in _TEXT))


class Arguments:
    """Chooses arguments, mostly such that something is found."""

    def __init__(self, oracle: Oracle, dice: random.Random) -> None:
        self._oracle = oracle
        self._graph: Graph = oracle.graph
        self._dice = dice
        self._values: dict[tuple[str, str], list[Any]] = {}
        for record in self._graph.records.values():
            for name, value in record.values.items():
                self._values.setdefault((record.type, name), []).append(value)
        self.figures = Figures(oracle, self, dice)
        self._joined = {(self._graph.records[near].type, far) for near, far in self._graph.neighbours}

    def is_used(self, object_type: ObjectType, prop: Property) -> bool:
        """Whether some record has a value."""
        return (object_type.name, prop.name) in self._values

    def is_joined(self, side: Side) -> bool:
        """Whether some records are associated."""
        return (side.near, side.far) in self._joined

    def some_id(self) -> str:
        """An id, of a record or of none."""
        return self._dice.choice(list(self._graph.records)) if self._chance(0.9) else minted(999_999)

    def of_paths(self, variables: Variables) -> str:
        """The arguments of ``paths``: from a record to one that is near, or to any."""
        start = end = self.some_id()
        for _ in range(self._dice.choice((1, 2, 2, 3))):
            end = self._dice.choice([*self.neighbours(end), self.some_id()][:4])
        written = {"from": variables.write("ID!", start), "to": variables.write("ID!", end)}
        if self._chance(0.7):
            hops = self._dice.choice((1, 2, 2, 3))
            written["maxHops"] = variables.write("Int", hops, nullable=True, optional=True)
        if self._chance(0.5):
            written["first"] = variables.write("Int", self._dice.choice((0, 1, 2, 4)), nullable=True, optional=True)
        if self._chance(0.3):
            written["shortest"] = variables.write("Boolean", self._chance(0.7), nullable=True, optional=True)
        if self._chance(0.2):
            kinds = [EnumValue(one) for one in ("COMPANY", "CONTACT", "DEAL")[: self._dice.randrange(4)]]
            written["via"] = variables.write("[ObjectTypeName!]", kinds, nullable=True, optional=True)
        if self._chance(0.2):
            labels = ["primary", "manager", "champion"][: self._dice.randrange(4)]
            written["labels"] = variables.write("[String!]", labels, nullable=True, optional=True)
        return ", ".join(f"{name}: {text}" for name, text in written.items())

    def of_search(self, variables: Variables) -> str:
        """The arguments of ``search``: mostly beginnings of words that some record has."""
        record = self._dice.choice(list(self._graph.records.values()))
        texts = [word for value in record.values.values() if isinstance(value, str) for word in value.split()]
        known = [word for word in texts if words(word)] or ["ada"]
        chosen = [self._dice.choice(known) for _ in range(self._dice.choice((1, 1, 2)))]
        looked = [word[: self._dice.randint(1, len(word))] for word in chosen]
        text = self._dice.choice((" ".join(looked), " ".join(looked).swapcase(), ", ".join(chosen)))
        text = text[:200] if 0 < len(set(words(text[:200]))) <= SEARCH_WORDS_MAX else "an"
        arguments: dict[str, Any] = {"text": text}
        written = {"text": variables.write("String!", text)}
        if self._chance(0.3):
            kinds = [EnumValue(one) for one in ("COMPANY", "CONTACT", "DEAL", "NOTE")[: self._dice.randrange(1, 5)]]
            written["types"] = variables.write("[ObjectTypeName!]", kinds, nullable=True, optional=True)
        if self._chance(0.3) and (found := SearchPage(self._oracle, {**arguments, "first": 100})).records:
            written["after"] = variables.write("String", found.cursor(self._dice.choice(found.records)), nullable=True)
        if self._chance(0.7):
            written["first"] = variables.write("Int", self._dice.choice((0, 1, 2, 4)), nullable=True, optional=True)
        return ", ".join(f"{name}: {text}" for name, text in written.items())

    def neighbours(self, near: str) -> list[str]:
        """The ids of some records that are associated with one."""
        return [far[0] for (one, _), far in self._graph.neighbours.items() if one == near and far]

    def reference(self, variables: Variables, object_type: ObjectType) -> str:
        """A ``by`` argument."""
        record = self._dice.choice(self._graph.by_type[object_type.name])
        keys = [prop.name for prop in object_type.unique_properties if prop.name in record.values]
        name = self._dice.choice(["id", *keys])
        value = record.values[name] if self._chance(0.9) else {"email": "no@one.example"}.get(name, "none")
        given = {name: Typed("ID!" if name == "id" else "String!", value)}
        return variables.write(f"{object_type.type_name}Ref!", given)

    def of_list(self, variables: Variables, object_type: ObjectType, depth: int, side: Side | None = None) -> str:
        """The arguments of a list in their parentheses, or nothing."""
        written: dict[str, str] = {}
        name = object_type.type_name
        if depth > 2 or self._chance(0.6):
            size = self._dice.choice((0, 1, 2, 2, 3, 3, 5) if depth > 1 else (1, 2, 3, 7, 40))
            size_argument = "last" if self._chance(0.35) else "first"
            written[size_argument] = variables.write("Int", size, nullable=depth < 3, optional=depth < 3)
        keys: list[tuple[str | FigureKey, bool]] = []
        if self._chance(0.5):
            order = self._order(object_type)
            keys = [(key, down) for key, down, _ in order]
            items = [
                Typed(
                    f"{name}OrderBy!",
                    _nested(key, Typed("OrderDirection", EnumValue("DESC" if down else "ASC")), chosen),
                )
                for key, down, chosen in order
            ]
            written["orderBy"] = variables.write(f"[{name}OrderBy!]", items)
        if self._chance(0.3):
            written["after"] = variables.write("String", self._cursor(object_type, keys), nullable=True, optional=True)
        if self._chance(0.2):
            late = self._cursor(object_type, keys, late=True)
            written["before"] = variables.write("String", late, nullable=True, optional=True)
        if self._chance(0.5):
            where = self.where(object_type, 0)
            written["where"] = variables.write(f"{name}Where", where, nullable=True, optional=True)
        if side is not None and side.labels and self._chance(0.25):
            label = self._dice.choice(side.labels)
            written["label"] = variables.write("String", label.name, nullable=True, optional=True)
        texts = [f"{argument}: {text}" for argument, text in written.items()]
        self._dice.shuffle(texts)
        return f"({', '.join(texts)})" if texts else ""

    def of_across(self, variables: Variables, field: str, depth: int) -> str:
        """The arguments of ``associations`` or ``timeline``."""
        argument, enum = ("types", "ObjectTypeName") if field == "associations" else ("kinds", "TimelineKind")
        choices = [one.name for one in self._oracle.catalog.enabled if field == "associations" or one.activity]
        written: dict[str, str] = {}
        if depth > 2 or self._chance(0.6):
            written["first"] = variables.write("Int", self._dice.choice((0, 1, 2, 3, 5)))
        if self._chance(0.4):
            known = [EnumValue(one.upper()) for one in self._dice.sample(choices, self._dice.randrange(4))]
            chosen = [Typed(f"{enum}!", one) for one in known]
            written[argument] = variables.write(f"[{enum}!]", chosen, nullable=True, optional=True)
        if self._chance(0.3):
            keys = (("id", False),) if field == "associations" else (("occurredAt", True), ("id", True))
            far = [one for one in self._graph.records.values() if one.type in choices]
            record = self._dice.choice(far)
            written["after"] = variables.write("String", self._oracle.cursor(keys, record), nullable=True)
        texts = [f"{name}: {text}" for name, text in written.items()]
        return f"({', '.join(texts)})" if texts else ""

    def _order(self, object_type: ObjectType) -> list[tuple[str | FigureKey, bool, dict[str, Any]]]:
        """Keys, whether descending, and which associated records a figure is of."""
        names: list[str | FigureKey] = [
            prop.name
            for prop in (*SYSTEM_PROPERTIES, *object_type.properties)
            if prop.type not in _UNSORTABLE and (self.is_used(object_type, prop) or self._chance(0.03))
        ]
        chosen: dict[str, dict[str, Any]] = {}
        if self._chance(0.4):
            names += self._related(object_type)
            sides = [side for side in self._oracle.catalog.sides_of(object_type.name) if self.is_joined(side)]
            for side in self._dice.sample(sides, min(2, len(sides))):
                key, written = self.figures.key(side)
                if str(key) not in chosen:
                    names += [key] * 3
                    chosen[str(key)] = definite(written)
        picked = self._dice.sample([*names, "id"], min(len(names) + 1, self._dice.choice((1, 1, 1, 2, 2, 3))))
        unique = {str(name): name for name in picked}
        return [(name, self._chance(0.5), chosen.get(text, {})) for text, name in unique.items()]

    def _related(self, object_type: ObjectType) -> list[str]:
        """A few order keys over labels with one record: ``primaryCompany.name``."""
        names: list[str] = []
        for side in self._oracle.catalog.sides_of(object_type.name):
            far = self._oracle.catalog.by_name[side.far]
            for label in side.labels:
                if label.max_far == 1:
                    names += [f"{label.field}.{prop.name}" for prop in far.properties if prop.type not in _UNSORTABLE]
            if not self.is_joined(side):
                names = names[:3]
        return self._dice.sample(names, min(len(names), 4))

    def _cursor(self, object_type: ObjectType, keys: list[tuple[str | FigureKey, bool]], *, late: bool = False) -> str:
        """The cursor of some record in this order."""
        names = [name for name, _ in keys]
        whole = keys if "id" in names else [*keys, ("id", bool(keys) and keys[0][1])]
        full = tuple(whole[: [name for name, _ in whole].index("id") + 1])
        records = self._oracle.ordered(self._graph.by_type.get(object_type.name, []), full)
        if not records:
            records = [next(iter(self._graph.records.values()))]
        # Mostly an early one, so that something follows, or a late one, so that something precedes.
        position = int(len(records) * self._dice.random() ** 2)
        position = len(records) - 1 - position if late else position
        return self._oracle.cursor(full, records[position])

    # --- filters ----------------------------------------------------------------------------------------------

    def where(self, object_type: ObjectType, depth: int) -> dict[str, Any]:
        """A filter of an object type's records."""
        name = object_type.type_name
        found: dict[str, Any] = {}
        if depth < 3 and self._chance(0.3):
            match self._dice.choice(("and", "or", "or", "not", "not")):
                case "not":
                    found["not"] = Typed(f"{name}Where", self.where(object_type, depth + 1), optional=True)
                case joiner:
                    parts = [
                        Typed(f"{name}Where!", self.where(object_type, depth + 1))
                        for _ in range(self._dice.choice((0, 1, 2, 2, 3)))
                    ]
                    found[joiner] = Typed(f"[{name}Where!]", parts, optional=True)
        if depth < 3 and self._chance(0.35):
            found |= self._associated(object_type, depth)
        for _ in range(self._dice.choice((0, 1, 1, 2) if found else (0, 1, 1, 1, 1, 2))):
            prop = self._property(object_type)
            if prop is None:
                found["id"] = self._operators("IDFilter", "ID", ["eq", "ne", "in"], [self.some_id() for _ in range(3)])
            else:
                found[prop.name] = self._filter(object_type, prop)
        return found

    def _associated(self, object_type: ObjectType, depth: int) -> dict[str, Any]:
        """What is asked of associated records, by an association or one of its labels."""
        sides = [side for side in self._oracle.catalog.sides_of(object_type.name) if self.is_joined(side)]
        if not sides:
            return {}
        side = self._dice.choice(sides)
        far = self._oracle.catalog.by_name[side.far]
        name = f"{far.type_name}Where"
        label = self._dice.choice(side.labels) if side.labels and self._chance(0.5) else None
        if label is not None and label.max_far == 1:
            return {label.field: Typed(name, self.where(far, depth + 1), optional=True)}
        given: dict[str, Any] = {}
        key = self._dice.choice(("some", "some", "none", "every", "count", "aggregate"))
        if key == "aggregate":
            given[key] = Typed(f"{far.type_name}Having!", self.figures.having(far))
        elif key == "count":
            chosen = self._dice.sample(["eq", "ne", "in", "notIn", *_RANGE, "between"], 1)
            counts = {operator: self._count_operand(operator) for operator in chosen}
            given[key] = Typed("IntFilter!", counts)
        else:
            given[key] = Typed(f"{name}!", self.where(far, depth + 1))
        if label is None and side.labels and self._chance(0.3):
            given["label"] = Typed("String", self._dice.choice(side.labels).name, optional=True)
        if self._chance(0.2):
            given["where"] = Typed(name, self.where(far, depth + 2), optional=True)
        if self._chance(0.15):
            times = [print_date_time(pair.created_at) for pair in self._graph.pairs.values() if pair.created_at]
            moments = [self._dice.choice(times) for _ in range(3)]
            operators = ["lt", "gte", "between", "within", "isSet", "ne"]
            given["associatedAt"] = self._operators("DateTimeFilter", "DateTime", operators, moments)
        return {label.field if label else side.field: Typed(f"{far.type_name}AssociationWhere", given, optional=True)}

    def _count_operand(self, operator: str) -> Any:
        numbers = [Typed("Int!", self._dice.choice((0, 0, 1, 1, 2, 3))) for _ in range(2)]
        if operator in {"in", "notIn"}:
            return Typed("[Int!]!", numbers)
        return Typed("IntRangeFilter!", {"from": numbers[0], "to": numbers[1]}) if operator == "between" else numbers[0]

    def _property(self, object_type: ObjectType) -> Property | None:
        if self._chance(0.05):
            return None
        properties = (*SYSTEM_PROPERTIES, *object_type.properties)
        used = [prop for prop in properties if self.is_used(object_type, prop)]
        return self._dice.choice(used if used and self._chance(0.95) else properties)

    def _filter(self, object_type: ObjectType, prop: Property) -> Typed:
        mapping = TYPE_MAPPINGS[prop.type]
        name = filter_name(prop)
        if prop.type is PropertyType.JSON:
            return self._operators(name, "Boolean", ["isSet"], [])
        if prop.type is PropertyType.MULTI_ENUMERATION:
            options = self._oracle.catalog.option_sets_by_name[str(prop.option_set)].options
            chosen = self._dice.sample([EnumValue(option.name) for option in options], min(3, len(options)))
            return self._operators(name, str(prop.option_set), ["isSet", "hasAny", "hasAny", "hasAll"], chosen)
        if prop.type is PropertyType.EMAIL_LIST:
            lists = self._values.get((object_type.name, prop.name)) or [["no@one.example"]]
            chosen = [one.upper() for _ in range(2) for one in self._dice.choice(lists)]
            return self._operators(name, "String", ["isSet", "hasAny", "hasAny", "hasAll"], chosen)
        leaf = mapping.scalar.name if mapping.scalar is not None else str(prop.option_set)
        known = self._values.get((object_type.name, prop.name)) or [None]
        values = [wire(prop, self._dice.choice(known), self._oracle) for _ in range(3)]
        operators = ["eq", "ne", "isSet"]
        if prop.type is not PropertyType.BOOLEAN:
            operators += ["in", "notIn"]
        if prop.type not in {PropertyType.BOOLEAN, PropertyType.ENUMERATION}:
            operators += [*_RANGE, "between"]
        if mapping.filter == "StringFilter":
            operators += [*_TEXT, *_TEXT, *_NO_CASE]
        if prop.type in {PropertyType.DATE, PropertyType.DATETIME}:
            operators += ["within", "within"]
        return self._operators(name, leaf, operators, values)

    def _within(self, leaf: str) -> Typed:
        """A period, mostly one that reaches the dates in the graph."""
        given: dict[str, Any] = {}
        kind = self._dice.choice(("last", "last", "next", "this"))
        if kind == "this":
            period = EnumValue(self._dice.choice(("DAY", "WEEK", "MONTH", "QUARTER", "YEAR")))
            given["this"] = Typed("DatePeriod!", period)
        else:
            units = {"DAYS": 1200, "WEEKS": 150, "MONTHS": 40, "QUARTERS": 12, "YEARS": 40}
            unit = self._dice.choice(list(units) if leaf == "Date" else ["HOURS", *units])
            given[kind] = Typed("Int!", self._dice.randint(1, units.get(unit, 20_000) // 2))
            given["unit"] = Typed("DateUnit!", EnumValue(unit))
        if self._chance(0.5):
            zone = self._dice.choice(("Europe/Berlin", "America/New_York", "Pacific/Auckland", "Asia/Kathmandu"))
            given["timeZone"] = Typed("String", zone, optional=True)
        return Typed("WithinFilter", given, optional=True)

    def _operators(self, input_name: str, leaf: str, operators: list[str], values: list[Any]) -> Typed:
        chosen = self._dice.sample(operators, min(len(operators), self._dice.choice((0, 1, 1, 1, 1, 1, 2))))
        return Typed(
            input_name, {operator: self._operand(operator, leaf, values) for operator in chosen}, optional=True
        )

    def _operand(self, operator: str, leaf: str, values: list[Any]) -> Any:
        if operator == "isSet":
            return Typed("Boolean", self._chance(0.5), optional=True)
        if operator == "within":
            return self._within(leaf)
        if operator == "between":
            ends = {name: Typed(f"{leaf}!", value) for name, value in zip(("from", "to"), values[:2], strict=True)}
            return Typed(f"{leaf}RangeFilter", ends, optional=True)
        if operator.endswith("IgnoreCase"):
            values = [self._dice.choice((value, value.upper(), value.lower(), value.swapcase())) for value in values]
            operator = operator.removesuffix("IgnoreCase")
            if operator == "eq":
                return Typed(leaf, values[0], optional=True)
        if operator in {"in", "notIn", "hasAny", "hasAll"}:
            items = [Typed(f"{leaf}!", value) for value in values[: self._dice.randrange(4)]]
            return Typed(f"[{leaf}!]", items, optional=True)
        value = values[0]
        if operator in {"eq", "ne"}:
            return Typed(leaf, None if self._chance(0.15) else value, nullable=True, optional=True)
        if operator in _TEXT and value:
            start = 0 if operator == "startsWith" else self._dice.randrange(len(value))
            value = value[start:] if operator == "endsWith" else value[start : start + self._dice.randint(0, 4)]
        return Typed(leaf, value, optional=True)

    def _chance(self, probability: float) -> bool:
        return self._dice.random() < probability


def _nested(key: str | FigureKey, direction: Typed, chosen: dict[str, Any]) -> dict[str, Any]:
    """``primaryCompany.name`` → an object in an object; a figure stands beside what its records are chosen by."""
    if isinstance(key, FigureKey):
        figure = {key.function: direction} if key.of is None else {key.of: {key.function: direction}}
        return {key.hop: {**chosen, **figure}}
    first, _, rest = key.partition(".")
    return {first: {rest: direction} if rest else direction}
