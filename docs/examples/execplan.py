"""Plans for a program in Python: what an agent reads before it works, and how it records what it did.

Both functions ask `git plan` and read its JSON. Recording is safe beside any number of others who record at the same
time, and safe to try again: with the same key an update is recorded once.

    from execplan import load_execplan, update_progress

    plan = load_execplan("dark-mode")
    print(plan["objective"], plan["current_step"], plan["blockers"], plan["decisions"])
    update_progress("dark-mode", "Forms are done; tables are next", key="run-17/forms")
"""

import json
import subprocess


class PlanError(Exception):
    """What git-plan says of a failure: a stable code, a message, advice, and whether trying again can help."""

    def __init__(self, error):
        super().__init__(error["message"])
        self.code, self.hint, self.retry = error["code"], error.get("hint"), error["retry"]


def git_plan(plan, *arguments):
    """Runs a command of git-plan and gives its data, with the version of the plan that it was read or written at."""
    command = ["git", "plan", "--json", "-p", plan, *arguments]
    ended = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", stdin=subprocess.DEVNULL)
    if ended.returncode != 0:
        raise PlanError(json.loads(ended.stderr.splitlines()[-1])["error"])
    answer = json.loads(ended.stdout)
    return {**answer["data"], "version": answer["version"]}


def load_execplan(plan):
    """What somebody must know who works from a plan now."""
    status = git_plan(plan, "status")
    return {
        "objective": status["objective"],
        "current_step": status["current_step"] or status["next_step"],
        "blockers": status["blockers"],
        "decisions": status["decisions"],
        "version": status["version"],
    }


def update_progress(plan, update, key=None, seen=None):
    """Records what was done, and gives the id of the entry.

    `seen` is the version that the update was written from, as `load_execplan` gives it: should others have written
    meanwhile, the update says so by standing beside theirs.
    """
    options = [*(["--key", key] if key else []), *(["--base", ",".join(seen)] if seen else [])]
    written = git_plan(plan, "note", "--label", "Progress", *options, "--", update)
    return written["events"][0]["id"]
