//! Where a repository lies, whether it may be used, and what it says about itself and its user.

use std::fs;

use git_plan_core::Timestamp;
use git_plan_store::{Error, Identity, Repository};

use crate::fixture::{Outcome, World, append, slug, write_commit};

#[test]
fn a_directory_outside_of_any_repository_is_refused_with_advice() {
    let world = World::new();
    let error = Repository::open(world.path(), &world.env).expect_err("there is no repository");
    assert_eq!(error.code(), "not-a-repository");
    assert!(error.to_string().contains("git init"), "the message says what to do: {error}");
}

#[test]
fn a_subdirectory_a_work_tree_a_bare_clone_and_a_submodule_are_found_as_git_finds_them() -> Outcome {
    let world = World::with_repository(&[]);
    world.git(&["commit", "--quiet", "--allow-empty", "-m", "first"]);
    world.git(&["worktree", "add", "--quiet", "../linked"]);
    world.git(&["clone", "--quiet", "--bare", ".", "../bare"]);
    world.git(&["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", "../bare", "module"]);
    fs::create_dir_all(world.repository().join("a/b"))?;
    for place in ["repository/a/b", "linked", "bare", "repository/module", "repository/.git"] {
        let directory = world.path().join(place);
        let repository = Repository::open(&directory, &world.env)?;
        let git = |question: &str| -> Result<String, std::io::Error> {
            let mut command = world.command("git", &directory);
            let output = command.args(["rev-parse", "--path-format=absolute", question]).output()?;
            Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
        };
        let same = |ours: &std::path::Path, question: &str| -> Outcome {
            assert_eq!(fs::canonicalize(ours)?, fs::canonicalize(git(question)?)?, "{question} in {place}");
            Ok(())
        };
        same(repository.git_dir(), "--git-dir")?;
        same(repository.common_dir(), "--git-common-dir")?;
        if git("--is-inside-work-tree")? == "true" {
            same(repository.work_dir().ok_or("a work tree")?, "--show-toplevel")?;
        }
        assert_eq!(repository.head_commit()?.map(|id| id.to_string()), Some(git("HEAD")?), "HEAD in {place}");
    }
    assert_eq!(Repository::open(&world.path().join("bare"), &world.env)?.work_dir(), None, "a bare one has none");
    Ok(())
}

#[test]
fn git_dir_and_git_work_tree_name_the_repository() -> Outcome {
    let world = World::with_repository(&[]);
    let env = world.env.clone().with("GIT_DIR", "repository/.git").with("GIT_WORK_TREE", "home");
    let repository = Repository::open(world.path(), &env)?;
    assert_eq!(repository.git_dir(), world.repository().join(".git"));
    assert_eq!(repository.work_dir(), Some(world.path().join("home").as_path()));
    append(&repository, "p")?;
    assert!(!world.git(&["rev-parse", "refs/plans/p"]).is_empty(), "the plan is where git looks for it");
    Ok(())
}

#[test]
fn a_plan_written_in_a_linked_work_tree_lands_in_the_common_directory() -> Outcome {
    let world = World::with_repository(&[]);
    world.git(&["commit", "--quiet", "--allow-empty", "-m", "first"]);
    world.git(&["worktree", "add", "--quiet", "-b", "side", "../linked"]);
    let repository = Repository::open(&world.path().join("linked"), &world.env)?;
    let id = append(&repository, "p")?;
    assert_eq!(world.open().tip(&slug("p"))?, Some(id), "all work trees see one plan");
    assert_eq!(world.git(&["rev-parse", "refs/plans/p"]), id.to_string());
    assert_eq!(repository.head_branch()?.as_deref(), Some("side"), "HEAD belongs to the work tree");
    assert_eq!(world.open().head_branch()?.as_deref(), Some("main"));
    Ok(())
}

