"""The fold: what each event does to a plan, in canonical order (S1 to S5, S12 to S16, S20 to S26, S32, S33)."""

import re

from reader.events import CATALOGUE, ID, WHITE, Wrong, canonical
from reader.order import History
from reader.prose import Prose
from reader.values import TICKED, Elements, Existence, Register, State

ROLES = """opening objective context stories criteria approach steps log questions decisions discoveries results
custom""".split()
LAYOUTS = ("execplan", "cookbook", "own")
FIELDS = ("title", "status", "summary", "layout")

# Kinds of items: T4. The first of the states is the one that an item is born in.

HOME = {
    "step": "steps", "criterion": "criteria", "decision": "decisions", "question": "questions", "blocker": "questions",
    "discovery": "discoveries", "note": "log", "result": "results", "story": "stories", "prose": "custom",
    "section": "custom",
}
STATES = {
    "step": ("todo", "doing", "done", "dropped"), "criterion": ("open", "met"),
    "decision": ("accepted", "proposed", "withdrawn"), "blocker": ("open", "resolved"),
}
ANY = frozenset(HOME)
LOGGED = ("decision", "discovery", "blocker", "note", "result")
ADDS = {
    "section.added": "section", "prose.added": "prose", "step.added": "step", "criterion.added": "criterion",
    "decision.recorded": "decision", "discovery.recorded": "discovery", "question.asked": "question",
    "blocker.raised": "blocker", "note.added": "note", "result.added": "result", "story.added": "story",
}
TEXT = {"section": "heading", "decision": "title", "story": "i_want"}  # the member that is the text, if not `text`
BELOW = {
    "step": {"section", "step"}, "criterion": {"section", "criterion", "story", "step"}, "prose": ANY, "section": set(),
}

# What the ids of an event name: T3 and 2-types.md. First members by their name, then those that depend on the type.

NAMES = {
    "item": ANY, "items": ANY, "from": ANY, "of": ANY - {"prose"}, "section": {"section"}, "step": {"step"},
    "criterion": {"criterion"}, "decision": {"decision"}, "question": {"question"}, "blocker": {"blocker"},
    "story": {"story"}, "by": {"decision"}, "supersedes": {"decision"},
}
NAMES_OF = {
    ("item.reworded", "item"): ANY - {"decision", "section"}, ("step.depended", "on"): {"step"},
    ("blocker.raised", "on"): {"step", "question", "criterion"}, ("note.added", "on"): ANY,
    ("note.added", "corrects"): {"note"}, ("discovery.recorded", "corrects"): {"discovery"},
}
ABOUT = """item items step criterion decision blocker story from section of question on by supersedes corrects
under""".split()  # S32
WRITES_STATE = {
    "step.started": "doing", "step.completed": "done", "step.reopened": "todo", "step.dropped": "dropped",
    "criterion.met": "met", "criterion.unmet": "open", "decision.accepted": "accepted",
    "decision.withdrawn": "withdrawn", "blocker.resolved": "resolved", "blocker.reopened": "open",
}


class Item:
    def __init__(self, history, place, kind, event):
        self.id, self.place, self.kind, self.event = event.id, place, kind, event
        self.text, self.body = (Prose if kind == "prose" else Register)(history), Prose(history)
        self.source, self.placement, self.answer, self.as_a, self.so_that = (Register(history) for _ in range(5))
        self.state, self.existence = State(history), Existence(history)
        self.links, self.owners, self.depends, self.successors = (Elements(history) for _ in range(4))
        self.evidence, self.completed, self.level = [], None, None
        self.said = []  # amendments of a decision, ways in which a blocker was resolved: places with texts
        self.refers = {}  # the items that its event names, by member
        self.list = self.slot = None  # where it stands (S13)

    def ticked(self):
        """S9 and S21."""
        if self.kind == "question":
            return self.answer.shown() is not None and not self.answer.differs()
        return self.state.shown() in TICKED and not self.state.in_conflict()

    def open(self):
        return not self.ticked() and self.state.shown() != "dropped"


