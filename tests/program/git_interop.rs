//! Stock git on plans, and plans in every kind of repository that git makes.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::world::{Outcome, World};

/// A world with a plan `p` of four events, the last with a reason.
fn world(options: &[&str]) -> World {
    let world = World::with_repository(options);
    world.begin("p", &["Implement SMS service", "Measure"]);
    world.plan(&["step", "done", "1", "-m", "Carrier tests pass\nagainst the sandbox.", "-m", "Twice."]).done();
    world
}

fn text(path: &Path) -> String {
    path.display().to_string()
}

/// Asserts that a clone or copy shows the same view, and can be written to.
#[track_caller]
fn assert_same_and_writable(world: &World, directory: &Path) {
    let here = world.plan(&["-p", "p", "show", "--raw"]).done();
    assert_eq!(world.plan_in(directory, &["-p", "p", "show", "--raw"]).done(), here, "the same bytes in {directory:?}");
    world.plan_in(directory, &["-p", "p", "note", "written over there"]).done();
    world.assert_chained(directory, "p");
    world.assert_sound(directory);
}

#[test]
fn the_history_of_a_plan_is_a_readable_git_log() {
    let world = world(&[]);
    let log = world.git(&["log", "--format=%an <%ae> %aI%n%s%n%b", "-1", "plans/p"]);
    let (said, payload) = log.split_once("Plan-Event: ").expect("the trailer ends the message");
    assert_eq!(
        said,
        "Ada <ada@example.org> 2026-11-22T10:00:04Z\nComplete step: Implement SMS service\n\
         Carrier tests pass\nagainst the sandbox.\n\nTwice.\n\n"
    );
    assert!(payload.starts_with("{\"at\":\"2026-11-22T10:00:04.000Z\",\"by\":{"), "{payload}");
    let subjects = world.git(&["log", "--reverse", "--format=%s", "plans/p"]);
    assert_eq!(
        subjects,
        "Create plan: Plan p\nAdd step: Implement SMS service\nAdd step: Measure\nComplete step: Implement SMS service"
    );
    assert_eq!(world.git(&["diff", "--stat", "plans/p~3", "plans/p"]), "", "no commit has a file");
}

#[test]
fn the_trailer_is_exactly_the_payload_whose_hash_is_the_event() {
    for format in ["sha1", "sha256"] {
        let world = world(&[&format!("--object-format={format}")]);
        let payloads = world.assert_chained(&world.repository(), "p");
        let events = world.events(&world.repository(), "p");
        assert_eq!(payloads.len(), events.len());
        let trailer = "--format=%(trailers:key=Plan-Event,valueonly,unfold)";
        for event in &events {
            let commit = event["commit"].as_str().expect("its commit");
            let payload = world.git(&["log", "-1", trailer, commit]);
            let hash = blake3::hash(payload.trim().as_bytes()).to_hex();
            assert_eq!(event["id"].as_str(), Some(hash.as_str()), "git's trailer hashes to the id: {payload}");
        }
        world.assert_sound(&world.repository());
    }
}

#[test]
fn the_reflog_says_what_each_command_did_also_where_git_keeps_none() {
    for setting in ["true", "false"] {
        let world = World::with_repository(&[]);
        world.git(&["config", "core.logAllRefUpdates", setting]);
        world.begin("p", &["One"]);
        world.plan(&["step", "done", "1"]).done();
        assert_eq!(
            world.git(&["reflog", "show", "--format=%gD %gs", "plans/p"]),
            "plans/p@{0} plan: Complete step: One\nplans/p@{1} plan: Add step: One\nplans/p@{2} plan: Create plan: Plan p",
            "with core.logAllRefUpdates={setting}"
        );
        let before = world.git(&["rev-parse", "plans/p@{2026-11-22 10:00:03 +0000}"]);
        assert_eq!(before, world.git(&["rev-parse", "plans/p~2"]), "where the plan stood at a time");
        let then = world.plan(&["show", "--raw", "--at", "plans/p@{1}"]).done();
        assert_eq!(then, world.plan(&["show", "--raw", "--at", "plans/p~1"]).done(), "and --at takes it");
    }
}

