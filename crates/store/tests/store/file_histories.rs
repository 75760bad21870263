//! The history of a user's file, as git tells it.

use git_plan_store::FileVersion;

use crate::fixture::{Outcome, World};

impl World {
    fn put(&self, path: &str, text: &str) {
        let path = self.repository().join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder is made");
        std::fs::write(path, text).expect("a file is written");
    }

    fn commit(&self, subject: &str) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "-m", subject]);
    }
}

fn texts(versions: &[FileVersion]) -> Vec<Option<String>> {
    let text = |version: &FileVersion| version.bytes.as_ref().map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    versions.iter().map(text).collect()
}

fn long(last: &str) -> String {
    (1..30).map(|i| format!("line {i}\n")).collect::<String>() + last
}

#[test]
fn renames_removals_and_returns_are_followed() -> Outcome {
    let world = World::with_repository(&[]);
    assert_eq!(world.open().file_history(b"plan.md")?, [], "a branch without commits has no versions");
    world.git(&["config", "log.showRoot", "false"]);
    world.git(&["config", "diff.renames", "false"]);
    world.put("-old *.md", &long("one"));
    world.commit("one");
    world.put("-old *.md", &long("two"));
    world.commit("two");
    world.commit("nothing");
    world.git(&["mv", "--", "-old *.md", "plan.md"]);
    world.commit("moved");
    world.git(&["rm", "--quiet", "plan.md"]);
    world.commit("gone");
    world.put("plan.md", "anew");
    world.commit("anew");
    let versions = world.open().file_history(b"plan.md")?;
    let expected = [Some(long("one")), Some(long("two")), Some(long("two")), None, Some("anew".to_owned())];
    assert_eq!(texts(&versions), expected, "each version is there once, oldest first");
    assert_eq!(world.open().file_history(b"*.md")?, [], "a path is a path and no pattern");
    Ok(())
}

#[test]
fn a_merge_is_told_as_the_line_that_it_brought_in_or_as_one_version() -> Outcome {
    let world = World::with_repository(&[]);
    let on_side = |texts: &[&str]| {
        world.git(&["checkout", "--quiet", "-b", "side"]);
        for text in texts {
            world.put("plan.md", text);
            world.commit(text);
        }
        world.git(&["checkout", "--quiet", "main"]);
    };
    world.put("plan.md", "1\n2\n3\n4\n5\n");
    world.commit("base");
    on_side(&["one\n2\n3\n4\n5\n", "uno\n2\n3\n4\n5\n"]);
    world.put("other", "");
    world.commit("other");
    world.git(&["merge", "--quiet", "--no-ff", "-m", "merge", "side"]);
    let versions = texts(&world.open().file_history(b"plan.md")?);
    assert_eq!(versions.len(), 3, "the merge stands for its two commits: {versions:?}");
    world.git(&["branch", "--delete", "side"]);
    on_side(&["uno\n2\n3\n4\nfive\n"]);
    world.put("plan.md", "eins\n2\n3\n4\n5\n");
    world.commit("eins");
    world.git(&["merge", "--quiet", "--no-ff", "-m", "both", "side"]);
    let versions = texts(&world.open().file_history(b"plan.md")?);
    assert_eq!(versions.len(), 5, "what both sides changed is one version: {versions:?}");
    assert_eq!(versions[4].as_deref(), Some("eins\n2\n3\n4\nfive\n"), "the last is the merged text");
    Ok(())
}
