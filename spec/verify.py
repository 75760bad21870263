#!/usr/bin/env python3
"""A second reader of the git-plan format, written from spec/ alone.

    verify.py repo PATH [SLUG...]   check the plans of a repository, through plain git
    verify.py events FILE.jsonl     check an exported plan
    verify.py vectors DIR           check ids, canonical form, codes and order of the vectors

It prints one line for each thing that it checked and one for each problem, and exits with 0 where there is none, else
with 1. It needs Python 3.9 or newer and the package blake3.
"""

import datetime
import json
import os
import re
import sys
from graphlib import TopologicalSorter
from subprocess import PIPE, run

from blake3 import blake3

LARGEST = 2**53 - 1
MOST_BYTES, MOST_DEPTH, MOST_PARENTS = 262144, 16, 64
ID = re.compile(r"[0-9a-f]{64}\Z")
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,62}\Z")
TIME = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)\.(\d{3})Z\Z", re.ASCII)
WHITE = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))


class Wrong(Exception):
    def __init__(self, code, reason):
        super().__init__(f"{code}: {reason}")
        self.code = code


# Canonical JSON: E1 to E6. Bytes are canonical if they parse, strictly, and are what `canonical` writes.

ESCAPES = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}


def quote(text):
    return '"' + "".join(ESCAPES.get(c) or (f"\\u{ord(c):04x}" if c < " " else c) for c in text) + '"'


def canonical(value):
    if isinstance(value, str):
        return quote(value)
    if isinstance(value, int) and not isinstance(value, bool):
        if abs(value) > LARGEST:
            raise Wrong("not-canonical", "an integer out of range")
        return str(value)
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be", "surrogatepass"))
        return "{" + ",".join(f"{quote(name)}:{canonical(value[name])}" for name in names) + "}"
    raise Wrong("not-canonical", f"{value!r} is no string, integer, array or object")


def refuse(what):
    raise Wrong("not-canonical", f"{what[:40]} has no canonical form")


def depth_of(text):
    """The deepest nesting of a text, without walking into it; what is in strings does not count."""
    depth = deepest = 0
    quoted, skip = False, -1
    for token in re.finditer(r'["\\\[\]{}]', text):
        at, c = token.start(), token.group()
        if at == skip:
            continue
        if c == '"':
            quoted = not quoted
        elif c == "\\":
            skip = at + 1
        elif not quoted:
            depth += 1 if c in "[{" else -1
            deepest = max(deepest, depth)
    return deepest


def read_canonical(data):
    integer = lambda digits: int(digits) if len(digits) <= 17 else refuse(digits)  # noqa: E731
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Wrong("not-canonical", f"not UTF-8: {error.reason}") from error
    if depth_of(text) > MOST_DEPTH:
        raise Wrong("not-canonical", "nested too deep")
    try:
        value = json.loads(text, parse_float=refuse, parse_constant=refuse, parse_int=integer)
    except ValueError as error:
        raise Wrong("not-canonical", str(error)) from error
    if not isinstance(value, dict):
        raise Wrong("not-canonical", "not an object")
    if canonical(value) != text:
        raise Wrong("not-canonical", "not the canonical form of what it says")
    return value


# Forms: E8 to E14. Each takes a value and says whether it has the form.


def is_str(value):
    return isinstance(value, str)


def line(most):
    return lambda v: is_str(v) and len(v.encode()) <= most and v.strip(WHITE) != "" and not set(v) & {"\n", "\r"}


def millis(text):
    """Milliseconds since 1970. The year 0000 is beyond Python's dates; it is counted from 2000, which is as long."""
    found = TIME.match(text) if is_str(text) else None
    if not found:
        return None
    year, month, day, hour, minute, second, milli = map(int, found.groups())
    ages = (2000 - year) // 400 if year < 1 else 0
    try:
        days = datetime.date(year + 400 * ages, month, day).toordinal() - ages * 146097
    except ValueError:
        return None
    if hour > 23 or minute > 59 or second > 59:
        return None
    return (((days - datetime.date(1970, 1, 1).toordinal()) * 24 + hour) * 60 + minute) * 60000 + second * 1000 + milli


