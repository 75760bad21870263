#!/usr/bin/env python3
"""A second reader of the git-plan format, written from spec/ alone.

    verify.py repo PATH [SLUG...]   check the plans of a repository, through plain git
    verify.py events FILE.jsonl     check an exported plan
    verify.py vectors DIR           check ids, canonical form, codes and order of the vectors

It prints one line for each thing that it checked and one for each problem, and exits with 0 where there is none, else
with 1. It needs Python 3.9 or newer and the package blake3.
"""

import json
import os
import sys

from blake3 import blake3

from reader.events import Event, Wrong, canonical
from reader.order import History
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
    in_order = History(events).events == events
    print(f"{path}: plan {root[:12]}, {len(events)} events: ids, canonical form, limits, chain; "
          f"{'in' if in_order else 'not in'} canonical order")


OF_BYTES = ("too-large", "not-canonical", "malformed", "future-version", "unknown-type", "needs")


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


def check_vector(path):
    events = load_vector(path)
    with open(os.path.join(path, "expected.json"), encoding="utf-8") as file:
        expected = json.load(file)
    if [event.id for event in events] != expected["ids"]:
        problem(path, "the ids differ")
    for arrived in (events, events[::-1], events + events):
        if [event.id for event in History(arrived).events] != expected["order"]:
            problem(path, "the canonical order differs")
    codes = {inert["event"]: inert["code"] for inert in expected["state"]["inert"] if inert["code"] in OF_BYTES}
    found = {event.id: event.wrong.code for event in events if event.wrong}
    for i in sorted(set(codes.items()) ^ set(found.items())):
        problem(path, f"event {i[0][:12]}: the code {i[1]} is on one side only")
    try:
        canonical(expected["state"])
    except Wrong as wrong:
        problem(path, wrong)
    if History(events).heads() != expected["state"]["heads"]:
        problem(path, "the heads differ")
    return len(events)


def check_vectors(path):
    names = sorted(name for name in os.listdir(path) if os.path.isdir(os.path.join(path, name)))
    events = sum(check_vector(os.path.join(path, name)) for name in names)
    if not names:
        problem(path, "no vectors")
    print(f"{path}: {len(names)} vectors, {events} events: ids, canonical form, codes, order, heads")


def main(arguments):
    if len(arguments) >= 2 and arguments[0] == "repo":
        check_repository(arguments[1], arguments[2:])
    elif len(arguments) == 2 and arguments[0] == "events":
        check_export(arguments[1])
    elif len(arguments) == 2 and arguments[0] == "vectors":
        check_vectors(arguments[1])
    else:
        print(__doc__, file=sys.stderr)
        return 2
    return 1 if PROBLEMS else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
