"""Prose that several wrote at once: S36 and S37."""

from reader.values import Register

MOST_MERGES, MOST_DIFFERENCES = 100, 1000


class NotMerged(Exception):
    """What S36 leaves to S7."""


class Prose(Register):
    """S36: a register whose surviving writes are merged."""

    def __init__(self, history):
        super().__init__(history)
        self.found = {}

    def outcome(self):
        """The text that is shown and whether it is clean, or nothing where it is left to S7."""
        if self.writes not in self.found:
            self.merges = 0
            try:
                self.found[self.writes] = self.merge_all([place for place, _ in self.surviving()])
            except NotMerged:
                self.found[self.writes] = None
        return self.found[self.writes]

    def shown(self):
        merged = self.outcome() if self.differs() else None
        return merged[0] if merged else super().shown()

    def merge_all(self, places):
        """The first write merged with the second, what comes of that with the third, and so on."""
        text, clean, seen = self.values[places[0]], True, self.up_to(places[0])
        for place in places[1:]:
            self.merges += 1
            if self.merges > MOST_MERGES:
                raise NotMerged
            base = self.base_of(self.history.newest(self.writes & seen & self.up_to(place)))
            text, fits = merge(base, text, self.values[place])
            clean, seen = clean and fits, seen | self.up_to(place)
        return text, clean

    def up_to(self, place):
        return self.history.seen[place] | 1 << place

    def base_of(self, places):
        """The text of a base. This goes no deeper than there may be merges."""
        text, clean = self.merge_all(places) if places else ("", True)
        if not clean:
            raise NotMerged
        return text


def merge(base, first, second):
    """S37: three texts merged by lines, and whether that was clean."""
    if first == second or first == base:
        return second, True
    if second == base:
        return first, True
    base, first, second = (text.split("\n") for text in (base, first, second))
    in_first, in_second = dict(align(base, first)), dict(align(base, second))
    cuts = [(line, in_first[line], in_second[line]) for line in sorted(in_first) if line in in_second]
    merged, clean, begins = [], True, (0, 0, 0)
    for ends in [*cuts, (len(base), len(first), len(second))]:
        was, one, other = (text[begin:end] for text, begin, end in zip((base, first, second), begins, ends))
        clean = clean and (one in (was, other) or other == was)
        merged += one if other == was else other
        merged += base[ends[0] : ends[0] + 1]
        begins = tuple(end + 1 for end in ends)
    return "\n".join(merged), clean


def align(base, side):
    """The pairs of equal lines of a base and a side: those that both begin and end with, and those of a longest common
    subsequence of what is between."""
    shorter = min(len(base), len(side))
    head = next((i for i in range(shorter) if base[i] != side[i]), shorter)
    tail = next((i for i in range(shorter - head) if base[-1 - i] != side[-1 - i]), shorter - head)
    middle = subsequence(base[head : len(base) - tail], side[head : len(side) - tail])
    return [
        *((i, i) for i in range(head)),
        *((head + i, head + j) for i, j in middle),
        *((len(base) - 1 - i, len(side) - 1 - i) for i in range(tail)),
    ]


def come(far, k, d):
    """The diagonal from which the greedy algorithm comes to diagonal `k` with the `d`-th difference, and where in the
    base it then is. `far` has how far each diagonal got with a difference less."""
    if k == -d or (k != d and far[k - 1] < far[k + 1]):
        return k + 1, far[k + 1]
    return k - 1, far[k - 1] + 1


def subsequence(base, side):
    """The pairs of a longest common subsequence that the greedy algorithm of Myers finds from the beginning."""
    rounds = [{1: 0}]
    for d in range(MOST_DIFFERENCES + 1):
        far, reached = rounds[-1], {}
        for k in range(-d, d + 1, 2):
            _, at = come(far, k, d)
            while at < len(base) and at - k < len(side) and base[at] == side[at - k]:
                at += 1
            reached[k] = at
            if at >= len(base) and at - k >= len(side):
                return trace(rounds, k, at)
        rounds.append(reached)
    raise NotMerged


def trace(rounds, k, at):
    """The equal lines that were passed on the way to the end on diagonal `k`, first to last."""
    pairs = []
    for d, far in reversed(list(enumerate(rounds))):
        came, began = come(far, k, d)
        pairs += [(i, i - k) for i in range(at - 1, began - 1, -1)]
        k, at = came, far[came]
    return pairs[::-1]