FORMS = {
    "any": lambda value: True,
    "object": lambda value: isinstance(value, dict),
    "integer": lambda value: isinstance(value, int),
    "string": is_str,
    "text": lambda value: is_str(value) and len(value.encode()) <= 131072,
    "title": line(1024),
    "tag": line(64),
    "id": lambda value: is_str(value) and bool(ID.match(value)),
    "time": lambda value: millis(value) is not None,
    "slug": lambda value: is_str(value) and bool(SLUG.match(value)),
    "level": lambda value: isinstance(value, int) and 1 <= value <= 6,
    "actor": lambda value: isinstance(value, dict) and is_str(value.get("name")) and is_str(value.get("email")),
}
WORDS = {
    "role": "opening objective context stories criteria approach steps log questions decisions discoveries results custom",
    "state": "todo doing done dropped open met answered resolved proposed accepted withdrawn",
    "layout": "execplan cookbook own",
    "field": "title status summary layout",
    "group": "delivered metric lesson",
}
FORMS.update((form, lambda value, them=them.split(): is_str(value) and value in them) for form, them in WORDS.items())
FORMS["parent"] = lambda value: FORMS["id"](value) or FORMS["role"](value)
FORMS["agent"] = lambda value: isinstance(value, dict) and all(
    FORMS["title"](value.get(name, default)) for name, default in (("name", ""), ("model", "-"), ("run", "-"))
)
FORMS["percent"] = lambda value: isinstance(value, int) and 0 <= value <= 100
FORMS["match"] = lambda value: isinstance(value, dict) and all(
    FORMS[form](value.get(name)) for name, form in (("how", "tag"), ("score", "percent"))
)
FORMS["absorbed"] = lambda value: isinstance(value, dict) and all(
    FORMS[form](value[name]) for name, form in (("match", "match"), ("source", "text"), ("text", "text")) if name in value
)
for form in ("text", "tag", "id"):
    FORMS[form + "s"] = lambda value, each=FORMS[form]: isinstance(value, list) and all(map(each, value))


def members(form):
    """Pairs of a name, which may be absent if it ends with `?`, and a form; `+` stands for what items have."""
    return [member.split(":") for member in form.replace("+", "after?:id source?:text").split()]


ENVELOPE = members("""
v:integer type:string at:time by:actor parents:ids data:any absorbed?:absorbed agent?:agent attributed?:actor
batch?:tag code?:tag key?:title needs?:tags occurred?:time undoes?:id why?:text x?:object
""")

# The catalogue of 2-types.md: types, and the members of their data.

CATALOGUE = {}
for row in """
plan.created: layout:layout nonce:title slug:slug title:title; field.set: field:field value:text;
tag.added tag.removed: tag:tag; author.added author.removed: author:title;
source.added: accessed?:tag id:tag title?:title url?:title; source.removed: id:tag; plan.archived plan.reactivated:;
section.added: + follows?:role heading:title level?:level role?:role; section.retitled: heading:title section:parent;
prose.set: of:parent text:text; prose.added: + text:text under:parent; item.reworded: item:id text:text;
item.respelled: item:id source:text;
item.moved: after?:id item:id under?:parent; item.removed: items:ids; item.restored: item:id;
step.added criterion.added: + state?:state text:text under?:parent; step.started step.reopened step.dropped: step:id;
step.completed: evidence?:texts step:id; step.claimed: owner:title step:id until?:time;
step.released: owner:title step:id; step.depended step.undepended: on:id step:id;
criterion.met: criterion:id evidence?:texts; criterion.unmet: criterion:id;
decision.recorded: + options?:texts question?:id reason?:text references?:texts state?:state supersedes?:ids title:text tradeoffs?:texts under?:parent;
decision.amended: decision:id text:text; decision.accepted decision.withdrawn: decision:id;
decision.superseded: by:id decision:id; discovery.recorded: + corrects?:id evidence?:texts text:text under?:parent;
question.asked: + need?:text options?:texts text:text under?:parent; question.answered: answer:text question:id;
question.reopened: question:id; blocker.raised: + need?:text on?:id options?:texts text:text under?:parent;
blocker.resolved: blocker:id how?:text; blocker.reopened: blocker:id;
note.added: + corrects?:id label:title on?:id text:text under?:parent;
result.added: + group:group text:text under?:parent; story.added: + as_a:text i_want:text so_that?:text under?:parent;
story.retold: as_a?:text i_want?:text so_that?:text story:id; link.added link.removed: from:id rel:tag to:title
""".split(";"):
    types, _, form = row.strip().partition(": ")
    CATALOGUE.update((name, members(form)) for name in types.rstrip(":").split())