#[test]
fn head_is_none_before_the_first_commit_and_has_no_branch_when_detached() -> Outcome {
    let world = World::with_repository(&[]);
    assert_eq!(world.open().head_commit()?, None);
    assert_eq!(world.open().head_branch()?.as_deref(), Some("main"), "the branch has a name before it exists");
    world.git(&["commit", "--quiet", "--allow-empty", "-m", "first"]);
    world.git(&["pack-refs", "--all"]);
    assert_eq!(world.open().head_commit()?.map(|id| id.to_string()), Some(world.git(&["rev-parse", "HEAD"])));
    world.git(&["checkout", "--quiet", "--detach"]);
    assert_eq!(world.open().head_branch()?, None);
    Ok(())
}

#[test]
fn formats_that_are_not_known_are_refused_before_anything_is_written() {
    for (key, value) in [
        ("core.repositoryFormatVersion", "2"),
        ("extensions.timeTravel", "true"),
        ("extensions.compatObjectFormat", "sha256"),
        ("extensions.refStorage", "postgres"),
    ] {
        let world = World::with_repository(&[]);
        world.git(&["config", "core.repositoryFormatVersion", "1"]);
        world.git(&["config", key, value]);
        let error = Repository::open(&world.repository(), &world.env).expect_err(key);
        assert_eq!(error.code(), "unsupported", "{key} = {value}: {error}");
    }
}

#[test]
fn a_quarantine_and_a_bare_repository_that_must_be_named_are_refused() -> Outcome {
    let world = World::with_repository(&["--bare"]);
    let env = world.env.clone().with("GIT_QUARANTINE_PATH", "/somewhere");
    assert_eq!(Repository::open(&world.repository(), &env).expect_err("inside a hook").code(), "unsupported");
    let env = world.env.clone().with("GIT_CONFIG_PARAMETERS", "'safe.bareRepository=explicit'");
    assert_eq!(Repository::open(&world.repository(), &env).expect_err("found, not named").code(), "unsupported");
    Repository::open(&world.repository(), &env.with("GIT_DIR", world.repository()))?;
    Ok(())
}

#[test]
fn the_cut_of_a_shallow_clone_is_known() -> Outcome {
    let world = World::with_repository(&[]);
    for subject in ["1", "2"] {
        world.git(&["commit", "--quiet", "--allow-empty", "-m", subject]);
    }
    let url = format!("file://{}", world.repository().display());
    world.git(&["clone", "--quiet", "--depth=1", &url, "../shallow"]);
    let cut = Repository::open(&world.path().join("shallow"), &world.env)?.shallow()?;
    let head = world.git(&["rev-parse", "HEAD"]);
    assert_eq!(cut.iter().map(ToString::to_string).collect::<Vec<_>>(), vec![head], "its parent is absent");
    assert!(world.open().shallow()?.is_empty());
    Ok(())
}

#[test]
fn a_repository_of_another_user_is_refused_as_git_refuses_it_until_it_is_called_safe() -> Outcome {
    let world = World::with_repository(&[]);
    let foreign = [world.repository(), world.repository().join(".git")];
    if foreign.iter().any(|path| std::os::unix::fs::chown(path, Some(54_321), None).is_err()) {
        return Ok(()); // Only root can give files away.
    }
    assert!(!world.try_git(&["status"]).status.success(), "git itself refuses");
    let error = Repository::open(&world.repository(), &world.env).expect_err("it is somebody else's");
    assert_eq!(error.code(), "unowned");
    assert!(error.to_string().contains("--add safe.directory"), "git's own way out is named: {error}");
    let path = world.repository().display().to_string();
    fs::write(world.path().join("home/.gitconfig"), format!("[safe]\n\tdirectory = {path}\n"))?;
    assert!(world.try_git(&["status"]).status.success(), "git accepts it now");
    Repository::open(&world.repository(), &world.env)?;
    Ok(())
}