#[test]
fn packing_and_collecting_change_nothing() -> Outcome {
    let world = world(&[]);
    let before = world.plan(&["show", "--raw"]).done();
    for command in [&["pack-refs", "--all", "--prune"][..], &["repack", "-adq"], &["gc", "--quiet", "--prune=now"]] {
        world.git(command);
        assert_eq!(world.plan(&["show", "--raw"]).done(), before, "after git {command:?}");
        world.assert_sound(&world.repository());
    }
    assert!(!world.repository().join(".git/refs/plans/p").exists(), "the ref is packed");
    world.plan(&["note", "on top of a packed ref"]).done();
    world.git(&["reflog", "expire", "--expire=now", "--all"]);
    world.git(&["gc", "--quiet", "--prune=now", "--aggressive"]);
    world.git(&["commit-graph", "write", "--reachable"]);
    assert_eq!(world.assert_chained(&world.repository(), "p").len(), 5);
    world.plan(&["note", "beside a commit graph"]).done();
    world.assert_sound(&world.repository());
    Ok(())
}

#[test]
fn mirrors_and_bundles_carry_plans() {
    let world = world(&[]);
    let mirror = world.path().join("mirror.git");
    world.git(&["clone", "--quiet", "--mirror", ".", &text(&mirror)]);
    assert_same_and_writable(&world, &mirror);
    let bundle = text(&world.path().join("plans.bundle"));
    world.git(&["bundle", "create", "--quiet", &bundle, "refs/plans/p"]);
    world.git(&["bundle", "verify", "--quiet", &bundle]);
    let other = world.path().join("other");
    world.git_in(world.path(), &["init", "--quiet", &text(&other)]);
    world.git_in(&other, &["-c", "fetch.fsckObjects=true", "fetch", "--quiet", &bundle, "refs/plans/*:refs/plans/*"]);
    assert_same_and_writable(&world, &other);
}

#[test]
fn a_plan_is_pushed_and_fetched_by_refspec() {
    let world = world(&[]);
    let hub = world.path().join("hub.git");
    world.git_in(world.path(), &["init", "--quiet", "--bare", &text(&hub)]);
    world.git_in(&hub, &["config", "receive.fsckObjects", "true"]);
    world.git(&["push", "--quiet", &text(&hub), "refs/plans/*:refs/plans/*"]);
    assert_same_and_writable(&world, &hub);
    world.git(&["fetch", "--quiet", &text(&hub), "refs/plans/*:refs/plans/*"]);
    assert!(world.plan(&["show"]).done().contains("written over there"), "a fast-forward of the ref is enough");
    world.plan(&["note", "and back"]).done();
}

#[test]
fn linked_worktrees_share_their_plans_and_submodules_do_not() {
    let world = world(&[]);
    world.git(&["commit", "--quiet", "--allow-empty", "-m", "Begin"]);
    let linked = world.path().join("linked");
    world.git(&["worktree", "add", "--quiet", &text(&linked)]);
    assert_same_and_writable(&world, &linked);
    assert!(world.plan(&["show"]).done().contains("written over there"), "there is one plan");
    world.plan(&["note", "and from here"]).done();
    assert!(world.plan_in(&linked, &["show"]).done().contains("and from here"));

    let sub = world.path().join("repository/sub");
    let allow = ["-c", "protocol.file.allow=always"];
    world.git(&[&allow[..], &["submodule", "--quiet", "add", &text(&world.repository()), "sub"]].concat());
    assert!(sub.join(".git").is_file(), "a submodule's .git is a file");
    world.plan_in(&sub, &["status"]).failed(4, "no plan");
    world.plan_in(&sub, &["new", "Of the submodule"]).done();
    world.plan(&["show", "-p", "of-the-submodule"]).failed(4, "there is no plan");
    world.assert_sound(&sub);
}

#[test]
fn the_branch_decides_which_plan_is_chosen() {
    let world = world(&[]);
    world.git(&["commit", "--quiet", "--allow-empty", "-m", "Begin"]);
    world.begin("q", &[]);
    world.plan(&["switch", "p"]).done();
    world.git(&["switch", "--quiet", "-c", "feature"]);
    world.plan(&["status"]).failed(5, "which plan?");
    world.plan(&["switch", "q"]).done();
    assert!(world.plan(&["status"]).done().starts_with("Plan q"), "one for this branch");
    world.git(&["switch", "--quiet", "main"]);
    assert!(world.plan(&["status"]).done().starts_with("Plan p"), "another for that");
}

