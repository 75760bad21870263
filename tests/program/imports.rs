//! Files become plans, byte for byte, with the history that git has of them.

use std::path::Path;
use std::process::Output;

use insta::assert_snapshot;

use crate::world::{Outcome, PROGRAM, World};

const PLAN: &str = "# Search ExecPlan\n\n## Progress\n\n- [x] Index\n- [ ] Query\n";

impl World {
    /// Writes a file of the work tree.
    fn put(&self, path: &str, bytes: impl AsRef<[u8]>) {
        let path = self.repository().join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder is made");
        std::fs::write(path, bytes).expect("a file is written");
    }

    /// Commits the work tree, as somebody at some time.
    fn commit(&self, author: &str, date: &str, subject: &str) {
        self.git(&["add", "--all"]);
        let mut command = self.command("git", &self.repository());
        command.env("GIT_AUTHOR_DATE", date).env("GIT_COMMITTER_DATE", date);
        let author = format!("--author={author} <{author}@example.org>");
        let done = command.args(["commit", "--quiet", "--allow-empty", &author, "-m", subject]).status();
        assert!(done.is_ok_and(|status| status.success()), "{subject:?} is committed");
    }

    /// The bytes that `show --raw` writes.
    fn raw(&self, slug: &str) -> Vec<u8> {
        let mut command = self.command(PROGRAM, &self.repository());
        let Output { stdout, status, .. } = command.args(["-p", slug, "show", "--raw"]).output().expect("it runs");
        assert!(status.success(), "plan {slug} is shown");
        stdout
    }
}

#[test]
fn a_file_of_any_bytes_is_a_plan_that_has_them_back() {
    let samples: &[&[u8]] = &[
        PLAN.as_bytes(),
        b"\xef\xbb\xbf# Mark\r\n\r\n## Steps\r\n\r\n1. [ ] One\r\n2. [x] Two",
        b"# Cut \xe6\x97\n\n- [ ] A byte \xff and a NUL \0 in a step\n\xc3",
        "# Noncharacters \u{fdd0}\u{fde0}\n\n\u{fdef}\n".as_bytes(),
        b"",
        b"\0",
        b"no heading\n\n\n\n",
    ];
    let world = World::new();
    for (at, bytes) in samples.iter().enumerate() {
        let (file, slug) = (format!("{at}.md"), format!("p{at}"));
        world.put(&file, bytes);
        world.plan(&["import", "--slug", &slug, &file]).done();
        assert_eq!(world.raw(&slug), *bytes, "sample {at} comes back to the byte");
        world.plan_reading(bytes, &["import", "--slug", &format!("{slug}-in"), "-"]).done();
        assert_eq!(world.raw(&format!("{slug}-in")), *bytes, "and so it does from stdin");
    }
    let shown = world.plan(&["-p", "p2", "show"]).done();
    assert!(shown.contains("A byte <FF> and a NUL <00> in a step"), "what is no text is shown as its bytes: {shown}");
    world.assert_sound(&world.repository());
}

#[test]
fn a_folder_is_a_plan_for_each_of_its_files() -> Outcome {
    let world = World::new();
    world.put("plans/a.md", "# Search\n\n- [ ] One\n");
    world.put("plans/deep/er/README.md", "# Search\n\nAnother.\n");
    world.put("plans/deep/README.md", "---\nslug: given\n---\n# Title\n");
    world.put("plans/nameless.md", "words\n");
    for other in [".hidden/x.md", "node_modules/y.md", "target/z.md", "notes.txt"] {
        world.put(&format!("plans/{other}"), "# Not a plan\n");
    }
    world.put("outside.md", "# Outside\n");
    std::os::unix::fs::symlink("../outside.md", world.repository().join("plans/link.md"))?;
    std::os::unix::fs::symlink("..", world.repository().join("plans/up"))?;
    world.put("empty/none.txt", "");
    for line in [
        &["import", "--dry-run", "plans"][..],
        &["list"],
        &["import", "plans"],
        &["import", "plans"],
        &["import", "--json", "plans/a.md", "plans/nameless.md"],
        &["import", "--slug", "one", "plans"],
        &["import", "empty"],
        &["import", "plans/a.md", "plans/gone.md"],
    ] {
        world.tell(line);
    }
    assert_snapshot!(world.transcript());
    Ok(())
}

#[test]
fn a_file_is_taken_in_once_and_its_edits_are_left_to_absorb() {
    let world = World::new();
    world.put("a.md", PLAN);
    world.tell(&["import", "a.md"]);
    world.tell(&["import", "a.md"]);
    world.plan(&["step", "done", "2"]).done();
    world.tell(&["import", "a.md"]);
    world.put("a.md", PLAN.replace("Query", "Ask"));
    world.tell(&["import", "a.md"]);
    world.put("b.md", "# Search\n\nSomething else.\n");
    world.tell(&["import", "b.md"]);
    world.put("c.md", "# New\n");
    // What cannot be taken in stands in no other's way, and the name of another file's plan is let be.
    let said = world.plan(&["import", "a.md", "b.md", "c.md"]).ended(1);
    assert_snapshot!(format!("{}{said}", world.transcript()));
}

