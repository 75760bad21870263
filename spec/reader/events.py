"""Events: canonical JSON, forms, the catalogue of types, and what is wrong with an event by its bytes (E1 to E19)."""

import datetime
import json
import re

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
    """One event as stored: its id, what is wrong with it, and what places it among the others (E17).

    Where nothing is wrong, `said` has its members, and `data` those of its data that the type knows (E10)."""

    def __init__(self, data, shown=()):
        self.id, self.bytes, self.wrong, self.stated = blake3(data).hexdigest(), data, None, None
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
        self.type = read["type"] if is_str(read.get("type")) else ""
        parents = read.get("parents")
        if FORMS["ids"](parents) and len(parents) <= MOST_PARENTS:
            self.stated = parents
        self.parents = list(shown) if self.stated is None else self.stated
        self.said = {} if self.wrong else read
        known = {name.rstrip("?") for name, _ in CATALOGUE.get(self.type, ())}
        self.data = {name: value for name, value in self.said.get("data", {}).items() if name in known}
