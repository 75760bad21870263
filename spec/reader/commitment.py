"""Commitments: G43 to G45."""

import hashlib

from blake3 import blake3

from reader.document import state
from reader.events import FORMS, canonical
from reader.order import in_order
from reader.problems import problem

SEMANTICS = "1"
NAMES = ("plan", "heads", "events", "root-sha256", "jsonl-blake3", "state-blake3", "semantics", "at")


def root(leaves):
    """The Merkle tree hash of RFC 6962, section 2.1."""
    if len(leaves) < 2:
        return hashlib.sha256(b"".join(b"\0" + leaf for leaf in leaves)).digest()
    left = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\1" + root(leaves[:left]) + root(leaves[left:])).digest()


def read(path):
    """What a commitment says, by name; none where it is not one."""
    with open(path, encoding="utf-8", newline="") as file:
        lines = file.read().split("\n")
    said = dict(line.partition(" ")[::2] for line in lines[1:-1])
    heads = said.get("heads", "").split(",")
    expected = ["git-plan-commitment v1", *(f"{name} {said.get(name)}" for name in NAMES), ""]
    sound = lines == expected and heads == sorted(set(heads)) and FORMS["time"](said["at"])
    if not sound or not all(map(FORMS["id"], [said["plan"], *heads])):
        problem(path, "is not a commitment (G43)")
        return None
    return said


def below(events, heads):
    """The events of these ids and all below them."""
    by_id = {event.id: event for event in events}
    ahead, found = list(heads), {}
    while ahead:
        event = by_id.get(ahead.pop())
        if event and event.id not in found:
            found[event.id] = event
            ahead.extend(event.parents)
    return in_order(list(found.values()))


def check_commitment(path, events):
    """G45: whether everything is there that was committed to."""
    said = read(path)
    if said is None:
        return
    heads = said["heads"].split(",")
    known = {event.id for event in events}
    for gone in [head for head in heads if head not in known]:
        problem(path, f"the event {gone} was committed to and is gone: the history was cut back or rewritten (G45)")
    if not known.issuperset(heads):
        return
    kept = below(events, heads)
    lines = [event.bytes for event in kept]
    shown = state(kept)
    found = {
        "plan": shown.get("id"),
        "heads": ",".join(shown["heads"]),
        "events": str(len(kept)),
        "root-sha256": root(lines).hex(),
        "jsonl-blake3": blake3(b"".join(line + b"\n" for line in lines)).hexdigest(),
        "state-blake3": blake3(canonical(shown).encode()).hexdigest(),
    }
    for name, value in found.items():
        if value != said[name] and (name != "state-blake3" or said["semantics"] == SEMANTICS):
            problem(path, f"{name} is {value}: committed to was {said[name]} (G45)")
    print(f"{path}: {len(kept)} events that were committed to at {said['at']}: heads, root, bytes, state")