#[test]
fn the_history_of_a_file_is_the_history_of_its_plan() {
    let world = World::new();
    let text =
        |query: &str| format!("# Search\n\nWhat is to be found, and by whom.\n\n- [x] Index\n- [{query}] Query\n");
    world.put("old.md", text(" "));
    world.commit("grace", "2026-03-01T10:00:00Z", "Begin");
    world.commit("grace", "2026-03-02T10:00:00Z", "Nothing");
    world.git(&["mv", "old.md", "plan.md"]);
    world.commit("linus", "2026-03-03T10:00:00Z", "Move");
    world.put("plan.md", text("x"));
    world.commit("linus", "2026-03-04T10:00:00Z", "Tick");
    world.git(&["rm", "--quiet", "plan.md"]);
    world.commit("linus", "2026-03-05T10:00:00Z", "Remove");
    world.put("plan.md", text("x") + "- [ ] Rank\n");
    world.commit("grace", "2026-03-06T10:00:00Z", "Bring back");
    world.put("plan.md", text("x") + "- [x] Rank\n");
    for line in [
        &["import", "--history", "--dry-run", "plan.md"][..],
        &["import", "--history", "plan.md"],
        &["import", "--history", "plan.md"],
        &["log", "--oneline"],
        &["log", "--type", "step.completed"],
        &["log", "--actor", "linus", "--oneline"],
        &["show", "--at", "2026-03-02"],
        &["show", "--at", "2026-03-04", "--raw"],
        &["show", "--at", "2026-02-28"],
        &["import", "--history", "--layout", "cookbook", "plan.md"],
        &["import", "--history", "nowhere.md"],
    ] {
        world.tell(line);
    }
    assert_eq!(world.raw("search"), (text("x") + "- [x] Rank\n").into_bytes(), "the last version is the work tree's");
    assert_eq!(world.git(&["reflog", "show", "--format=%h", "refs/plans/search"]).lines().count(), 1, "one ref move");
    world.put("fresh.md", "# Fresh\n");
    world.tell(&["import", "--history", "fresh.md"]);
    let events = world.assert_chained(&world.repository(), "search");
    let code: Vec<_> = events.iter().filter_map(|event| event["code"].as_str()).collect();
    assert_eq!(code.len(), events.len(), "every event names its commit");
    assert_snapshot!(world.transcript());
}

#[test]
fn histories_of_living_plans_end_in_their_last_version() -> Outcome {
    let Some(corpus) = std::env::var_os("GIT_PLAN_CORPUS") else {
        eprintln!("SKIPPED: set GIT_PLAN_CORPUS to a folder with histories/<name>/meta.tsv to import living plans");
        return Ok(());
    };
    let mut folders: Vec<_> = std::fs::read_dir(Path::new(&corpus).join("histories"))?
        .map(|entry| Ok(entry?.path()))
        .collect::<Outcome<_>>()?;
    folders.sort();
    let mut failures = Vec::new();
    for folder in folders.iter().step_by(folders.len().div_ceil(crate::world::short_or_long(8, 1000)).max(1)) {
        let world = World::new();
        let Some((path, last)) = committed(&world, folder)? else { continue };
        world.plan(&["import", "--history", "--slug", "living", &path]).done();
        if world.raw("living") != last {
            failures.push(folder.display().to_string());
        }
        world.assert_chained(&world.repository(), "living");
    }
    assert_eq!(failures, Vec::<String>::new(), "each plan shows the last version of its file");
    Ok(())
}

/// Commits the versions of a living plan; gives its path and last text.
fn committed(world: &World, folder: &Path) -> Outcome<Option<(String, Vec<u8>)>> {
    let mut last: Option<(String, Vec<u8>)> = None;
    for row in std::fs::read_to_string(folder.join("meta.tsv"))?.lines().skip(1) {
        let fields: Vec<&str> = row.split('\t').collect();
        let [version, _, date, subject, path, ..] = fields[..] else { continue };
        let Ok(bytes) = std::fs::read(folder.join(format!("{version}.md"))) else { continue };
        if let Some((before, _)) = last.as_ref().filter(|(before, _)| before != path) {
            world.git(&["rm", "--quiet", "--cached", before]);
            std::fs::remove_file(world.repository().join(before))?;
        }
        world.put(path, &bytes);
        world.commit("bob", date, if subject.is_empty() { "edit" } else { subject });
        last = Some((path.to_owned(), bytes));
    }
    Ok(last)
}
