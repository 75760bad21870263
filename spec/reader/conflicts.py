"""Conflicts: S30. What may be in conflict is a *field* of a target; each field has a function that finds its conflict."""

from reader.plan import FIELDS

# Each function returns the kind and the sides, as places with values; without a conflict there are no sides.


def of_value(register):
    """S7."""
    return "value", register.conflict()


def of_state(state):
    """S8."""
    return "status", state.conflict()


def of_successors(successors):
    """S22."""
    return "succession", successors.sides() if len(successors.adds) > 1 else []


def of_place(plan, item):
    """S15: the value is the parent, or the role that a section follows."""
    sides = [(place, parent) for place, (_, parent) in item.placement.surviving()]
    if sides[-1][0] in plan.skipped:
        return "cycle", sides
    return "place", sides if item.placement.conflict() else []


def of_existence(existence, value):
    """S17 and S20: the sides are the removals."""
    return "existence", [(place, value) for place in existence.conflict()]


def of_plan(plan):
    for field in FIELDS:
        yield field, of_value(plan.fields[field])
    yield "archived", of_existence(plan.existence, "archived")


def of_standing(registers):
    for field in ("heading", "prose"):
        yield field, of_value(registers[field])


def of_item(plan, item):
    names = ("heading", "prose") if item.kind == "section" else ("text", "body")
    yield names[0], of_value(item.text)
    yield names[1], of_value(item.body)
    yield "state", of_state(item.state)
    for field in ("answer", "as_a", "so_that"):
        yield field, of_value(getattr(item, field))
    yield "superseded_by", of_successors(item.successors)
    yield "place", of_place(plan, item)
    yield "existence", of_existence(item.existence, "removed")


def find(plan):
    """All conflicts in their order: pairs of what a conflict is and about, and its sides as places with values."""
    targets = [("plan", of_plan(plan))]
    targets += [(role, of_standing(registers)) for role, registers in plan.standing.items()]
    targets += [(item.id, of_item(plan, item)) for item in plan.items.values() if not item.existence.hidden()]
    for target, fields in targets:
        for field, (kind, sides) in fields:
            if sides:
                yield {"kind": kind, "target": target, "field": field}, sides
