"""Conflicts and notices: S30, S38. What may be in conflict is a *field* of a target; functions find out what it has."""

from typing import NamedTuple, Optional

from blake3 import blake3

from reader.order import bits
from reader.plan import FIELDS

NOTICES = ("joined", "merged", "order", "child", "reworded", "twin", "key")


class Side(NamedTuple):
    place: int
    value: Optional[str] = None
    item: Optional[str] = None  # where it is about another item than the target


class Conflict(NamedTuple):
    """What was found of a field. Without sides it is none."""

    kind: str
    sides: list
    base: Optional[str] = None


def conflict_id(kind, target, field, events):
    return "c-" + blake3("|".join((kind, target, field, ",".join(sorted(events)))).encode()).hexdigest()[:8]


def of_writes(kind, register):
    return Conflict(kind, [Side(*write) for write in register.surviving()], register.base())


def of_value(register):
    """S7."""
    if register.differs():
        yield of_writes("value", register)


def of_prose(prose):
    """S36."""
    if prose.differs():
        merged = prose.outcome()
        yield of_writes("merged" if merged and merged[1] else "text", prose)


def of_state(state):
    """S8."""
    if state.differs():
        yield of_writes("status" if state.in_conflict() else "joined", state)


def of_successors(successors):
    """S22."""
    if len(successors.adds) > 1:
        yield Conflict("succession", [Side(*add) for add in successors.sides()])


def of_place(plan, item):
    """S14 and S15: the value is the parent, or the role that a section follows."""
    placements = item.placement.surviving()
    sides = [Side(place, where[1]) for place, where in placements]
    last = placements[-1][0]
    if last in plan.skipped:
        against = [
            Side(place, where[1], other.id)
            for other in plan.skipped[last] if other is not item
            for place, where in other.placement.surviving()
            if place < last and not plan.history.sees(last, place)
        ]
        yield Conflict("cycle", sorted(sides + against))
    elif len(sides) > 1:
        base = item.placement.base()
        yield Conflict("place" if item.placement.differs() else "order", sides, base and base[1])


def of_existence(existence, value):
    """S17 and S20."""
    if existence.removals and not existence.hidden():
        removals = [Side(place, value) for place in bits(existence.removals)]
        yield Conflict("existence", sorted(removals + [Side(place, "edited") for place in bits(existence.edits())]))


# Rivals: S38.


def rivals(history, sides, differ=lambda one, other: True):
    """Those of some sides that have a rival among them: another that is concurrent and differs."""
    return [
        one for one in sides
        if any(history.concurrent(one.place, other.place) and differ(one, other) for other in sides)
    ]


class Rivals:
    def __init__(self, plan):
        self.plan, self.history = plan, plan.history
        there = [item for item in plan.items.values() if not item.existence.hidden()]
        self.children, self.decisions, self.twins = {}, {}, {}
        alike = {}
        for item in there:
            if item.kind == "step":
                self.children.setdefault(item.list[1], []).append(item)
            if item.kind == "decision" and "question" in item.refers:
                self.decisions.setdefault(item.refers["question"].id, []).append(item)
            if item.kind == "blocker" and item.open():
                on = item.refers["on"].id if "on" in item.refers else None
                same = alike.setdefault((item.text.shown(), on), [])
                for one in same:
                    if not self.history.sees(item.place, one.place):
                        self.twins.setdefault(one.id, [one]).append(item)
                same.append(item)

    def keys(self):
        by_key = {}
        for place, event in self.plan.took:
            if "key" in event.said:
                author = (event.by["name"], event.by["email"], event.said["key"])
                by_key.setdefault(author, []).append(Side(place))
        events = self.history.events

        def differ(one, other):
            one, other = events[one.place], events[other.place]
            return (one.type, one.data) != (other.type, other.data)

        found = [rivals(self.history, sides, differ) for sides in by_key.values()]
        yield Conflict("key", sorted(side for sides in found for side in sides))

    def reworded(self, item):
        if item.kind == "criterion" and item.ticked():
            met = [Side(place, "met") for place, value in item.state.surviving() if value == "met"]
            texts = [Side(place, text) for place, text in item.text.surviving()]
            yield self.between("reworded", met, texts)

    def between(self, kind, some, others):
        """Those that have a rival on the other side."""
        apart = {(one, other) for one in some for other in others if self.history.concurrent(one.place, other.place)}
        return Conflict(kind, sorted({side for pair in apart for side in pair}, key=lambda side: side.place))

    def twin(self, item):
        sides = [
            Side(twin.place, twin.text.shown(), twin.id)
            for twin in self.twins.get(item.id, [])
        ]
        yield Conflict("twin", sorted(sides, key=lambda side: side.place))

    def claim_of_state(self, item):
        sides = of_writes("claim", item.state)
        if sides.sides and all(side.value == "doing" for side in sides.sides):
            events = [self.history.events[side.place] for side in sides.sides]
            who = {(e.by["name"], e.by["email"], e.said.get("agent", {}).get("name")) for e in events}
            if len(who) > 1:
                yield sides

    def claim_of_owners(self, item):
        if item.open():
            sides = [Side(place, owner) for place, (owner, _) in item.owners.sides()]
            yield Conflict("claim", rivals(self.history, sides, lambda one, other: one.value != other.value))

    def choice(self, item):
        sides = [
            Side(decision.place, decision.text.shown(), decision.id) for decision in self.decisions.get(item.id, ())
            if decision.state.shown() != "withdrawn" and not decision.successors.adds
        ]
        yield Conflict("choice", rivals(self.history, sides))

    def child(self, item):
        if item.kind == "step" and item.ticked():
            done = [Side(place, "done") for place, value in item.state.surviving() if value == "done"]
            placed = [
                Side(place, child.text.shown(), child.id)
                for child in self.children.get(item.id, ()) if child.open()
                for place, where in child.placement.surviving() if where == child.list
            ]
            yield self.between("child", done, placed)


# The fields of each target, in their order.


def of_plan(plan, found):
    for field in FIELDS:
        yield field, of_value(plan.fields[field])
    yield "archived", of_existence(plan.existence, "archived")
    yield "key", found.keys()


def of_standing(registers):
    yield "heading", of_value(registers["heading"])
    yield "prose", of_prose(registers["prose"])


def of_item(plan, item, found):
    yield "text", of_prose(item.text) if item.kind == "prose" else of_value(item.text)
    yield "text", found.reworded(item)
    yield "text", found.twin(item)
    yield "body", of_prose(item.body)
    yield "state", of_state(item.state)
    yield "state", found.claim_of_state(item)
    yield "answer", of_value(item.answer)
    yield "choice", found.choice(item)
    yield "as_a", of_value(item.as_a)
    yield "so_that", of_value(item.so_that)
    yield "superseded_by", of_successors(item.successors)
    yield "owners", found.claim_of_owners(item)
    yield "children", found.child(item)
    yield "place", of_place(plan, item)
    yield "existence", of_existence(item.existence, "removed")


def find(plan):
    """Every conflict and notice in its order, with its target and field."""
    rivals = Rivals(plan)
    targets = [("plan", of_plan(plan, rivals))]
    targets += [(role, of_standing(registers)) for role, registers in plan.standing.items()]
    targets += [(item.id, of_item(plan, item, rivals)) for item in plan.items.values() if not item.existence.hidden()]
    for target, fields in targets:
        for field, conflicts in fields:
            for conflict in conflicts:
                if conflict.sides:
                    yield target, field, conflict
