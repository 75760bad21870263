//! A server that refuses bad history: `git plan verify --pre-receive` as the hook of a bare repository, and real pushes; and
//! readers that take in nothing unsigned where signatures are asked for.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use insta::assert_snapshot;

use crate::world::{EMPTY_TREE, Outcome, Said, World};

const REF: &str = "refs/plans/p";

impl World {
    fn clone_of(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    /// Pushes from `ada` by plain git.
    fn push(&self, arguments: &[&str]) -> Said {
        self.try_git_in(&self.clone_of("ada"), &[&["push", "--quiet", "origin"], arguments].concat())
    }

    fn hub(&self, name: &str) -> Option<String> {
        let said = self.try_git_in(&self.clone_of("hub"), &["rev-parse", "--verify", "--quiet", name]);
        (said.status == Some(0)).then(|| said.stdout.trim().to_owned())
    }

    /// Puts a commit with this message on top of `p` in `ada`, by whoever the environment of the command says.
    fn slip_in(&self, message: &str, by: &str) -> String {
        let ada = self.clone_of("ada");
        let mut command = self.command("git", &ada);
        command.env("GIT_AUTHOR_NAME", by).env("GIT_AUTHOR_DATE", "1795341600 +0000");
        command.env("GIT_COMMITTER_DATE", "1795341600 +0000");
        let output = command.args(["commit-tree", "-p", REF, "-m", message, EMPTY_TREE]).output().expect("git runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let commit = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        self.git_in(&ada, &["update-ref", REF, &commit]);
        commit
    }

    /// An event that follows the last one of `p` in `ada`.
    fn next_event(&self, kind: &str, data: &str) -> String {
        let events = self.events(&self.clone_of("ada"), "p");
        let last = events.last().and_then(|event| event["id"].as_str()).expect("an event");
        let by = r#"{"email":"ada@example.org","name":"Ada"}"#;
        let at = "2026-11-22T10:00:00.000Z";
        format!(r#"Forged\n\nPlan-Event: {{"at":"{at}","by":{by},"data":{data},"parents":["{last}"],"type":"{kind}","v":1}}"#)
            .replace("\\n", "\n")
    }
}

/// A hub with the hook and a plan `p` that came through it.
fn world(clones: &[&str]) -> Outcome<World> {
    let world = World::with_clones(clones);
    let hook = world.clone_of("hub").join("hooks/pre-receive");
    let printed = world.plan_in(&world.clone_of("ada"), &["init", "--server-hook"]).done();
    fs::create_dir_all(hook.parent().ok_or("a folder")?)?;
    fs::write(&hook, printed)?;
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o755))?;
    let ada = world.clone_of("ada");
    world.plan_in(&ada, &["new", "Plan p", "--slug", "p"]).done();
    world.plan_in(&ada, &["step", "add", "One", "Two"]).done();
    world.plan_in(&ada, &["sync"]).done();
    assert_eq!(world.hub(REF), Some(world.git_in(&ada, &["rev-parse", REF])), "a sound plan is taken");
    Ok(world)
}

/// Asserts that a push is refused for this reason, and that the hub has what it had.
#[track_caller]
fn assert_refused(world: &World, what: &str, arguments: &[&str], code: &str) -> String {
    let before = world.hub(REF);
    let said = world.push(arguments);
    assert_ne!(said.status, Some(0), "{what} is refused:\n{said}");
    assert!(said.stderr.contains(&format!("error {code}")), "{what} is called {code}:\n{said}");
    assert!(said.stderr.contains("git-plan: refs/plans/"), "which ref:\n{said}");
    assert_eq!(world.hub(REF), before, "{what}: the hub has what it had");
    said.stderr
}

#[test]
fn what_is_sound_is_taken_and_other_refs_are_no_concern() -> Outcome {
    let world = world(&["ada", "bo"])?;
    let ada = world.clone_of("ada");
    world.plan_in(&world.clone_of("bo"), &["sync"]).done();
    for clone in ["ada", "bo", "ada", "bo"] {
        world.plan_in(&world.clone_of(clone), &["-p", "p", "note", clone]).done();
        world.plan_in(&world.clone_of(clone), &["sync"]).done();
    }
    world.git_in(&ada, &["commit", "--quiet", "--allow-empty", "-m", "Code"]);
    world.plan_in(&ada, &["sync"]).done();
    world.plan_in(&ada, &["-p", "p", "note", "Together"]).done();
    let said = world.push(&["HEAD:refs/heads/main", REF]);
    assert!(said.status == Some(0) && said.stderr.is_empty(), "a plan and a branch in one push:\n{said}");
    world.git_in(&ada, &["commit", "--quiet", "--amend", "--allow-empty", "-m", "Code anew"]);
    let said = world.push(&["--force", "HEAD:refs/heads/main"]);
    assert!(said.status == Some(0) && said.stderr.is_empty(), "branches may be rewritten:\n{said}");
    world.git_in(&ada, &["commit", "--quiet", "--allow-empty", "-m", "More code"]);
    world.slip_in("Nothing", "Ada");
    let main = world.hub("refs/heads/main");
    assert_refused(&world, "a branch with a bad plan", &["HEAD:refs/heads/main", REF], "not-of-a-plan");
    assert_eq!(world.hub("refs/heads/main"), main, "git takes all of a push or nothing");
    assert_eq!(world.push(&["HEAD:refs/heads/main"]).status, Some(0), "the branch alone is taken");
    Ok(())
}

#[test]
fn what_takes_something_away_is_refused() -> Outcome {
    let world = world(&["ada"])?;
    assert_refused(&world, "a deletion", &[":refs/plans/p"], "deleted");
    assert_refused(&world, "a cut", &["--force", "refs/plans/p~1:refs/plans/p"], "rewritten");
    let ada = world.clone_of("ada");
    world.plan_in(&ada, &["new", "Another", "--slug", "q"]).done();
    assert_refused(&world, "another plan in its place", &["--force", "refs/plans/q:refs/plans/p"], "rewritten");
    assert_refused(&world, "a name that is none", &["refs/plans/q:refs/plans/Q_x"], "not-a-slug");
    // Joined below one tip, and of an earlier time than the plan's own beginning.
    let heads = [world.git_in(&ada, &["rev-parse", REF]), world.git_in(&ada, &["rev-parse", "refs/plans/q"])];
    let join = world.git_in(&ada, &["commit-tree", "-p", &heads[0], "-p", &heads[1], "-m", "Join", EMPTY_TREE]);
    assert_refused(&world, "two plans in one", &[&format!("{join}:refs/plans/p")], "second-beginning");
    Ok(())
}

#[test]
fn what_is_not_sound_is_refused_and_what_was_there_before_is_not_held_against_it() -> Outcome {
    let world = world(&["ada"])?;
    let ada = world.clone_of("ada");
    let sound = world.git_in(&ada, &["rev-parse", REF]);
    let note = world.next_event("note.added", r#"{"label":"Note","text":"x"}"#);
    let cases = [
        ("an event of no form", world.next_event("note.added", r#"{"label":"Note"}"#), "Ada", "malformed"),
        ("an event with other spaces", note.replace("\"x\"", " \"x\""), "Ada", "not-canonical"),
        ("an event that follows another", note.replace("\"parents\":[\"", "\"parents\":[\"0"), "Ada", "malformed"),
        ("another's commit", note.clone(), "Eve", "author-differs"),
        ("an event of another time", note.replace("10:00:00", "11:00:00"), "Ada", "date-differs"),
    ];
    for (what, message, by, code) in &cases {
        world.slip_in(message, by);
        assert_refused(&world, what, &[REF], code);
        world.git_in(&ada, &["update-ref", REF, &sound]);
    }
    world.slip_in(&note, "Eve\u{1b}[31m\u{202e}Ada");
    let said = assert_refused(&world, "a name with an escape sequence", &[REF], "author-differs");
    assert!(
        said.contains("Eve␛[31m<U+202E>Ada") && !said.contains('\u{1b}') && !said.contains('\u{202e}'),
        "harmless: {said:?}"
    );
    // The same past the hook.
    world.git_in(&world.clone_of("hub"), &["fetch", "--quiet", "../ada", "refs/plans/p:refs/plans/p"]);
    let later = world.next_event("note.added", r#"{"label":"Note","text":"later"}"#);
    world.slip_in(&later, "Ada");
    let said = world.push(&[REF]);
    assert_eq!(said.status, Some(0), "what was there before is not held against who pushes:\n{said}");
    let unknown = world.next_event("step.teleported", r#"{"to":"mars"}"#);
    world.slip_in(&unknown, "Ada");
    let said = world.push(&[REF]);
    assert!(said.status == Some(0) && said.stderr.contains("warning unknown-type"), "of a newer version:\n{said}");
    Ok(())
}

/// Lets Ada sign, and makes the file that says so; gives it.
fn keys(world: &World) -> Outcome<String> {
    let key = world.path().join("key");
    let key = key.display().to_string();
    let arguments = ["-q", "-t", "ed25519", "-N", "", "-C", "ada", "-f", &key];
    assert!(world.command("ssh-keygen", world.path()).args(arguments).status()?.success(), "a key is made");
    let allowed = world.path().join("allowed").display().to_string();
    let public = fs::read_to_string(format!("{key}.pub"))?;
    fs::write(&allowed, format!("ada@example.org {public}"))?;
    let ada = world.clone_of("ada");
    world.git_in(&ada, &["config", "gpg.format", "ssh"]);
    world.git_in(&ada, &["config", "user.signingKey", &key]);
    Ok(allowed)
}

#[test]
fn where_signatures_are_asked_for_what_is_unsigned_or_by_a_stranger_is_refused() -> Outcome {
    let world = world(&["ada"])?;
    let (ada, hub) = (world.clone_of("ada"), world.clone_of("hub"));
    let allowed = keys(&world)?;
    world.git_in(&hub, &["config", "plan.requireSigned", "true"]);
    world.git_in(&hub, &["config", "gpg.ssh.allowedSignersFile", &allowed]);
    let before = world.git_in(&ada, &["rev-parse", REF]);
    world.plan_in(&ada, &["note", "Unsigned"]).done();
    assert_refused(&world, "an unsigned event", &[REF], "unsigned");
    world.git_in(&ada, &["update-ref", REF, &before]);
    world.git_in(&ada, &["config", "plan.sign", "true"]);
    world.plan_in(&ada, &["note", "Signed"]).done();
    assert_eq!(world.push(&[REF]).status, Some(0), "a signed event on top of unsigned ones that were there is taken");
    fs::write(&allowed, "")?;
    world.plan_in(&ada, &["note", "By a stranger"]).done();
    assert_refused(&world, "a stranger's signature", &[REF], "untrusted-signature");
    Ok(())
}

#[test]
fn a_sync_takes_in_nothing_unsigned_where_signatures_are_asked_for() -> Outcome {
    let world = World::with_clones(&["ada", "bo"]);
    let (ada, bo) = (world.clone_of("ada"), world.clone_of("bo"));
    let allowed = keys(&world)?;
    world.git_in(&bo, &["config", "plan.requireSigned", "true"]);
    world.git_in(&bo, &["config", "gpg.ssh.allowedSignersFile", &allowed]);
    world.git_in(&bo, &["config", "plan.sign", "false"]);
    world.git_in(&ada, &["config", "plan.sign", "true"]);
    world.plan_in(&ada, &["new", "Plan p", "--slug", "p"]).done();
    world.plan_in(&ada, &["sync"]).done();
    world.plan_in(&bo, &["sync"]).done();
    let signed = world.git_in(&bo, &["rev-parse", REF]);
    world.git_in(&ada, &["config", "plan.sign", "false"]);
    world.plan_in(&ada, &["note", "Nobody vouches for this"]).done();
    world.plan_in(&ada, &["sync"]).done();
    let said = world.plan_in(&bo, &["sync"]).ended(1);
    assert!(said.stderr.contains("plan.requireSigned") && said.stderr.contains("is not signed"), "{said}");
    assert_eq!(world.git_in(&bo, &["rev-parse", REF]), signed, "nothing was taken in");
    world.git_in(&bo, &["config", "--unset", "plan.sign"]);
    world.plan_in(&bo, &["note", "x"]).failed(8, "cannot sign");
    world.git_in(&bo, &["config", "plan.requireSigned", "false"]);
    world.plan_in(&bo, &["sync"]).done();
    let said = world.plan_in(&bo, &["verify"]).done();
    assert!(said.contains("1  good signatures of 1 that were made; 1 events unsigned"), "{said}");
    Ok(())
}

#[test]
fn signatures_over_events_and_commitments_are_checked_with_the_allowed_signers() -> Outcome {
    let world = World::with_clones(&["ada"]);
    let ada = world.clone_of("ada");
    let allowed = keys(&world)?;
    world.git_in(&ada, &["config", "plan.sign", "true"]);
    world.plan_in(&ada, &["new", "Plan p", "--slug", "p"]).done();
    world.plan_in(&ada, &["note", "Signed"]).done();
    let codes = |arguments: &[&str]| world.plan_in(&ada, &[&["verify"], arguments].concat());
    assert!(codes(&[]).done().contains("warning unchecked-signature"), "no signers are allowed yet");
    assert!(!codes(&["--no-signatures"]).done().contains("signature"), "git is not asked");
    world.git_in(&ada, &["config", "gpg.ssh.allowedSignersFile", &allowed]);
    let said = codes(&["--commit-to", "../commitment"]).done();
    assert!(said.contains("2  good signatures of 2") && said.contains("commitment.sig written"), "{said}");
    assert!(codes(&["--against", "../commitment"]).done().starts_with("p: sound\n"), "and so is the commitment");
    let stock =
        ["-Y", "verify", "-n", "git-plan-audit", "-I", "ada@example.org", "-f", &allowed, "-s", "commitment.sig"];
    let mut command = world.command("ssh-keygen", world.path());
    command.args(stock).stdin(fs::File::open(world.path().join("commitment"))?);
    assert!(command.output()?.status.success(), "stock OpenSSH says the same");
    let public = fs::read_to_string(&allowed)?;
    fs::write(&allowed, public.replace("ada@", "bo@"))?;
    let said = codes(&[]).done();
    assert!(said.contains("warning other-signer") && said.contains("signed by bo@example.org"), "by another: {said}");
    fs::write(&allowed, public)?;
    fs::write(world.path().join("nobody"), "")?;
    let stranger = ["--against", "../commitment", "--allowed-signers", "../nobody"];
    assert!(codes(&stranger).done().contains("warning commitment-untrusted"), "by nobody who is trusted");
    let text = fs::read_to_string(world.path().join("commitment"))?;
    fs::write(world.path().join("commitment"), text.replace("semantics 1", "semantics 2"))?;
    let said = codes(&["--against", "../commitment"]).ended(7).stdout;
    assert!(said.contains("error commitment-bad-signature"), "{said}");
    // A commit that keeps its signature and says something else.
    let raw = world.git_in(&ada, &["cat-file", "commit", REF]).replace("Signed", "Sealed") + "\n";
    fs::write(world.path().join("raw"), raw)?;
    let forged = world.git_in(&ada, &["hash-object", "-w", "-t", "commit", "../raw"]);
    world.git_in(&ada, &["update-ref", REF, &forged]);
    let said = codes(&[]).ended(7).stdout;
    assert!(said.contains("error bad-signature"), "{said}");
    Ok(())
}

#[test]
fn the_hook_of_a_server_is_printed_with_how_to_install_it() {
    let world = World::new();
    world.tell(&["init", "--server-hook"]);
    assert_snapshot!(world.transcript());
}
