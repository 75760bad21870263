"""The canonical order of events (O1 to O4), and which of them sees which (S2)."""

from graphlib import TopologicalSorter


def in_order(events):
    """The events in canonical order, each once. One that arrived twice counts as it came first."""
    by_id = {event.id: event for event in reversed(events)}
    known = {i: [parent for parent in event.parents if parent in by_id] for i, event in by_id.items()}
    time = {}
    for i in TopologicalSorter(known).static_order():
        time[i] = max([by_id[i].at] + [time[parent] + 1 for parent in known[i]])
    return [by_id[i] for i in sorted(time, key=lambda i: (time[i], i))]


def bits(places):
    """The members of a set of places, lowest first."""
    while places:
        lowest = places & -places
        yield lowest.bit_length() - 1
        places ^= lowest


class History:
    """The events of a set by their place in order. A set of places is an integer that has the bit `1 << place`."""

    def __init__(self, events):
        self.events = in_order(events)
        self.place = {event.id: place for place, event in enumerate(self.events)}
        self.seen = []
        for event in self.events:
            seen = 0
            for parent in event.parents:
                if parent in self.place:
                    seen |= self.seen[self.place[parent]] | 1 << self.place[parent]
            self.seen.append(seen)

    def sees(self, place, other):
        return bool(self.seen[place] >> other & 1)

    def concurrent(self, place, other):
        return place != other and not self.sees(place, other) and not self.sees(other, place)

    def newest(self, places):
        """Those of a set of places that no other of the set sees, in order. The last of a set is one of them, since an
        event comes after all that it sees."""
        found = []
        while places:
            last = places.bit_length() - 1
            found.append(last)
            places &= ~(self.seen[last] | 1 << last)
        return found[::-1]

    def heads(self):
        """S29: the ids that no event of the set names as a parent, sorted."""
        named = {parent for event in self.events for parent in event.parents}
        return sorted(set(self.place) - named)