def check_members(value, expected):
    for name, form in expected:
        optional, name = name.endswith("?"), name.rstrip("?")
        if name not in value and not optional:
            raise Wrong("malformed", f"{name} is missing")
        if name in value and not FORMS[form](value[name]):
            raise Wrong("malformed", f"{name} has not the form that it must have")


def check_event(data):
    """Rule E16: returns the envelope, or raises what is wrong first."""
    if len(data) > MOST_BYTES:
        raise Wrong("too-large", f"{len(data)} bytes")
    event = read_canonical(data)
    version = event.get("v")
    try:
        check_members(event, ENVELOPE)
    except Wrong:
        if isinstance(version, int) and version > 1:
            raise Wrong("future-version", f"version {version}") from None
        raise
    if version != 1:
        raise Wrong("future-version" if version > 1 else "malformed", f"version {version}")
    parents = event["parents"]
    if len(parents) > MOST_PARENTS or parents != sorted(set(parents)):
        raise Wrong("malformed", f"parents: expected at most {MOST_PARENTS}, sorted, each once")
    for role in ("by", "attributed"):
        for text in (event.get(role, {}).get(name, "") for name in ("name", "email")):
            if len(text.encode()) > 1024 or (role == "by" and re.search("[\0\n<>]", text)):
                raise Wrong("malformed", f"{role}: not what an author line can hold")
    if event.get("needs"):
        raise Wrong("needs", f"{event['needs']}: this reader knows no feature")
    if event["type"] not in CATALOGUE:
        raise Wrong("unknown-type", event["type"])
    if not isinstance(event["data"], dict):
        raise Wrong("malformed", "data is not an object")
    check_members(event["data"], CATALOGUE[event["type"]])
    return event


class Event:
    """One event as stored: its id, what is wrong with it, and what places it among the others (E17)."""

    def __init__(self, data, shown=()):
        self.id, self.wrong, self.stated = blake3(data).hexdigest(), None, None
        try:
            read = check_event(data)
        except Wrong as wrong:
            self.wrong, read = wrong, {}
            try:
                read = read_canonical(data)
            except Wrong:
                pass
        self.at = millis(read.get("at")) or 0
        self.by = read.get("by") if FORMS["actor"](read.get("by")) else None
        self.type, parents = read.get("type"), read.get("parents")
        if FORMS["ids"](parents) and len(parents) <= MOST_PARENTS:
            self.stated = parents
        self.parents = list(shown) if self.stated is None else self.stated


def canonical_order(events):
    """Rules O1 to O4: the ids in order."""
    by_id = {event.id: event for event in reversed(events)}
    known = {i: [parent for parent in event.parents if parent in by_id] for i, event in by_id.items()}
    time = {}
    for i in TopologicalSorter(known).static_order():
        time[i] = max([by_id[i].at] + [time[parent] + 1 for parent in known[i]])
    return sorted(time, key=lambda i: (time[i], i))


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


# A repository: 6-git.md, through plain git.

GIT = ("git", "-c", "advice.graftFileDeprecated=false")
GIT_ENVIRONMENT = dict(os.environ, GIT_NO_REPLACE_OBJECTS="1", GIT_GRAFT_FILE="/dev/null", LC_ALL="C")


def git(path, *arguments, stdin=None):
    return run([*GIT, "-C", path, *arguments], input=stdin, stdout=PIPE, check=True, env=GIT_ENVIRONMENT).stdout


class Commit:
    def __init__(self, oid, raw):
        head, _, self.message = raw.partition(b"\n\n")
        self.oid, self.parents, self.headers = oid, [], {}
        for line in head.split(b"\n"):
            name, _, value = line.partition(b" ")
            if name == b"parent":
                self.parents.append(value.decode())
            elif name:
                self.headers.setdefault(name.decode(), value)
        last = self.message[: -1 if self.message.endswith(b"\n") else None].rpartition(b"\n")[2]
        self.payload = last[len(b"Plan-Event: "):] if last.startswith(b"Plan-Event: ") else None


def read_commits(path, tip):
    """The commits below a tip, parents first."""
    oids = git(path, "rev-list", "--topo-order", "--reverse", "--end-of-options", tip).split()
    raw = git(path, "cat-file", "--batch", stdin=b"".join(oid + b"\n" for oid in oids))
    commits, at = [], 0
    while at < len(raw):
        end = raw.index(b"\n", at)
        oid, kind, size = raw[at:end].split()
        if kind != b"commit":
            raise SystemExit(f"{oid.decode()} is a {kind.decode()}, expected a commit")
        commits.append(Commit(oid.decode(), raw[end + 1 : end + 1 + int(size)]))
        at = end + 1 + int(size) + 1
    return commits


