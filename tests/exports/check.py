#!/usr/bin/env python3
"""Reads each export of a plan with a reader that others wrote, and holds it against the events.

    check.py PROGRAM

CloudEvents by the SDK of the CloudEvents project, CSV by Python's csv module, PROV-JSON by the PyPI package
prov, the in-toto statement by in-toto's own Python bindings, the events by the independent reader of the specification. The plan is as hostile as a plan can be made by commands.
"""

import csv
import hashlib
import io
import json
import os
import subprocess
import sys
import tempfile

from blake3 import blake3
from cloudevents.core.formats.json import JSONFormat
from google.protobuf import json_format
from in_toto_attestation.v1 import statement_pb2
from in_toto_attestation.v1.statement import Statement
from prov.model import ProvActivity, ProvAgent, ProvDocument, ProvEntity

HERE = os.path.dirname(os.path.abspath(__file__))
VERIFY = os.path.join(HERE, "..", "..", "spec", "verify.py")
HOSTILE = ["=HYPERLINK(\"http://x\")", "+1", "-1", "@SUM(A1)", "a,b\"c\"\nd", "\x1b[31mred\u202e", "<script>alert(1)</script>",
           "'quoted", "\t=1", "é 漢字 🎯"]


def canonical(value):
    """RFC 8785 of strings, integers, arrays and objects."""
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return "{" + ",".join(canonical(name) + ":" + canonical(value[name]) for name in names) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


class Plan:
    def __init__(self, program, directory):
        self.program, self.directory = program, directory
        subprocess.run(["git", "init", "--quiet", directory], check=True)

    def run(self, *arguments, **environment):
        done = subprocess.run([self.program, *arguments], cwd=self.directory, capture_output=True,
                              env={**os.environ, **environment})
        assert done.returncode == 0, f"{arguments}: {done.stderr.decode()}"
        return done.stdout

    def export(self, form):
        return self.run("export", "--format", form)


def build(plan):
    plan.run("new", "Exported", "--slug", "p", "--objective", HOSTILE[0])
    for text in HOSTILE:
        plan.run("step", "add", "--", text)
    base = json.loads(plan.run("status", "--json"))["version"][0]
    plan.run("step", "done", "1", "-m", "=1+1", GIT_PLAN_AGENT="agent")
    plan.run("step", "edit", "2", "one side")
    plan.run("--plan", "p", "step", "edit", "2", "another side", "--base", base, GIT_PLAN_AGENT="agent")
    plan.run("decide", "Use SQLite", "--because", "One file", "--option", "MySQL")
    plan.run("decide", "Use PostgreSQL", "--because", "JSON", "--supersedes", "1")
    plan.run("discover", "<img src=x onerror=alert(1)>")
    plan.run("step", "rm", "3")


def check_jsonl(plan):
    exported = plan.export("jsonl")
    path = os.path.join(plan.directory, "p.jsonl")
    with open(path, "wb") as file:
        file.write(exported)
    subprocess.run([sys.executable, VERIFY, "events", path], check=True)
    with tempfile.TemporaryDirectory() as directory:
        other = Plan(plan.program, directory)
        other.run("import", "--format", "jsonl", path)
        assert other.export("jsonl") == exported, "jsonl: export, import and export again is the same to the byte"
    return [(blake3(line).hexdigest(), json.loads(line)) for line in exported.splitlines()]


def check_cloudevents(plan, events):
    batch = json.loads(plan.export("cloudevents"))
    assert len(batch) == len(events), "cloudevents: one for each event"
    reader, seen = JSONFormat(), set()
    for written, (event_id, event) in zip(batch, events):
        read = reader.read(None, json.dumps(written))
        assert read.get_id() == event_id and read.get_type() == f"dev.git-plan.{event['type']}.v1", written
        assert read.get_data() == event, "cloudevents: the data is the event"
        assert blake3(canonical(read.get_data()).encode()).hexdigest() == event_id, "cloudevents: data hashes to id"
        seen.add((read.get_source(), read.get_id(), read.get_extension("sequence")))
    assert len(seen) == len(events), "cloudevents: source and id are unique"


def check_csv(plan, events):
    text = plan.export("csv").decode()
    assert text.replace("\r\n", "").count("\r") == 0, "csv: CR LF alone"
    rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    assert len(rows) == len(events), "csv: one row for each event"
    for number, (row, (event_id, event)) in enumerate(zip(rows, events), 1):
        assert row["seq"] == str(number) and row["event"] == event_id and row["type"] == event["type"], row
        assert row["parents"].split() == event["parents"] and row["name"] == event["by"]["name"], row
        for name, field in row.items():
            assert not field.lstrip().startswith(("=", "+", "-", "@")), f"csv: {name} is no formula: {field!r}"
            assert not any(ord(c) < 32 and c not in "\t\n" for c in field), f"csv: {name} holds no control: {field!r}"