class Plan:
    """The state of a set of events (S1)."""

    def __init__(self, events):
        self.history = History(events)
        self.root, self.took, self.inert = None, [], []
        self.fields = {field: Register(self.history) for field in FIELDS}
        self.tags, self.authors, self.sources = (Elements(self.history) for _ in range(3))
        self.existence = Existence(self.history)
        self.standing = {role: {"heading": Register(self.history), "prose": Prose(self.history)} for role in ROLES}
        self.items = {}  # by id, by age
        self.names = {}  # by the id of an event that added an item, or repeats one that did: the item (S26)
        self.lists = {}  # the slots of each list (S12)
        self.skipped = {}  # by the place of a move that was skipped: the items from the new parent up (S14)
        self.keyed = {}  # the first event of each content that has a key (S25)
        for place, event in enumerate(self.history.events):
            try:
                self.take(place, event)
                self.took.append((place, event))
            except Wrong as wrong:
                self.inert.append((place, wrong.code))

    def take(self, place, event):
        """S3: an event has its effect as a whole, or raises why it has none."""
        if event.wrong:
            raise event.wrong
        self.check_beginning(event)
        content = self.check_key(event)
        self.check_section(event)
        named = self.look_up(place, event)
        self.check_parent(event, named)
        self.check_words(event)
        if content:
            self.keyed[content] = event
        if event.type not in ("plan.archived", "plan.reactivated"):
            self.existence.touch(place)
        EFFECTS[event.type](self, place, event.data, named)
        self.absorb(place, event, named)

    # Whether an event has its effect: S4, S5 and S25.

    def check_beginning(self, event):
        """S4."""
        if event.type == "plan.created" and (event.parents or self.root):
            raise Wrong("second-beginning", "the plan has begun")
        if event.type != "plan.created" and not event.parents:
            raise Wrong("no-parents", event.type)

    def seen_item(self, place, name):
        """T3 and S26: the item that an id names for an event that sees the event of this id."""
        if name not in self.names or not self.history.sees(place, self.history.place[name]):
            raise Wrong("unknown-item", name)
        return self.names[name]

    def look_up(self, place, event):
        """T3: the items that the event names, by member; of `items` and `supersedes` lists of items."""
        named = {}
        for member, value in event.data.items():
            kinds = NAMES_OF.get((event.type, member)) or NAMES.get(member)
            if member == "under" and ID.match(value):
                kinds = ANY
            if kinds is None or (isinstance(value, str) and not ID.match(value)):
                continue
            found = [self.seen_item(place, name) for name in ([value] if isinstance(value, str) else value)]
            for item in found:
                if item.kind not in kinds:
                    raise Wrong("wrong-kind", f"{member} is a {item.kind}")
            named[member] = found[0] if isinstance(value, str) else found
        return named

    def check_parent(self, event, named):
        """T4: a standing section holds anything, and a section stands after nothing else."""
        kind = named["item"].kind if event.type == "item.moved" else ADDS.get(event.type)
        if kind and "under" in named and named["under"].kind not in BELOW.get(kind, {"section"}):
            raise Wrong("wrong-parent", f"a {kind} below a {named['under'].kind}")

    def check_words(self, event):
        kind, state = ADDS.get(event.type), event.data.get("state")
        if kind and state is not None and state not in STATES[kind]:
            raise Wrong("unknown-word", f"a {kind} is never {state}")
        if event.type == "field.set" and event.data["field"] == "layout" and event.data["value"] not in LAYOUTS:
            raise Wrong("unknown-word", event.data["value"])

    def check_section(self, event):
        """T4: a section follows no item, whatever the id."""
        under = event.data.get("under", "")
        if event.type == "item.moved" and ID.match(under):
            item = self.names.get(event.data["item"])
            if item and item.kind == "section" and self.history.sees(self.history.place[event.id], item.place):
                raise Wrong("wrong-parent", "a section below an id")

    def check_key(self, event):
        """S25; where the first added an item, S26. Gives what the event is known by, if it has a key."""
        if "key" not in event.said:
            return None
        content = (event.by["name"], event.by["email"], event.said["key"], event.type, canonical(event.data))
        first = self.keyed.get(content)
        if first is None:
            return content
        if first.id in self.items:
            item = self.items[first.id]
            self.names[event.id] = item
            slots = self.lists[item.placement.values[item.place]]
            slots.insert(slots.index(first.id) + 1, event.id)
        raise Wrong("duplicate", f"of {first.id}")

    # What events do.

    def add(self, place, data, named):
        """Adds the item of an event."""
        event = self.history.events[place]
        kind = ADDS[event.type]
        item = self.items[event.id] = self.names[event.id] = Item(self.history, place, kind, event)
        item.refers = named
        item.text.write(place, data[TEXT.get(kind, "text")])
        item.existence.touch(place)
        if kind in STATES:
            item.state.write(place, data.get("state", STATES[kind][0]))
        if kind == "question":
            item.answer.write(place, None)  # S21
        if kind == "story":
            item.as_a.write(place, data["as_a"])
            item.so_that.write(place, data.get("so_that", ""))
        if kind == "section":
            item.level = data.get("level", 2)
        if kind == "step" and item.state.shown() == "done" and "occurred" in event.said:
            item.completed = place  # S27
        item.evidence += data.get("evidence", ())
        for decision in named.get("supersedes", ()):
            self.supersede(place, decision, item)
        self.put(place, item, data, named)
        if "source" in data:
            item.source.write(place, data["source"])

    def put(self, place, item, data, named):
        """S12 to S14: inserts a slot into the list of the parent, and stands the item there.

        A list is named by whether it is one of sections, and by the parent: an id, a role, or `""` before all roles."""
        slot, after = self.history.events[place].id, data.get("after")
        if item.kind == "section":
            parent = data.get("follows" if slot == item.id else "under", "")
        else:
            parent = named["under"].id if "under" in named else data.get("under", HOME[item.kind])
        where = (item.kind == "section", parent)
        slots = self.lists.setdefault(where, [])
        if after in slots:
            at = slots.index(after) + 1
        elif after == parent or (after is None and item.kind not in LOGGED):
            at = 0
        else:
            at = len(slots)
        slots.insert(at, slot)
        item.placement.write(place, where)
        item.existence.touch(place)
        if "under" in named:
            named["under"].existence.touch(place)
        above = self.up_to(named.get("under"), item) if item.list else None
        if above:
            self.skipped[place] = above
        else:
            item.list, item.slot = where, slot

    def up_to(self, below, item):
        """The items from one up to another, where it is that other or stands below it, else nothing."""
        passed = []
        while below:
            passed.append(below)
            if below is item:
                return passed
            below = self.items.get(below.list[1])
        return None

    def spell(self, place, item, source):
        """S33."""
        item.source.write(place, source)
        marks = len(re.match("#*", source.lstrip(WHITE))[0])
        if item.kind == "section" and 1 <= marks <= 6:
            item.level = marks

    def supersede(self, place, decision, by):
        """S22."""
        decision.successors.remove(place, lambda element: True)
        decision.successors.add(place, by.id)
        decision.existence.touch(place)

    def absorb(self, place, event, named):
        """S32."""
        absorbed = event.said.get("absorbed", {})
        about = next((named[member] for member in ABOUT if named.get(member)), None)
        about = about[0] if isinstance(about, list) else about
        if about and "text" in absorbed and about.kind not in ("decision", "section"):
            about.text.write(place, absorbed["text"])
            about.existence.touch(place)
        if about and "source" in absorbed:
            self.spell(place, about, absorbed["source"])
            about.existence.touch(place)


