"""A repository: 6-git.md, through plain git."""

import os
from subprocess import PIPE, run

from reader.events import SLUG, Event
from reader.problems import check_set, problem

GIT = ("git", "-c", "advice.graftFileDeprecated=false")
GIT_ENVIRONMENT = dict(os.environ, GIT_NO_REPLACE_OBJECTS="1", GIT_GRAFT_FILE="/dev/null", LC_ALL="C")


def git(path, *arguments, stdin=None):
    return run([*GIT, "-C", path, *arguments], input=stdin, stdout=PIPE, check=True, env=GIT_ENVIRONMENT).stdout


class Commit:
    def __init__(self, oid, raw):
        self.raw = raw
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


def seconds(commit):
    """When a commit was made; 0 where its line does not say."""
    words = commit.headers.get("committer", b"").rpartition(b">")[2].split()
    return int(words[0]) if words and words[0].isdigit() else 0


def check_join(where, commit, by_oid, empty_tree):
    """G10: the bytes that the parents give a join."""
    parents = sorted(set(commit.parents))
    if any(parent not in by_oid for parent in parents):
        return  # told already
    latest = max(seconds(by_oid[parent]) for parent in parents)
    nobody = f"git-plan <git-plan@localhost> {latest} +0000"
    lines = [f"tree {empty_tree}", *(f"parent {parent}" for parent in parents), f"author {nobody}", f"committer {nobody}"]
    if commit.raw != "\n".join([*lines, "", "Join", ""]).encode():
        problem(where, "is not the join that its parents make (G10)")


def stand_ins(path):
    """The commits that stock git shows otherwise than they are: G42."""
    found = {}
    for name in git(path, "for-each-ref", "--format=%(refname)", "refs/replace/").decode().split():
        found[name[len("refs/replace/"):]] = f"{name} shows another commit in its place (G42)"
    for file, what in (("info/grafts", "a graft gives it other parents (G42)"), ("shallow", "the clone is cut off here (G19)")):
        place = os.path.join(path, git(path, "rev-parse", "--git-common-dir").decode().rstrip("\n"), file)
        if os.path.exists(place):
            with open(place, encoding="ascii") as lines:
                found.update((line.split()[0], what) for line in lines if line.strip())
    return found


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
    if not event.wrong or event.wrong.code in ("unknown-type", "needs"):
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
    by_oid, seen_otherwise = {commit.oid: commit for commit in commits}, stand_ins(path)
    for commit in commits:
        where = f"{slug}: commit {commit.oid}"
        shown = chain.heads(set().union(*(stands_for.get(parent, set()) for parent in commit.parents)))
        if any(parent not in stands_for for parent in commit.parents):
            problem(where, "a parent is not in the repository (G19)")
        if commit.oid in seen_otherwise:
            problem(where, seen_otherwise[commit.oid])
        event = check_commit(where, commit, empty_tree)
        if event is None:
            joins += 1
            if len(commit.parents) > 1:
                check_join(where, commit, by_oid, empty_tree)
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
    return events


def check_repository(path, slugs):
    """Checks the plans of these slugs, or all; returns the events of each plan that it checked."""
    empty_tree = git(path, "hash-object", "-t", "tree", "--stdin", stdin=b"").decode().strip()
    found, plans = 0, []
    refs = git(path, "for-each-ref", "--format=%(objectname) %(refname)", "refs/plans/").decode().splitlines()
    for tip, _, name in (line.partition(" ") for line in refs):
        slug = name[len("refs/plans/"):]
        if slugs and slug not in slugs:
            continue
        found += 1
        if not SLUG.match(slug):
            problem(name, "is not named by a slug (G1)")
        else:
            plans.append(check_plan(path, slug, tip, empty_tree))
    if found < max(len(set(slugs)), 1):
        problem(path, f"{found} plans found")
    return plans
