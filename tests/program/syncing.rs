//! Plans between clones and a remote: what `fetch`, `push` and `sync` do, and what they say.

use std::path::PathBuf;

use serde_json::Value;

use crate::world::World;

impl World {
    fn at(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    /// Runs the program in a clone; it must succeed.
    fn done_in(&self, clone: &str, arguments: &[&str]) -> String {
        self.plan_in(&self.at(clone), arguments).done()
    }

    /// Begins a plan in a clone and publishes it, and takes it into the others.
    fn share(&self, slug: &str, clones: &[&str]) {
        self.done_in(clones[0], &["new", &format!("Plan {slug}"), "--slug", slug]);
        self.done_in(clones[0], &["-p", slug, "step", "add", "One", "Two", "Three"]);
        for clone in clones {
            self.done_in(clone, &["sync", "origin", slug]);
        }
    }

    fn tip_of(&self, place: &str, slug: &str) -> String {
        self.git_in(&self.at(place), &["rev-parse", "--verify", &format!("refs/plans/{slug}")])
    }

    /// Asserts that these places have the same tip of a plan, show the same, and are sound.
    fn assert_same(&self, places: &[&str], slug: &str) {
        let all = |of: &dyn Fn(&str) -> String| places.iter().map(|place| of(place)).collect::<Vec<String>>();
        for seen in
            [all(&|place| self.tip_of(place, slug)), all(&|place| self.done_in(place, &["-p", slug, "show", "--raw"]))]
        {
            assert!(seen.iter().all(|one| *one == seen[0]), "{places:?} have the same: {seen:?}");
        }
        places.iter().for_each(|place| self.assert_sound(&self.at(place)));
    }

    fn synced(&self, clone: &str, arguments: &[&str]) -> Value {
        let said = self.plan_in(&self.at(clone), &[&["sync", "--json"], arguments].concat());
        serde_json::from_str::<Value>(&said.stdout).unwrap_or_else(|e| panic!("{e}:\n{said}"))["data"].clone()
    }
}

#[test]
fn two_clones_that_both_wrote_end_with_the_same_and_see_what_they_disagree_about() {
    let world = World::with_clones(&["ada", "bo"]);
    world.tell_in("ada", &["new", "Dark mode", "--objective", "Add dark mode"]);
    world.tell_in("ada", &["step", "add", "Create theme context", "Add toggle UI"]);
    world.tell_in("ada", &["sync"]);
    world.tell_in("ada", &["sync"]);
    world.tell_in("bo", &["list"]);
    world.tell_in("bo", &["sync"]);
    world.tell_in("bo", &["step", "done", "1"]);
    world.tell_in("bo", &["step", "edit", "2", "Add a toggle to the settings"]);
    world.tell_in("bo", &["sync"]);
    world.tell_in("ada", &["decide", "Use CSS variables", "--because", "No flash of the wrong theme"]);
    world.tell_in("ada", &["step", "edit", "2", "Add a toggle to the menu"]);
    world.tell_in("ada", &["status"]);
    world.tell_in("ada", &["fetch"]);
    world.tell_in("ada", &["status"]);
    world.tell_in("ada", &["push"]);
    world.tell_in("ada", &["sync"]);
    world.tell_in("bo", &["sync"]);
    world.tell_in("bo", &["conflicts"]);
    world.tell_in("bo", &["resolve", "--take", "A"]);
    world.tell_in("bo", &["push"]);
    world.tell_in("ada", &["sync"]);
    world.tell_in("ada", &["show"]);
    insta::assert_snapshot!(world.transcript());
    world.assert_same(&["ada", "bo", "hub"], "dark-mode");
}

#[test]
fn clones_that_join_the_same_heads_make_the_same_commit() {
    let world = World::with_clones(&["ada", "bo", "cy"]);
    world.share("p", &["ada", "bo", "cy"]);
    world.done_in("ada", &["note", "By Ada"]);
    world.done_in("bo", &["note", "By Bo"]);
    world.done_in("ada", &["push"]);
    // Both see the same two heads before either has joined them.
    world.done_in("cy", &["sync"]);
    let bo = world.tip_of("bo", "p");
    world.git_in(&world.at("cy"), &["fetch", "--quiet", "../bo", "refs/plans/p:refs/plan-remotes/bo/p"]);
    world.git_in(&world.at("cy"), &["remote", "add", "bo", "../bo"]);
    world.done_in("cy", &["sync", "bo", "p"]);
    world.git_in(&world.at("bo"), &["update-ref", "refs/plans/p", &bo]);
    world.done_in("bo", &["sync"]);
    assert_eq!(world.tip_of("cy", "p"), world.tip_of("bo", "p"), "a join is a function of what it joins");
    world.done_in("cy", &["sync", "origin"]);
    world.assert_same(&["bo", "cy", "hub"], "p");
}

#[test]
fn a_sync_of_what_is_the_same_makes_no_commit() {
    let world = World::with_clones(&["ada", "bo"]);
    world.share("p", &["ada", "bo"]);
    for clone in ["ada", "bo"] {
        world.done_in(clone, &["-p", "p", "note", clone]);
    }
    for clone in ["ada", "bo", "ada"] {
        world.done_in(clone, &["sync"]);
    }
    let tip = world.tip_of("hub", "p");
    for clone in ["ada", "bo", "ada", "bo"] {
        world.done_in(clone, &["sync"]);
    }
    assert_eq!(world.tip_of("hub", "p"), tip, "whoever has the same events has nothing to join");
    world.assert_same(&["ada", "bo", "hub"], "p");
}

#[test]
fn plans_that_share_nothing_but_the_name_are_both_kept() {
    let world = World::with_clones(&["ada", "bo"]);
    world.done_in("ada", &["new", "Launch", "--objective", "The first launch"]);
    world.tell_in("ada", &["sync"]);
    world.tell_in("bo", &["new", "Launch", "--objective", "Another launch"]);
    world.tell_in("bo", &["switch", "launch"]);
    world.tell_in("bo", &["sync"]);
    world.tell_in("bo", &["list"]);
    world.tell_in("bo", &["show"]);
    world.tell_in("ada", &["sync"]);
    world.tell_in("ada", &["list"]);
    insta::assert_snapshot!(world.transcript());
    world.assert_same(&["ada", "bo", "hub"], "launch");
}

#[test]
fn two_published_plans_of_one_name_are_left_alone() {
    let world = World::with_clones(&["ada", "bo"]);
    world.git_in(world.path(), &["init", "--quiet", "--bare", "--initial-branch=main", "other"]);
    world.git_in(&world.at("bo"), &["remote", "add", "other", "../other"]);
    world.done_in("ada", &["new", "Launch"]);
    world.done_in("ada", &["sync"]);
    world.done_in("bo", &["new", "Launch", "--objective", "Another launch"]);
    world.done_in("bo", &["sync", "other"]);
    let before = world.tip_of("bo", "launch");
    world.tell_in("bo", &["sync", "origin"]);
    insta::assert_snapshot!(world.transcript());
    assert_eq!(world.tip_of("bo", "launch"), before, "nothing was changed");
}

#[test]
fn a_plan_that_the_remote_deleted_is_kept_and_not_given_back_unasked() {
    let world = World::with_clones(&["ada", "bo"]);
    world.share("p", &["ada", "bo"]);
    world.git_in(&world.at("hub"), &["update-ref", "-d", "refs/plans/p"]);
    world.tell_in("ada", &["-p", "p", "note", "Written after it was deleted there"]);
    world.tell_in("ada", &["sync"]);
    world.tell_in("ada", &["fetch"]);
    assert_eq!(world.git_in(&world.at("hub"), &["for-each-ref"]), "", "what was deleted stays so until somebody asks");
    world.tell_in("ada", &["sync", "--restore"]);
    insta::assert_snapshot!(world.transcript());
    world.assert_same(&["ada", "hub"], "p");
}

#[test]
fn a_history_that_was_rewritten_at_the_remote_is_told_and_given_back_when_asked() {
    let world = World::with_clones(&["ada", "bo"]);
    world.share("p", &["ada", "bo"]);
    world.git_in(&world.at("hub"), &["update-ref", "refs/plans/p", "refs/plans/p~2"]);
    world.tell_in("ada", &["fetch"]);
    world.tell_in("ada", &["sync"]);
    let cut = world.tip_of("hub", "p");
    assert_eq!(cut, world.git_in(&world.at("ada"), &["rev-parse", "refs/plans/p~2"]), "nothing is done unasked");
    world.tell_in("ada", &["sync", "--restore"]);
    world.tell_in("bo", &["sync"]);
    insta::assert_snapshot!(world.transcript());
    world.assert_same(&["ada", "bo", "hub"], "p");
}

#[test]
fn what_came_in_and_was_not_taken_in_yet_survives_a_rewritten_history() {
    let world = World::with_clones(&["ada", "bo"]);
    world.share("p", &["ada", "bo"]);
    let cut = world.tip_of("hub", "p");
    world.done_in("bo", &["-p", "p", "note", "Seen by one fetch only"]);
    world.done_in("bo", &["sync"]);
    world.done_in("ada", &["fetch"]);
    world.git_in(&world.at("hub"), &["update-ref", "refs/plans/p", &cut]);
    world.done_in("ada", &["sync", "--restore"]);
    assert!(
        world.done_in("ada", &["-p", "p", "show", "--raw"]).contains("Seen by one fetch only"),
        "the event is here"
    );
    world.assert_same(&["ada", "bo", "hub"], "p");
}

#[test]
fn an_archived_plan_is_shared_as_any_other_and_a_write_beside_it_brings_it_back() {
    let world = World::with_clones(&["ada", "bo"]);
    world.share("p", &["ada", "bo"]);
    world.done_in("ada", &["-p", "p", "archive"]);
    world.done_in("bo", &["-p", "p", "step", "add", "Four"]);
    world.tell_in("ada", &["sync"]);
    world.tell_in("bo", &["sync"]);
    world.tell_in("bo", &["list"]);
    world.tell_in("bo", &["-p", "p", "conflicts"]);
    insta::assert_snapshot!(world.transcript());
    world.done_in("ada", &["sync"]);
    world.assert_same(&["ada", "bo", "hub"], "p");
}

#[test]
fn a_remote_that_takes_no_such_refs_says_so_and_nothing_is_lost() {
    let world = World::with_clones(&["ada"]);
    world.done_in("ada", &["new", "Dark mode"]);
    world.git_in(&world.at("hub"), &["config", "receive.hideRefs", "refs/plans"]);
    world.tell_in("ada", &["sync"]);
    world.tell_in("ada", &["push"]);
    insta::assert_snapshot!(world.transcript());
    assert!(world.done_in("ada", &["show"]).contains("Dark mode"), "the plan is here");
}

#[test]
fn a_remote_that_cannot_be_reached_is_named_with_the_command() {
    let world = World::with_clones(&["ada"]);
    world.done_in("ada", &["new", "Dark mode"]);
    world.git_in(&world.at("ada"), &["remote", "set-url", "origin", "../nowhere"]);
    for command in ["sync", "fetch", "push"] {
        world.tell_in("ada", &[command]);
    }
    world.tell_in("ada", &["sync", "--json"]);
    world.tell_in("ada", &["sync", "elsewhere"]);
    world.tell_in("ada", &["sync", "--upload-pack=touch owned", "x"]);
    world.tell_in("ada", &["sync", "--", "--upload-pack=touch owned"]);
    world.git_in(&world.at("ada"), &["remote", "remove", "origin"]);
    world.tell_in("ada", &["sync"]);
    insta::assert_snapshot!(world.transcript());
    assert!(!world.at("ada").join("owned").exists(), "no name is taken for an option");
}

#[test]
fn what_plain_git_fetch_brought_is_seen_at_once() {
    let world = World::with_clones(&["ada", "bo"]);
    world.tell_in("bo", &["init", "--fetch"]);
    world.share("p", &["ada"]);
    world.git_in(&world.at("bo"), &["fetch", "--quiet"]);
    world.tell_in("bo", &["list"]);
    world.tell_in("bo", &["sync"]);
    world.done_in("ada", &["-p", "p", "step", "done", "1"]);
    world.done_in("ada", &["sync"]);
    world.git_in(&world.at("bo"), &["fetch", "--quiet"]);
    world.tell_in("bo", &["status"]);
    world.tell_in("bo", &["init", "--fetch"]);
    world.tell_in("bo", &["init", "--remove-fetch"]);
    world.tell_in("bo", &["init", "--remove-fetch", "origin"]);
    insta::assert_snapshot!(world.transcript());
    let push = world.try_git_in(&world.at("bo"), &["config", "--get-all", "remote.origin.push"]);
    assert_eq!(push.status, Some(1), "what plain `git push` does is left alone");
    let fetch = world.git_in(&world.at("bo"), &["config", "--get-all", "remote.origin.fetch"]);
    assert_eq!(fetch, "+refs/heads/*:refs/remotes/origin/*", "and what plain `git fetch` does is as it was");
}

#[test]
fn one_plan_that_cannot_be_synced_keeps_none_of_the_others_from_it() {
    let world = World::with_clones(&["ada", "bo"]);
    world.share("good", &["ada", "bo"]);
    world.share("bad", &["ada"]);
    let hub = world.at("hub");
    let forged =
        world.git_in(&hub, &["commit-tree", "-p", "refs/plans/bad", "-m", "No event", crate::world::EMPTY_TREE]);
    world.git_in(&hub, &["update-ref", "refs/plans/bad", &forged]);
    for name in ["refs/plans/-x", "refs/plans/deep/er", "refs/plans/UPPER"] {
        world.git_in(&hub, &["update-ref", name, "refs/plans/good"]);
    }
    world.done_in("ada", &["-p", "good", "note", "Goes on"]);
    world.done_in("ada", &["push", "origin", "good"]);
    let said = world.plan_in(&world.at("bo"), &["sync"]).ended(7);
    assert!(said.stdout.contains("good  took in 1 event"), "the good one came in:\n{said}");
    assert!(said.stderr.contains("what origin has of bad is damaged at commit"), "the bad one is named:\n{said}");
    assert!(said.stderr.contains("-x, UPPER, deep/er"), "what can be no plan is named:\n{said}");
    let refs = world.git_in(&world.at("bo"), &["for-each-ref", "--format=%(refname)", "refs/plans"]);
    assert_eq!(refs, "refs/plans/good", "nothing of it became a plan");
    let data = world.synced("bo", &[]);
    assert_eq!(data["failed"][0]["code"], "remote-damaged", "programs are told, too: {data}");
}

#[test]
fn a_damaged_plan_is_not_spread() {
    let world = World::with_clones(&["ada"]);
    world.share("p", &["ada"]);
    let before = world.tip_of("hub", "p");
    let ada = world.at("ada");
    let forged = world.git_in(&ada, &["commit-tree", "-p", "refs/plans/p", "-m", "No event", crate::world::EMPTY_TREE]);
    world.git_in(&ada, &["update-ref", "refs/plans/p", &forged]);
    for command in ["sync", "push"] {
        let said = world.plan_in(&ada, &[command]).ended(7);
        assert!(said.stderr.contains("plan p is damaged"), "{command} says what is wrong:\n{said}");
    }
    assert_eq!(world.tip_of("hub", "p"), before, "the remote still has what is sound");
}

#[test]
fn an_atomic_push_lands_as_a_whole_or_not_at_all() {
    let world = World::with_clones(&["ada", "bo"]);
    world.share("one", &["ada", "bo"]);
    world.share("two", &["ada", "bo"]);
    let before = world.tip_of("hub", "two");
    world.done_in("bo", &["-p", "one", "note", "First there"]);
    world.done_in("bo", &["push"]);
    world.done_in("ada", &["-p", "one", "note", "Late"]);
    world.done_in("ada", &["-p", "two", "note", "Alone"]);
    let said = world.plan_in(&world.at("ada"), &["push", "--atomic"]).ended(1);
    assert_eq!(world.tip_of("hub", "two"), before, "one that follows lands only with the other:\n{said}");
    world.done_in("ada", &["sync", "--atomic"]);
    world.done_in("bo", &["sync"]);
    world.assert_same(&["ada", "bo", "hub"], "one");
    world.assert_same(&["ada", "bo", "hub"], "two");
}

#[test]
fn two_histories_of_the_same_events_in_other_commits_are_one_plan() {
    let world = World::with_clones(&["ada", "bo"]);
    world.share("p", &["ada", "bo"]);
    world.done_in("ada", &["-p", "p", "note", "The same event"]);
    // Another committer makes another commit of the same event.
    let ada = world.at("ada");
    let message = world.git_in(&ada, &["log", "-1", "--format=%B", "refs/plans/p"]);
    let again = world
        .command("git", &ada)
        .args(["commit-tree", "-p", "refs/plans/p~1", "-m", &message, crate::world::EMPTY_TREE])
        .envs([("GIT_COMMITTER_NAME", "Somebody else"), ("GIT_COMMITTER_DATE", "1795341600 +0000")])
        .output();
    let again = String::from_utf8_lossy(&again.expect("git runs").stdout).trim().to_owned();
    assert_ne!(again, world.tip_of("ada", "p"), "it is another commit");
    world.done_in("ada", &["push"]);
    world.git_in(&world.at("bo"), &["fetch", "--quiet", "../ada", &again]);
    world.git_in(&world.at("bo"), &["update-ref", "refs/plans/p", &again]);
    let told = world.synced("bo", &[])["plans"][0].clone();
    assert_eq!(
        (told["theirs"].as_u64(), told["ours"].as_u64()),
        (Some(0), Some(0)),
        "no event is new to either: {told}"
    );
    world.assert_same(&["ada", "bo", "hub"], "p");
}

#[test]
fn the_views_of_all_plans_are_published_on_a_branch() {
    let world = World::with_clones(&["ada", "bo"]);
    world.share("one", &["ada", "bo"]);
    world.done_in("ada", &["new", "A | <b>title</b> [x](y)", "--slug", "two"]);
    world.tell_in("ada", &["publish"]);
    world.tell_in("ada", &["publish"]);
    world.tell_in("ada", &["-p", "one", "step", "done", "1"]);
    world.tell_in("ada", &["publish", "--push"]);
    world.tell_in("bo", &["-p", "one", "step", "done", "2"]);
    // Whoever publishes next builds upon what is there.
    world.tell_in("bo", &["publish", "--push", "--json"]);
    let hub = world.at("hub");
    insta::assert_snapshot!("list", world.git_in(&hub, &["show", "plans:README.md"]));
    insta::assert_snapshot!(world.transcript());
    assert_eq!(world.git_in(&hub, &["log", "--format=%s", "plans"]), "Publish one\nPublish one\nPublish one, two");
    let view = world.git_in(&hub, &["show", "plans:plans/one.md"]);
    assert_eq!(
        view,
        world.done_in("bo", &["-p", "one", "show", "--raw"]).trim_end(),
        "the branch has the view as it is"
    );
    world.assert_sound(&hub);
}

#[test]
fn a_branch_of_somebody_else_is_not_published_to() {
    let world = World::with_clones(&["ada"]);
    let ada = world.at("ada");
    world.done_in("ada", &["new", "Plan one"]);
    world.git_in(&ada, &["commit", "--quiet", "--allow-empty", "-m", "Mine"]);
    world.git_in(&ada, &["branch", "plans"]);
    world.tell_in("ada", &["publish"]);
    world.tell_in("ada", &["publish", "--branch", "main"]);
    world.tell_in("ada", &["publish", "--branch", "../escape"]);
    world.tell_in("ada", &["publish", "--branch", "views"]);
    world.git_in(&ada, &["checkout", "--quiet", "views"]);
    world.tell_in("ada", &["step", "add", "One"]);
    world.tell_in("ada", &["publish", "--branch", "views"]);
    insta::assert_snapshot!(world.transcript());
    assert_eq!(world.git_in(&ada, &["log", "--format=%s", "refs/heads/plans"]), "Mine", "what was there is there");
}