# The effects of the types: 2-types.md. Each takes the plan, the place of the event, its data, and the items it names.


def plan_created(plan, place, data, named):
    plan.root = plan.history.events[place]
    plan.fields["title"].write(place, data["title"])
    plan.fields["layout"].write(place, data["layout"])


def source_added(plan, place, data, named):
    plan.sources.add(place, tuple(sorted(data.items())))


def source_removed(plan, place, data, named):
    plan.sources.remove(place, lambda source: dict(source)["id"] == data["id"])


def section_retitled(plan, place, data, named):
    if "section" in named:
        named["section"].text.write(place, data["heading"])
        named["section"].existence.touch(place)
    else:
        plan.standing[data["section"]]["heading"].write(place, data["heading"])


def prose_set(plan, place, data, named):
    if "of" in named:
        named["of"].body.write(place, data["text"])
        named["of"].existence.touch(place)
    else:
        plan.standing[data["of"]]["prose"].write(place, data["text"])


def item_reworded(plan, place, data, named):
    named["item"].text.write(place, data["text"])
    named["item"].existence.touch(place)


def item_respelled(plan, place, data, named):
    plan.spell(place, named["item"], data["source"])
    named["item"].existence.touch(place)


def item_moved(plan, place, data, named):
    plan.put(place, named["item"], data, named)