def check_prov(plan, events):
    document = ProvDocument.deserialize(content=plan.export("prov").decode(), format="json")
    ids = {event_id for event_id, _ in events}
    activities = {record.identifier.localpart for record in document.get_records(ProvActivity)}
    assert activities == {f"event-{event_id}" for event_id in ids}, "prov: each event is an activity"
    entities = {record.identifier.localpart for record in document.get_records(ProvEntity)}
    assert {f"version-{event_id}" for event_id in ids} <= entities, "prov: each event made a version"
    types = {str(kind) for agent in document.get_records(ProvAgent) for kind in agent.get_attribute("prov:type")}
    assert types == {"prov:Person", "prov:SoftwareAgent"}, f"prov: the types are those of the vocabulary: {types}"
    assert len(list(document.get_records(ProvAgent))) == 2, "prov: a person, and the agent that acted for her"
    again = ProvDocument.deserialize(content=document.serialize(format="json"), format="json")
    assert again == document, "prov: what the reader writes means the same"
    document.unified()


def check_intoto(plan, events):
    written = plan.export("intoto").decode()
    statement = Statement.copy_from_pb(json_format.Parse(written, statement_pb2.Statement()))
    statement.validate()
    subject = {each.name: each.digest for each in statement.pb.subject}
    exported = plan.export("jsonl")
    assert subject["events.jsonl"]["sha256"] == hashlib.sha256(exported).hexdigest(), "intoto: sha256 of the events"
    assert subject["events.jsonl"]["blake3"] == blake3(exported).hexdigest(), "intoto: blake3 of the events"
    tip = subprocess.run(["git", "rev-parse", "plans/p"], cwd=plan.directory, capture_output=True, check=True).stdout
    assert subject["refs/plans/p"]["gitCommit"] == tip.decode().strip(), "intoto: the commit"
    assert json.loads(written)["predicate"]["eventCount"] == len(events), written


def check_audit(plan, events):
    folder = os.path.join(plan.directory, "audit")
    key = os.path.join(plan.directory, "key")
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    with open(os.path.join(plan.directory, "allowed"), "w") as allowed, open(key + ".pub") as public:
        allowed.write("ada@example.org " + public.read())
    for name, value in (("gpg.format", "ssh"), ("user.signingKey", key)):
        subprocess.run(["git", "config", name, value], cwd=plan.directory, check=True)
    plan.run("export", "--format", "audit", "-o", folder)

    def judged():
        allowed = os.path.join(plan.directory, "allowed")
        own = subprocess.run([plan.program, "verify", folder, "--allowed-signers", allowed], cwd="/", capture_output=True)
        other = subprocess.run([sys.executable, VERIFY, "bundle", folder], capture_output=True)
        return (own.returncode, other.returncode, own.stdout.decode() + own.stderr.decode() + other.stdout.decode())

    own, other, said = judged()
    assert (own, other) == (0, 0), f"audit: the bundle proves itself: {said}"
    for sums, tool in (("SHA256SUMS", "sha256sum"),):
        subprocess.run([tool, "--check", "--strict", "--quiet", sums], cwd=folder, check=True)
    with open(os.path.join(folder, "state.json"), "rb") as state, open(os.path.join(folder, "COMMITMENT")) as commitment:
        assert f"state-blake3 {blake3(state.read()).hexdigest()}" in commitment.read(), "audit: the state is committed to"
    clone = os.path.join(plan.directory, "clone")
    subprocess.run(["git", "init", "--quiet", clone], check=True)
    bundle = os.path.join(folder, "plan.bundle")
    subprocess.run(["git", "-c", "fetch.fsckObjects=true", "fetch", "--quiet", bundle, "refs/plans/p:refs/plans/p"],
                   cwd=clone, check=True)
    names = sorted(os.listdir(folder))
    assert len(names) == 11, f"audit: nine files and two signatures: {names}"
    for name in names:
        path = os.path.join(folder, name)
        with open(path, "rb") as file:
            whole = file.read()
        middle = len(whole) // 2
        ways = [whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1:], whole[:middle], whole + b"\n", b""]
        if name.endswith(".sig"):
            # What stands around the armour is not signed, and says nothing.
            ways = [whole[:60] + b"x" + whole[61:]]
        for way in ways:
            with open(path, "wb") as file:
                file.write(way)
            own, other, said = judged()
            assert own not in (0, None) and other == 1, f"audit: {name} was edited, and that was seen: {own} {other} {said}"
        if not name.endswith(".sig"):
            os.remove(path)
            own, other, said = judged()
            assert own not in (0, None) and other == 1, f"audit: {name} is gone, and that was seen: {own} {other} {said}"
        with open(path, "wb") as file:
            file.write(whole)
    assert judged()[:2] == (0, 0), "audit: put back, it is sound again"


def main(program):
    os.environ.update(GIT_AUTHOR_NAME="Ada", GIT_AUTHOR_EMAIL="ada@example.org",
                      GIT_COMMITTER_NAME="Ada", GIT_COMMITTER_EMAIL="ada@example.org")
    with tempfile.TemporaryDirectory() as directory:
        plan = Plan(os.path.abspath(program), directory)
        build(plan)
        events = check_jsonl(plan)
        for check in (check_cloudevents, check_csv, check_prov, check_intoto, check_audit):
            check(plan, events)
            print(f"{check.__name__.removeprefix('check_')}: {len(events)} events read")


main(sys.argv[1])
