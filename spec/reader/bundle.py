"""Bundles that prove themselves: X26 to X30."""

import base64
import hashlib
import json
import os
import shutil
import subprocess

from blake3 import blake3

from reader.commitment import check_commitment
from reader.document import state
from reader.events import canonical
from reader.problems import problem

SUMMED = ("events.jsonl", "commits.jsonl", "plan.bundle", "PLAN.md", "state.json", "report.html", "COMMITMENT")
TRAILER = b"Plan-Event: "


def digest_sha256(data):
    return hashlib.sha256(data).hexdigest()


def digest_blake3(data):
    return blake3(data).hexdigest()


def check_sums(path, files, name, names, digest):
    """X28: a file of sums is exactly the sums of the files that it is of."""
    expected = "".join(f"{digest(files[each])}  {each}\n" for each in names if each in files)
    said = files.get(name, b"").decode("utf-8", "replace")
    for line in set(expected.splitlines()) - set(said.splitlines()):
        problem(os.path.join(path, line.split("  ")[1]), f"is not the file that {name} is of (X28)")
    if said != expected:
        problem(os.path.join(path, name), "is not the sums of these files (X28)")


def event_in(raw):
    """The event's bytes in a commit, G4; none of a join."""
    message = raw.partition(b"\n\n")[2].removesuffix(b"\n")
    last = message.rsplit(b"\n", 1)[-1]
    return last.removeprefix(TRAILER) if last.startswith(TRAILER) else None


def check_commits(path, text, events):
    """X27: each commit is the one that its id names, and together they carry the events; gives the tips."""
    carried, known, parents = set(), set(), set()
    for number, line in enumerate(text.splitlines(), 1):
        where = f"{path}, line {number}"
        try:
            said = json.loads(line)
            commit, raw = said["commit"], base64.b64decode(said["raw"], validate=True)
        except (ValueError, KeyError, TypeError):
            problem(where, "is no commit (X27)")
            continue
        hashed = hashlib.sha1 if len(commit) == 40 else hashlib.sha256
        if hashed(b"commit %d\0" % len(raw) + raw).hexdigest() != commit:
            problem(where, f"the bytes are not those of commit {commit} (X27)")
        event = event_in(raw)
        if (digest_blake3(event) if event is not None else None) != said.get("event"):
            problem(where, "the commit carries another event than it is said to (X27)")
        if event is not None:
            carried.add(digest_blake3(event))
        known.add(commit)
        header = raw.partition(b"\n\n")[0].split(b"\n")
        parents.update(each[7:].decode() for each in header if each.startswith(b"parent "))
    if carried != {event.id for event in events} or not parents <= known:
        problem(path, "the commits are not those of the events (X27)")
    return known - parents


def check_signature(path, signed):
    """X29: whether a signature fits; who is trusted is for the reader to say."""
    if not os.path.exists(path) or shutil.which("ssh-keygen") is None:
        return
    done = subprocess.run(["ssh-keygen", "-Y", "check-novalidate", "-n", "git-plan-audit", "-s", path], input=signed,
                          capture_output=True, check=False)
    if done.returncode != 0:
        problem(path, "does not fit what it is a signature over (X29)")


def check_bundle(path, check_export):
    """X26: the files of a bundle, against each other and against the events."""
    files = {}
    for name in (*SUMMED, "B3SUMS", "SHA256SUMS"):
        try:
            with open(os.path.join(path, name), "rb") as file:
                files[name] = file.read()
        except OSError:
            problem(os.path.join(path, name), "is missing (X26)")
    if "events.jsonl" not in files:
        return None
    events = check_export(os.path.join(path, "events.jsonl"))
    if "COMMITMENT" in files:
        check_commitment(os.path.join(path, "COMMITMENT"), events)
    check_sums(path, files, "B3SUMS", SUMMED, digest_blake3)
    check_sums(path, files, "SHA256SUMS", (*SUMMED, "B3SUMS"), digest_sha256)
    if files.get("state.json") != canonical(state(events)).encode():
        problem(os.path.join(path, "state.json"), "is not what the events make (X27)")
    tips = check_commits(os.path.join(path, "commits.jsonl"), files.get("commits.jsonl", b""), events)
    head = files.get("plan.bundle", b"").partition(b"\n\n")[0].decode("utf-8", "replace").split("\n")
    if not any(line.startswith(tip) for line in head for tip in tips):
        problem(os.path.join(path, "plan.bundle"), "is not of the commit that has all others below it (X27)")
    for name in ("COMMITMENT", "SHA256SUMS"):
        check_signature(os.path.join(path, f"{name}.sig"), files.get(name, b""))
    print(f"{path}: sums, commits, state, signatures of a bundle of {len(files)} files")
    return events