def item_removed(plan, place, data, named):
    for item in named["items"]:
        item.existence.remove(place)


def item_restored(plan, place, data, named):
    named["item"].existence.restore(place)


def link_added(plan, place, data, named):
    named["from"].links.add(place, (data["rel"], data["to"]))
    named["from"].existence.touch(place)


def link_removed(plan, place, data, named):
    named["from"].links.remove(place, lambda link: link == (data["rel"], data["to"]))
    named["from"].existence.touch(place)


def state_written(plan, place, data, named):
    event = plan.history.events[place]
    item = next(named[member] for member in ("step", "criterion", "decision", "blocker") if member in named)
    item.state.write(place, WRITES_STATE[event.type])
    item.existence.touch(place)
    item.evidence += data.get("evidence", ())
    if event.type == "step.completed":
        item.completed = place
    if "how" in data:
        item.said.append((place, data["how"]))


def step_claimed(plan, place, data, named):
    """S23."""
    step_released(plan, place, data, named)
    named["step"].owners.add(place, (data["owner"], data.get("until", "")))


def step_released(plan, place, data, named):
    named["step"].owners.remove(place, lambda owner: owner[0] == data["owner"])
    named["step"].existence.touch(place)


def step_depended(plan, place, data, named):
    named["step"].depends.add(place, named["on"].id)
    named["step"].existence.touch(place)


def step_undepended(plan, place, data, named):
    on = plan.names[data["on"]].id if data["on"] in plan.names else data["on"]
    named["step"].depends.remove(place, lambda step: step == on)
    named["step"].existence.touch(place)


def decision_amended(plan, place, data, named):
    named["decision"].said.append((place, data["text"]))
    named["decision"].existence.touch(place)


def decision_superseded(plan, place, data, named):
    plan.supersede(place, named["decision"], named["by"])


def question_written(plan, place, data, named):
    """S21: an answer, or that there is none."""
    named["question"].answer.write(place, data.get("answer"))
    named["question"].existence.touch(place)


def story_retold(plan, place, data, named):
    for member, register in (("as_a", "as_a"), ("i_want", "text"), ("so_that", "so_that")):
        if member in data:
            getattr(named["story"], register).write(place, data[member])
            named["story"].existence.touch(place)


EFFECTS = {
    "plan.created": plan_created,
    "field.set": lambda plan, place, data, named: plan.fields[data["field"]].write(place, data["value"]),
    "tag.added": lambda plan, place, data, named: plan.tags.add(place, data["tag"]),
    "tag.removed": lambda plan, place, data, named: plan.tags.remove(place, data["tag"].__eq__),
    "author.added": lambda plan, place, data, named: plan.authors.add(place, data["author"]),
    "author.removed": lambda plan, place, data, named: plan.authors.remove(place, data["author"].__eq__),
    "source.added": source_added,
    "source.removed": source_removed,
    "plan.archived": lambda plan, place, data, named: plan.existence.remove(place),
    "plan.reactivated": lambda plan, place, data, named: plan.existence.restore(place),
    "section.retitled": section_retitled,
    "prose.set": prose_set,
    "item.reworded": item_reworded,
    "item.respelled": item_respelled,
    "item.moved": item_moved,
    "item.removed": item_removed,
    "item.restored": item_restored,
    "link.added": link_added,
    "link.removed": link_removed,
    "step.claimed": step_claimed,
    "step.released": step_released,
    "step.depended": step_depended,
    "step.undepended": step_undepended,
    "decision.amended": decision_amended,
    "decision.superseded": decision_superseded,
    "question.answered": question_written,
    "question.reopened": question_written,
    "story.retold": story_retold,
}
EFFECTS.update(dict.fromkeys(ADDS, Plan.add), **dict.fromkeys(WRITES_STATE, state_written))
assert EFFECTS.keys() == CATALOGUE.keys()
