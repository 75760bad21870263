"""The values that a state is made of: registers, states, sets and existence (S6 to S11, S17, S18).

Each keeps what was written with the place of the event that wrote it, and asks the history who saw whom.
"""

from reader.order import bits

FAR = {
    "todo": 0, "doing": 1, "done": 2, "dropped": 3,
    "open": 0, "met": 1, "resolved": 1,
    "proposed": 0, "accepted": 1, "withdrawn": 2,
}
TICKED = ("done", "met", "answered", "resolved")


class Register:
    """S6 and S7: one value, and every write of it. A second write by one event takes the place of the first."""

    def __init__(self, history):
        self.history, self.values, self.writes = history, {}, 0

    def write(self, place, value):
        self.values[place] = value
        self.writes |= 1 << place

    def surviving(self):
        """The writes that no other write sees, in order, as places with their values."""
        return [(place, self.values[place]) for place in self.history.newest(self.writes)]

    def shown(self):
        return self.values[self.writes.bit_length() - 1] if self.writes else None

    def differs(self):
        """Whether surviving writes have different values."""
        return len({value for _, value in self.surviving()}) > 1

    def replaced(self, place):
        """S8: the newest of the writes that a write saw."""
        return self.history.newest(self.writes & self.history.seen[place])

    def base(self):
        """S30: the value of the one write that each of the surviving writes replaced."""
        bases = {tuple(self.replaced(place)) for place, _ in self.surviving()}
        places = bases.pop() if len(bases) == 1 else ()
        return self.values[places[0]] if len(places) == 1 else None


class State(Register):
    """S8: a register whose values move forward together."""

    def goes_forward(self, place):
        value, replaced = self.values[place], [self.values[it] for it in self.replaced(place)]
        return value not in ("dropped", "withdrawn") and all(FAR[value] >= FAR[it] for it in replaced)

    def joins(self):
        return all(self.goes_forward(place) for place, _ in self.surviving())

    def shown(self):
        if not self.joins():
            return super().shown()
        return max((value for _, value in self.surviving()), key=FAR.get, default=None)

    def in_conflict(self):
        return self.differs() and not self.joins()


class Elements:
    """S10 and S11: a set. Of each element it keeps the adds that are left."""

    def __init__(self, history):
        self.history, self.adds = history, {}

    def add(self, place, element):
        self.adds[element] = self.adds.get(element, 0) | 1 << place

    def remove(self, place, which):
        """Takes away the adds that the event sees, of the elements for which `which` holds."""
        for element in filter(which, list(self.adds)):
            self.adds[element] &= ~self.history.seen[place]
            if not self.adds[element]:
                del self.adds[element]

    def by_age(self):
        return sorted(self.adds, key=lambda element: self.adds[element] & -self.adds[element])

    def sides(self):
        """The adds that are left, in order, as places with their elements."""
        return sorted((place, element) for element, adds in self.adds.items() for place in bits(adds))


class Existence:
    """S17, S18 and S20: the removals of an item or of the plan that are left, and the events that touch it."""

    def __init__(self, history):
        self.history, self.removals, self.touches = history, 0, 0

    def touch(self, place):
        self.touches |= 1 << place

    def remove(self, place):
        self.removals = self.removals & ~self.history.seen[place] | 1 << place

    def restore(self, place):
        self.removals &= ~self.history.seen[place]
        self.touch(place)

    def disputes(self, removal):
        """The touches that are concurrent with a removal."""
        unseen = bits(self.touches & ~self.history.seen[removal])
        return (touch for touch in unseen if self.history.concurrent(removal, touch))

    def hidden(self):
        return any(next(self.disputes(removal), None) is None for removal in bits(self.removals))

    def edits(self):
        """The newest touches that are concurrent with each removal, as a set of places."""
        newest = 0
        for removal in bits(self.removals):
            touches = sum(1 << touch for touch in self.disputes(removal))
            newest |= sum(1 << touch for touch in self.history.newest(touches))
        return newest