def check_commit(where, commit, empty_tree):
    """G2, G3 and G6 of one commit; returns its event, if it has one."""
    if commit.headers.get("tree", b"").decode() != empty_tree:
        problem(where, "its tree is not empty (G2)")
    if commit.payload is None:
        if len(commit.parents) < 2:
            problem(where, "has no event and is no join (G9)")
        return None
    if "encoding" in commit.headers:
        problem(where, "declares an encoding (G5)")
    if not commit.message.endswith(b"\n"):
        problem(where, "its message does not end with a line feed (G3)")
    event = Event(commit.payload)
    if not event.wrong:
        date = f" {max(event.at // 1000, 0)} +0000"
        author = f"{event.by['name']} <{event.by['email']}>{date}".encode()
        if commit.headers.get("author") != author:
            problem(where, f"its author is {commit.headers.get('author')}: expected {author} (G6)")
        if not commit.headers.get("committer", b"").endswith(f">{date}".encode()):
            problem(where, f"its committer is {commit.headers.get('committer')}: expected the date{date} (G6)")
    return event


class Chain:
    """The events below a tip as the commits show them, looking through joins (G7)."""

    def __init__(self):
        self.parents, self.place = {}, {}

    def add(self, event, shown):
        self.parents.setdefault(event, shown)
        self.place.setdefault(event, len(self.place))

    def heads(self, ids):
        """Those of the events that none of the others descends from, sorted."""
        if len(ids) < 2:
            return sorted(ids)
        lowest = min(self.place[i] for i in ids)
        below, ahead = set(), [parent for i in ids for parent in self.parents[i]]
        while ahead:
            i = ahead.pop()
            if i not in below and self.place[i] >= lowest:
                below.add(i)
                ahead.extend(self.parents[i])
        return sorted(ids - below)


def check_plan(path, slug, tip, empty_tree):
    commits = read_commits(path, tip)
    stands_for, events, places, joins, chain = {}, [], {}, 0, Chain()
    for commit in commits:
        where = f"{slug}: commit {commit.oid}"
        shown = chain.heads(set().union(*(stands_for.get(parent, set()) for parent in commit.parents)))
        if any(parent not in stands_for for parent in commit.parents):
            problem(where, "a parent is not in the repository (G19)")
        event = check_commit(where, commit, empty_tree)
        if event is None:
            joins += 1
            stands_for[commit.oid] = set(shown)
            continue
        if event.stated is None:
            event.parents = shown
        elif sorted(event.stated) != shown:
            problem(where, f"names the parents {event.stated}: its commit shows {shown} (G7)")
        stands_for[commit.oid] = {event.id}
        if event.id not in places:
            chain.add(event.id, shown)
            places[event.id] = commit.oid
            events.append(event)
    root = check_set(slug, events, lambda event: f"commit {places[event.id]}")
    print(f"{slug}: plan {root[:12]}, {len(events)} events, {joins} joins: ids, canonical form, limits, chain, authors")


def check_repository(path, slugs):
    empty_tree = git(path, "hash-object", "-t", "tree", "--stdin", stdin=b"").decode().strip()
    found = 0
    refs = git(path, "for-each-ref", "--format=%(objectname) %(refname)", "refs/plans/").decode().splitlines()
    for tip, _, name in (line.partition(" ") for line in refs):
        slug = name[len("refs/plans/"):]
        if slugs and slug not in slugs:
            continue
        found += 1
        if not SLUG.match(slug):
            problem(name, "is not named by a slug (G1)")
        else:
            check_plan(path, slug, tip, empty_tree)
    if found < max(len(set(slugs)), 1):
        problem(path, f"{found} plans found")


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
    in_order = canonical_order(events) == [event.id for event in events]
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
        if canonical_order(arrived) != expected["order"]:
            problem(path, "the canonical order differs")
    codes = {inert["event"]: inert["code"] for inert in expected["state"]["inert"] if inert["code"] in OF_BYTES}
    found = {event.id: event.wrong.code for event in events if event.wrong}
    for i in sorted(set(codes.items()) ^ set(found.items())):
        problem(path, f"event {i[0][:12]}: the code {i[1]} is on one side only")
    try:
        canonical(expected["state"])
    except Wrong as wrong:
        problem(path, wrong)
    parents = {parent for event in events for parent in event.parents}
    if sorted({event.id for event in events} - parents) != expected["state"]["heads"]:
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
