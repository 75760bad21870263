"""Conflicts: S30. What may be in conflict is a *field* of a target; for each there is a function that finds out."""

from typing import NamedTuple

from reader.plan import FIELDS


class Conflict(NamedTuple):
    """What a field was found to have: places with values. Without sides it has no conflict."""

    kind: str
    sides: list


def of_value(register):
    """S7."""
    return Conflict("value", register.conflict())


def of_state(state):
    """S8."""
    return Conflict("status", state.conflict())


def of_successors(successors):
    """S22."""
    return Conflict("succession", successors.sides() if len(successors.adds) > 1 else [])


def of_place(plan, item):
    """S15: the value is the parent, or the role that a section follows."""
    sides = [(place, parent) for place, (_, parent) in item.placement.surviving()]
    if sides[-1][0] in plan.skipped:
        return Conflict("cycle", sides)
    return Conflict("place", sides if item.placement.conflict() else [])


def of_existence(existence, value):
    """S17 and S20: the sides are the removals."""
    return Conflict("existence", [(place, value) for place in existence.conflict()])


# The fields of each target, in their order.


def of_plan(plan):
    for field in FIELDS:
        yield field, of_value(plan.fields[field])
    yield "archived", of_existence(plan.existence, "archived")


def of_standing(registers):
    for field in ("heading", "prose"):
        yield field, of_value(registers[field])


def of_item(plan, item):
    yield "text", of_value(item.text)
    yield "body", of_value(item.body)
    yield "state", of_state(item.state)
    for field in ("answer", "as_a", "so_that"):
        yield field, of_value(getattr(item, field))
    yield "superseded_by", of_successors(item.successors)
    yield "place", of_place(plan, item)
    yield "existence", of_existence(item.existence, "removed")


def find(plan):
    """Every conflict in its order, with its target and field."""
    targets = [("plan", of_plan(plan))]
    targets += [(role, of_standing(registers)) for role, registers in plan.standing.items()]
    targets += [(item.id, of_item(plan, item)) for item in plan.items.values() if not item.existence.hidden()]
    return [(target, field, found) for target, fields in targets for field, found in fields if found.sides]
