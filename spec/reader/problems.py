"""What was found to be wrong, and what must hold of any set of events."""

PROBLEMS = []


def problem(where, what):
    PROBLEMS.append(where)
    print(f"{where}: {what}")


def check_set(name, events, place):
    """What must hold of any set of events that claims to be a whole plan."""
    ids = {event.id for event in events}
    for event in events:
        if event.wrong:
            problem(f"{name}: {place(event)}", event.wrong)
        for parent in event.parents:
            if parent not in ids:
                problem(f"{name}: {place(event)}", f"its parent {parent} is missing")
        if (event.type == "plan.created") != (event.stated == []) and not event.wrong:
            problem(f"{name}: {place(event)}", f"{event.type} with {len(event.parents)} parents")
    roots = [event for event in events if event.type == "plan.created" and not event.wrong]
    if len(roots) != 1:
        problem(name, f"{len(roots)} events that begin a plan: expected one")
    return roots[0].id if len(roots) == 1 else "?"
