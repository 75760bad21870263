"""The state as JSON: S28, S29 and S31, with S9, S19 and S21."""

from reader import conflicts
from reader.plan import FIELDS, HOME, LAYOUTS, ROLES, TEXT, Plan

DEEPEST = 32
LISTS = {
    "decisions": "decision", "discoveries": "discovery", "questions": "question", "blockers": "blocker",
    "notes": "note", "results": "result", "stories": "story", "prose": "prose",
}


def some(**members):
    """An object without the members that are empty or do not apply."""
    return {name: value for name, value in members.items() if value not in (None, "", [], {})}


class Document:
    """What is shown of a plan, and where."""

    def __init__(self, plan):
        self.plan = plan
        self.hidden = {item.id for item in plan.items.values() if item.existence.hidden()}
        self.ghosts = self.find_ghosts()
        self.standing_at = {item.slot: item for item in plan.items.values()}
        self.blocked = {}
        for item in plan.items.values():
            if item.kind == "blocker" and "on" in item.refers and item.id not in self.hidden and not item.ticked():
                self.blocked.setdefault(item.refers["on"].id, []).append(item.id)
        self.replaced = {}  # the decisions that each decision supersedes, by age
        for item in plan.items.values():
            for by in item.successors.adds:
                self.replaced.setdefault(by, []).append(item.id)

    def find_ghosts(self):
        """S19: the hidden items that are shown for what is below them."""
        above, items = set(), self.plan.items
        for item in items.values():
            parent = None if item.id in self.hidden else item.list[1]
            while parent in items and parent not in above:
                above.add(parent)
                parent = items[parent].list[1]
        return above & self.hidden

    def below(self, parent, kind, sections=False):
        """The shown items of a kind in the list of a parent, in their order."""
        found = (self.standing_at.get(slot) for slot in self.plan.lists.get((sections, parent), ()))
        return [item for item in found if item and item.kind == kind
                and (item.id not in self.hidden or item.id in self.ghosts)]

    def sections(self):
        """The added sections: those before all, then those after each role."""
        return [item for role in ["", *ROLES] for item in self.below(role, "section", sections=True)]

    def listed(self, kind):
        """S28 and S29: the items of a kind by standing section, by added section, then those below other items."""
        roles = sorted(ROLES, key=lambda role: role != HOME[kind]) if kind in ("step", "criterion") else ROLES
        parents = [*roles, *(section.id for section in self.sections())]
        if kind == "prose":
            parents += [item.id for item in self.plan.items.values() if item.kind != "section"]
        return [item for parent in parents for item in self.below(parent, kind)]

    # Parts of items.

    def stamp(self, place, **more):
        event = self.plan.history.events[place]
        by = {name: event.by[name] for name in ("name", "email")}
        return some(event=event.id, at=event.said["at"], by=by, agent=event.said.get("agent", {}).get("name"), **more)

    def state_of(self, item):
        if item.kind == "question":
            return "answered" if item.ticked() else "open"
        if item.successors.adds and item.state.shown() != "withdrawn":
            return "superseded"  # S22
        return item.state.shown()

    def referred(self, item, member):
        return item.refers[member].id if member in item.refers else None

    def place_of(self, item):
        if item.kind == "section":
            return {"follows": item.list[1]}
        return {"under": item.list[1] if item.list[1] != HOME[item.kind] else None}

    def nested(self, items, kind):
        """Steps or criteria with their numbers and what is below them, cut at the 32nd level."""
        top, entries = [], []
        ahead = [(item, f"{number}", 1, top) for number, item in enumerate(items, 1)][::-1]
        while ahead:
            item, number, level, into = ahead.pop()
            entry = self.item(item, number=number)
            into.append(entry)
            entries.append(entry)
            if level < DEEPEST:
                level, into = level + 1, entry.setdefault("children", [])
            below = enumerate(self.below(item.id, kind), 1)
            ahead += [(child, f"{number}.{place}", level, into) for place, child in below][::-1]
        for entry in entries:
            if not entry.get("children"):
                entry.pop("children", None)
        return top

    def item(self, item, **more):
        """What S29 says of every item, and of its kind."""
        said, event = item.event.data, item.event
        added = self.stamp(item.place)
        names = (TEXT.get(item.kind, "text"), "prose" if item.kind == "section" else "body")
        occurred = event.said.get("occurred")
        return some(
            id=item.id,
            **{names[0]: item.text.shown(), names[1]: item.body.shown()},
            state=self.state_of(item),
            source=item.source.shown(),
            added=added,
            occurred=occurred if occurred != added["at"] else None,
            links=[{"rel": rel, "to": to} for rel, to in item.links.by_age()],
            blockers=self.blocked.get(item.id),
            shown="for what is below it" if item.id in self.ghosts else None,
            evidence=item.evidence,
            **self.place_of(item),
            **more,
            **getattr(self, item.kind)(item, said),
        )

    # What S29 says of each kind.

    def prose(self, item, said):
        return {}

    criterion = prose

    def section(self, item, said):
        return {"level": item.level, "role": said.get("role", "custom")}

    def step(self, item, said):
        return {
            "owners": [some(name=name, until=until) for name, until in item.owners.by_age()],
            "depends": item.depends.by_age(),
            "completed": self.stamp(item.completed) if item.completed is not None and item.ticked() else None,
            "criteria": self.nested(self.below(item.id, "criterion"), "criterion"),
        }

    def decision(self, item, said):
        return {
            **{name: said.get(name) for name in ("reason", "tradeoffs", "options", "references")},
            "question": self.referred(item, "question"),
            "supersedes": self.replaced.get(item.id),
            "superseded_by": item.successors.by_age(),
            "amendments": [self.stamp(place, text=text) for place, text in item.said],
        }

    def discovery(self, item, said):
        return {"corrects": self.referred(item, "corrects")}

    def question(self, item, said):
        answer = item.answer.shown() if item.ticked() else None
        return {"options": said.get("options"), "need": said.get("need"), "answer": answer}

    def blocker(self, item, said):
        how = [self.stamp(place, text=text) for place, text in item.said]
        return {"on": self.referred(item, "on"), "options": said.get("options"), "need": said.get("need"), "how": how}

    def note(self, item, said):
        return {"label": said["label"], "on": self.referred(item, "on"), "corrects": self.referred(item, "corrects")}

    def result(self, item, said):
        return {"group": said["group"]}

    def story(self, item, said):
        criteria = self.nested(self.below(item.id, "criterion"), "criterion")
        return {"as_a": item.as_a.shown(), "so_that": item.so_that.shown(), "criteria": criteria}

    # The plan.

    def standing(self):
        shown = {role: some(heading=registers["heading"].shown(), prose=registers["prose"].shown())
                 for role, registers in self.plan.standing.items()}
        return {role: section for role, section in shown.items() if section}

    def removed(self):
        items = (item for item in self.plan.items.values() if item.id in self.hidden)
        return [some(id=item.id, kind=item.kind, text=item.text.shown()) for item in items]

    def inert(self):
        events = ((self.plan.history.events[place], code) for place, code in self.plan.inert)
        return [some(event=event.id, type=event.type, code=code) for event, code in events]

    def conflict(self, target, field, found):
        events = [self.plan.history.events[side.place].id for side in found.sides]
        return some(
            id=conflicts.conflict_id(found.kind, target, field, events),
            kind=found.kind,
            target=target,
            field=field,
            base=found.base,
            sides=[self.stamp(side.place, value=side.value, item=side.item) for side in found.sides],
        )

    def json(self):
        plan = self.plan
        root = plan.root
        found = list(conflicts.find(plan))
        return {
            **some(
                id=root and root.id,
                slug=root and root.data["slug"],
                **{field: plan.fields[field].shown() for field in FIELDS if field != "layout"},
                archived="yes" if plan.existence.hidden() else None,
            ),
            "layout": plan.fields["layout"].shown() or LAYOUTS[0],
            "events": len(plan.history.events),
            "heads": plan.history.heads(),
            "tags": plan.tags.by_age(),
            "authors": plan.authors.by_age(),
            "sources": [dict(source) for source in plan.sources.by_age()],
            "standing": self.standing(),
            "sections": [self.item(section) for section in self.sections()],
            "steps": self.nested(self.listed("step"), "step"),
            "criteria": self.nested(self.listed("criterion"), "criterion"),
            **{name: [self.item(item) for item in self.listed(kind)] for name, kind in LISTS.items()},
            "removed": self.removed(),
            "inert": self.inert(),
            "conflicts": [self.conflict(*it) for it in found if it[2].kind not in conflicts.NOTICES],
            "notices": [self.conflict(*it) for it in found if it[2].kind in conflicts.NOTICES],
        }


def state(events):
    """The state of a set of events, as the JSON of S29 without the reasons of inert events."""
    return Document(Plan(events)).json()