#[test]
fn a_bare_repository_git_dir_and_a_named_directory_lead_to_the_plan() {
    let mut world = world(&[]);
    let bare = world.path().join("bare.git");
    world.git(&["clone", "--quiet", "--bare", ".", &text(&bare)]);
    world.git_in(&bare, &["fetch", "--quiet", "origin", "refs/plans/*:refs/plans/*"]);
    assert_same_and_writable(&world, &bare);
    let expected = world.plan(&["show", "--raw"]).done();
    assert_eq!(world.plan_in(world.path(), &["-C", "repository", "show", "--raw"]).done(), expected, "-C");
    let deeper = ["-C", "repository", "-C", ".git", "show", "--raw"];
    assert_eq!(world.plan_in(world.path(), &deeper).done(), expected, "-C twice, into .git");
    let directory = world.repository().join("deep/down");
    fs::create_dir_all(&directory).expect("a subdirectory");
    assert_eq!(world.plan_in(&directory, &["show", "--raw"]).done(), expected, "from below");
    world.plan_in(world.path(), &["-C", "nowhere", "show"]).failed(8, "cannot change to nowhere");
    let git_dir = text(&world.repository().join(".git"));
    world.env.insert("GIT_DIR".to_owned(), git_dir);
    assert_eq!(world.plan_in(world.path(), &["show", "--raw"]).done(), expected, "GIT_DIR");
    world.env.insert("GIT_DIR".to_owned(), text(&world.path().join("nowhere")));
    world.plan(&["show"]).failed(8, "no git repository");
}

#[test]
fn git_finds_the_program_as_a_command_of_its_own() {
    let world = world(&[]);
    let plan = world.git(&["plan", "show", "--raw"]);
    assert_eq!(plan, world.plan(&["show", "--raw"]).done().trim_end(), "git plan … is the same program");
    assert!(world.git_in(world.path(), &["-C", "repository", "plan", "list"]).contains("Plan p"), "git -C too");
    world.git(&["config", "alias.pl", "plan list"]);
    assert!(world.git(&["pl"]).contains("Plan p"), "and an alias");
}

#[test]
fn a_clone_without_trees_has_all_of_a_plan() {
    let world = world(&[]);
    world.git(&["commit", "--quiet", "--allow-empty", "-m", "Begin"]);
    world.git(&["config", "uploadpack.allowFilter", "true"]);
    let partial = world.path().join("partial");
    let url = format!("file://{}", text(&world.repository()));
    world.git(&["clone", "--quiet", "--filter=tree:0", "--no-checkout", &url, &text(&partial)]);
    world.git_in(&partial, &["fetch", "--quiet", "origin", "refs/plans/*:refs/plans/*"]);
    let expected = world.plan(&["show", "--raw"]).done();
    assert_eq!(world.plan_in(&partial, &["show", "--raw"]).done(), expected, "read without a single tree");
    world.plan_in(&partial, &["note", "written over there"]).done();
    world.assert_chained(&partial, "p");
}

#[test]
fn a_shallow_clone_says_that_it_is_cut_and_is_not_written_to() {
    let world = world(&[]);
    world.git(&["commit", "--quiet", "--allow-empty", "-m", "Begin"]);
    let shallow = world.path().join("shallow");
    let url = format!("file://{}", text(&world.repository()));
    world.git(&["clone", "--quiet", "--depth=1", &url, &text(&shallow)]);
    world.git_in(&shallow, &["fetch", "--quiet", "--depth=1", "origin", "refs/plans/*:refs/plans/*"]);
    let shown = world.plan_in(&shallow, &["-p", "p", "show"]);
    assert_eq!(shown.status, Some(7), "a plan without its beginning is no whole plan:\n{shown}");
    assert!(shown.stderr.contains("shallow"), "and it is said why:\n{shown}");
    let tip = world.git_in(&shallow, &["rev-parse", "plans/p"]);
    world.plan_in(&shallow, &["-p", "p", "note", "x"]).failed(7, "shallow");
    assert_eq!(world.git_in(&shallow, &["rev-parse", "plans/p"]), tip, "nothing was written");
    world.git_in(&shallow, &["fetch", "--quiet", "--unshallow", "origin", "refs/plans/*:refs/plans/*"]);
    assert_same_and_writable(&world, &shallow);
}

