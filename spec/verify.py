#!/usr/bin/env python3
"""A second reader of the git-plan format, written from spec/ alone.

    verify.py repo PATH [SLUG...]   check the plans of a repository, through plain git
    verify.py events FILE.jsonl     check an exported plan
    verify.py bundle DIR            check a bundle that proves itself
    verify.py vectors DIR           check ids, order and state of the vectors

With --against FILE it also holds an export, or the one plan that is named, against a commitment.

It prints one line for each thing that it checked and one for each problem, and exits with 0 where there is none, else
with 1. With --state it prints, of a repository or an export, the state of each plan as JSON (S29) instead, one plan per
line, and what it has to say goes to standard error. It needs Python 3.9 or newer and the package blake3.
"""

import contextlib
import json
import os
import random
import sys

from blake3 import blake3

from reader.bundle import check_bundle
from reader.commitment import check_commitment
from reader.document import Document
from reader.events import Event, canonical
from reader.order import History
from reader.plan import Plan
from reader.problems import PROBLEMS, check_set, problem
from reader.repository import check_repository

# An export: E21.


def check_export(path):
    with open(path, "rb") as file:
        lines = file.read().split(b"\n")
    if lines.pop() != b"":
        problem(path, "the last line does not end with a line feed")
    events = [Event(line) for line in lines]
    line_of = {event.id: number for number, event in reversed(list(enumerate(events, 1)))}
    if len(line_of) != len(events):
        problem(path, "some events are there twice")
    root = check_set(path, events, lambda event: f"line {line_of[event.id]}")
    if History(events).events != events and len(line_of) == len(events):
        problem(path, "the lines are not in canonical order (E21)")
    print(f"{path}: plan {root[:12]}, {len(events)} events: ids, canonical form, limits, chain, order")
    return events


# Vectors: README.md.

ARRIVALS = 4  # seeds by which the events of a vector are shuffled and doubled


def load_vector(path):
    with open(os.path.join(path, "events.jsonl"), "rb") as file:
        stored = file.read().split(b"\n")[:-1]
    shown = {}
    if os.path.isdir(os.path.join(path, "events")):
        with open(os.path.join(path, "contained.json"), encoding="utf-8") as file:
            shown = json.load(file)
        for name in sorted(os.listdir(os.path.join(path, "events"))):
            with open(os.path.join(path, "events", name), "rb") as file:
                stored.append(file.read())
    return [Event(data, shown.get(blake3(data).hexdigest(), ())) for data in stored]


def arrivals(events):
    """The events as they arrived, and in other orders with some of them twice."""
    yield events
    for seed in range(ARRIVALS):
        chance = random.Random(seed)
        arrived = events + [event for event in events if chance.random() < 0.5]
        chance.shuffle(arrived)
        yield arrived


def check_vector(path):
    events = load_vector(path)
    with open(os.path.join(path, "expected.json"), encoding="utf-8") as file:
        expected = json.load(file)
    if [event.id for event in events] != expected["ids"]:
        problem(path, "the ids differ")
    for number, arrived in enumerate(arrivals(events), 1):
        plan = Plan(arrived)
        if [event.id for event in plan.history.events] != expected["order"]:
            problem(path, f"arrival {number}: the canonical order differs")
        state = Document(plan).json()
        for member in sorted(state.keys() | expected["state"].keys()):
            found, right = (json.dumps(it.get(member), sort_keys=True) for it in (state, expected["state"]))
            if found != right:
                problem(path, f"arrival {number}: {member} of the state is {found}: expected {right}")
    return len(events)


def check_vectors(path):
    names = sorted(name for name in os.listdir(path) if os.path.isdir(os.path.join(path, name)))
    events = sum(check_vector(os.path.join(path, name)) for name in names)
    if not names:
        problem(path, "no vectors")
    print(f"{path}: {len(names)} vectors, {events} events: ids, order and state, in {1 + ARRIVALS} orders of arrival")


def main(arguments):
    states, plans, against = "--state" in arguments, (), None
    if "--against" in arguments[:-1]:
        at = arguments.index("--against")
        against = arguments[at + 1]
        arguments = arguments[:at] + arguments[at + 2:]
    arguments = [argument for argument in arguments if argument != "--state"]
    with contextlib.redirect_stdout(sys.stderr if states else sys.stdout):
        if len(arguments) >= 2 and arguments[0] == "repo":
            plans = check_repository(arguments[1], arguments[2:])
        elif len(arguments) == 2 and arguments[0] == "events":
            plans = [check_export(arguments[1])]
        elif len(arguments) == 2 and arguments[0] == "bundle":
            plans = [events for events in [check_bundle(arguments[1], check_export)] if events is not None]
        elif len(arguments) == 2 and arguments[0] == "vectors":
            check_vectors(arguments[1])
        else:
            print(__doc__, file=sys.stderr)
            return 2
        if against is not None:
            for events in plans:
                check_commitment(against, events)
    for events in plans if states else ():
        sys.stdout.buffer.write(canonical(Document(Plan(events)).json()).encode() + b"\n")
    return 1 if PROBLEMS else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