#[test]
fn configuration_follows_includes_and_the_command_line_wins() -> Outcome {
    let world = World::with_repository(&[]);
    fs::write(world.path().join("home/.gitconfig"), "[plan]\n\ta = home\n\tb = home\n[include]\n\tpath = more\n")?;
    fs::write(world.path().join("home/more"), "[plan]\n\tb = included\n\tc = included\n\te\n")?;
    world.git(&["config", "plan.c", "own"]);
    let env = world.env.clone().with("GIT_CONFIG_PARAMETERS", "'plan.d'='given; # \"all\"' 'plan.c'='given'");
    let repository = Repository::open(&world.repository(), &env)?;
    for key in ["a", "b", "c", "d"] {
        let key = format!("plan.{key}");
        let mut git = world.command("git", &world.repository());
        let output = git.envs(env.iter()).args(["config", &key]).output()?;
        let expected = String::from_utf8_lossy(&output.stdout).trim_end().to_owned();
        assert_eq!(repository.config().string(&key), Some(expected), "{key} is what git says it is");
    }
    assert_eq!(repository.config().boolean("plan.e")?, Some(true), "a key alone is true");
    assert_eq!(repository.config().boolean("plan.a").expect_err("home is no boolean").code(), "config");
    Ok(())
}

#[test]
fn a_missing_identity_names_the_command_that_sets_it() {
    let world = World::with_repository(&[]);
    let without = |name: &str| {
        let env = world.env.clone().without(name);
        Repository::open(&world.repository(), &env).and_then(|repository| repository.author())
    };
    let error = without("GIT_AUTHOR_NAME").expect_err("no name is set");
    assert_eq!(error.code(), "missing-identity");
    assert!(error.to_string().contains(r#"git config --global user.name "Your Name""#), "{error}");
    let error = without("GIT_AUTHOR_EMAIL").expect_err("no address is set, and none is guessed");
    assert!(error.to_string().contains("git config --global user.email"), "{error}");
    assert!(matches!(Identity::new(" ,<>", "x@y"), Err(Error::MissingIdentity { .. })), "crud is no name");
}

#[test]
fn identities_are_read_and_stripped_as_git_does_it() -> Outcome {
    let world = World::with_repository(&[]);
    world.git(&["config", "user.name", "User"]);
    world.git(&["config", "user.email", "user@example.org"]);
    world.git(&["config", "author.email", "author@example.org"]);
    let bare = world.env.clone().without("GIT_AUTHOR_NAME").without("GIT_AUTHOR_EMAIL");
    for name in ["Ada", " Ada B. <Countess>, Jr. ", "'O\"Hara'", "", ",;", "A\tB\nC", "Ada."] {
        let env = bare.clone().with("GIT_AUTHOR_NAME", name);
        let repository = Repository::open(&world.repository(), &env)?;
        let mut git = world.command("git", &world.repository());
        let output = git.env_clear().envs(env.iter()).args(["var", "GIT_AUTHOR_IDENT"]).output()?;
        let ours = repository.author().map(|author| author.line(Timestamp::from_millis(1_700_000_000_000)));
        let git = output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim_end().to_owned());
        assert_eq!(ours.ok(), git, "the identity made of {name:?} is git's");
    }
    let author = Repository::open(&world.repository(), &bare)?.author()?;
    assert_eq!((author.name(), author.email()), ("User", "author@example.org"), "git's order of preference");
    Ok(())
}

#[test]
fn a_revision_is_what_git_says_it_is_and_never_an_option() -> Outcome {
    let world = World::with_repository(&[]);
    let repository = world.open();
    let id = append(&repository, "p")?;
    assert_eq!(repository.rev_parse("plans/p")?, Some(id));
    assert_eq!(repository.rev_parse("refs/plans/none")?, None);
    assert_eq!(repository.rev_parse("--git-dir")?, None, "what looks like an option is a name that nothing has");
    let other = write_commit(&repository, Some(id), "2");
    world.git(&["replace", &id.to_string(), &other.to_string()]);
    assert_eq!(repository.rev_parse("plans/p^{commit}")?, Some(id), "replace refs are off");
    Ok(())
}