#[test]
fn plans_live_in_reftables_and_with_borrowed_objects() {
    let world = world(&["--ref-format=reftable"]);
    world.assert_chained(&world.repository(), "p");
    world.git(&["pack-refs", "--all"]);
    world.plan(&["note", "after packing"]).done();
    assert!(world.git(&["reflog", "show", "plans/p"]).contains("plan: "), "with a reflog");
    let borrower = world.path().join("borrower");
    world.git_in(
        world.path(),
        &["clone", "--quiet", "--shared", "--no-checkout", &text(&world.repository()), &text(&borrower)],
    );
    world.git_in(&borrower, &["fetch", "--quiet", "origin", "refs/plans/*:refs/plans/*"]);
    assert_same_and_writable(&world, &borrower);
}

#[test]
fn replacements_and_grafts_do_not_change_a_plan() {
    let world = world(&[]);
    let before = world.plan(&["show", "--raw"]).done();
    let forged = world.git(&["commit-tree", "-m", "Forged", "4b825dc642cb6eb9a060e54bf8d69288fbee4904"]);
    world.git(&["replace", &world.git(&["rev-parse", "plans/p"]), &forged]);
    assert_eq!(world.plan(&["show", "--raw"]).done(), before, "a replacement is not followed");
}

#[test]
fn the_code_commit_of_a_command_is_in_its_event() {
    let world = world(&[]);
    world.git(&["commit", "--quiet", "--allow-empty", "-m", "Begin"]);
    world.plan(&["note", "x"]).done();
    let events = world.assert_chained(&world.repository(), "p");
    let last = events.last().expect("an event");
    assert_eq!(last["code"].as_str(), Some(world.git(&["rev-parse", "HEAD"]).as_str()), "{last}");
}

#[test]
fn ssh_signed_events_are_verified_by_git() -> Outcome {
    let world = World::with_repository(&[]);
    let keygen = ["-q", "-t", "ed25519", "-N", "", "-f", "key"];
    assert!(world.command("ssh-keygen", world.path()).args(keygen).status()?.success(), "a key is made");
    let public = fs::read_to_string(world.path().join("key.pub"))?;
    fs::write(world.path().join("allowed"), format!("ada@example.org {public}"))?;
    world.git(&["config", "commit.gpgSign", "true"]);
    world.git(&["config", "gpg.format", "ssh"]);
    world.git(&["config", "user.signingKey", &text(&world.path().join("key"))]);
    world.git(&["config", "gpg.ssh.allowedSignersFile", &text(&world.path().join("allowed"))]);
    assert_all_verified(&world, "Good \"git\" signature for ada@example.org");
    world.git(&["config", "user.signingKey", "/nowhere"]);
    let tip = world.git(&["rev-parse", "plans/p"]);
    world.plan(&["note", "x"]).failed(8, "cannot sign");
    assert_eq!(world.git(&["rev-parse", "plans/p"]), tip, "what cannot be signed is not written");
    Ok(())
}

#[test]
fn openpgp_signed_events_are_verified_by_git() -> Outcome {
    let mut world = World::with_repository(&[]);
    let home: PathBuf = world.path().join("gpg");
    fs::create_dir(&home)?;
    fs::set_permissions(&home, fs::Permissions::from_mode(0o700))?;
    world.env.insert("GNUPGHOME".to_owned(), text(&home));
    let generate =
        ["--batch", "--quiet", "--passphrase", "", "--quick-generate-key", "Ada <ada@example.org>", "ed25519"];
    let Ok(made) = world.command("gpg", world.path()).args(generate).output() else {
        return Ok(()); // No gpg here.
    };
    assert!(made.status.success(), "gpg makes a key: {}", String::from_utf8_lossy(&made.stderr));
    world.git(&["config", "plan.sign", "true"]);
    assert_all_verified(&world, "Good signature from \"Ada <ada@example.org>\"");
    world.command("gpgconf", world.path()).args(["--kill", "all"]).status()?;
    Ok(())
}

/// Asserts that git verifies the signature of every event of a plan made now.
fn assert_all_verified(world: &World, words: &str) {
    world.begin("p", &["One"]);
    world.plan(&["step", "done", "1", "-m", "A reason"]).done();
    for commit in world.git(&["rev-list", "plans/p"]).lines() {
        let said = world.try_git(&["verify-commit", commit]);
        assert!(said.status == Some(0) && said.stderr.contains(words), "git verifies {commit}:\n{said}");
    }
    assert_eq!(world.assert_chained(&world.repository(), "p").len(), 3, "signatures are no part of the payload");
    world.assert_sound(&world.repository());
}
