//! The first hour of somebody who has read the README and nothing else: from an empty directory, with every mistake that one
//! makes there. Each message says what to do next.

use std::path::PathBuf;

use crate::world::{Outcome, PROGRAM, Said, World};

/// Somebody new, and all that they have typed and read.
struct Newcomer {
    world: World,
    transcript: String,
    /// What failed and did not say what to do.
    helpless: Vec<String>,
    /// What failed and should not have, and the other way round.
    surprising: Vec<String>,
}

impl Newcomer {
    fn arrives() -> Outcome<Self> {
        let mut world = World::empty();
        for name in ["GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"] {
            world.env.remove(name);
        }
        // No machine's own name is to stand in for an identity, whatever it is called.
        std::fs::write(world.path().join("home/.gitconfig"), "[user]\n\tuseConfigOnly = true\n")?;
        std::fs::create_dir(world.path().join("project"))?;
        Ok(Self { world, transcript: String::new(), helpless: Vec::new(), surprising: Vec::new() })
    }

    fn project(&self) -> PathBuf {
        self.world.path().join("project")
    }

    fn git(&self, arguments: &[&str]) {
        self.world.git_in(&self.project(), arguments);
    }

    /// Types a command line of `git plan`.
    fn types(&mut self, line: &str, is_right: bool) {
        let mut command = self.world.command("sh", &self.project());
        let output = command.args(["-c", &line.replacen("git plan", PROGRAM, 1)]).output().expect("a shell runs");
        let said = Said::of(&output);
        let told = format!("$ {line}\n{said}\n");
        // What it says is asked of standard output, too: a question with an answer is no failure.
        let helps = ["hint:", "`git ", "tip:", "try '--help'", "Usage:", "with --"]
            .iter()
            .any(|sign| said.stderr.contains(sign));
        let is_answer = said.status == Some(0) || !said.stdout.is_empty();
        if !is_answer && !helps {
            self.helpless.push(told.clone());
        }
        if (said.status == Some(0)) != is_right {
            self.surprising.push(told.clone());
        }
        self.transcript.push_str(&told);
    }

    /// Types a command that is wrong here, and must be told so.
    fn errs(&mut self, lines: &[&str]) {
        for line in lines {
            self.types(line, false);
        }
    }

    /// Types a command that does what it says.
    fn does(&mut self, lines: &[&str]) {
        for line in lines {
            self.types(line, true);
        }
    }
}

#[test]
fn every_message_that_a_newcomer_meets_says_what_to_do_next() -> Outcome {
    let mut new = Newcomer::arrives()?;
    new.errs(&["git plan status", "git plan new 'Dark mode'"]);
    new.git(&["init", "--quiet", "--initial-branch=main"]);
    new.errs(&["git plan new 'Dark mode'"]);
    new.git(&["config", "user.name", "Nia"]);
    new.git(&["config", "user.email", "nia@example.org"]);
    new.git(&["config", "plan.fsync", "false"]);
    new.errs(&["git plan status", "git plan next", "git plan step add Build", "git plan sync"]);
    new.does(&["git plan list", "git plan prime"]);
    new.errs(&["git plan neww 'Dark mode'", "git plan new", "git plan --plan"]);
    new.does(&["git plan new 'Dark mode' --objective 'Add dark mode support across the web application.'"]);
    new.does(&["git plan status", "git plan next", "git plan show"]);
    new.errs(&["git plan step", "git plan step add", "git plan step finish 1", "git plan step done 1"]);
    new.does(&["git plan step add 'Create theme context' 'Update components' 'Add toggle UI'"]);
    new.errs(&["git plan step done 9", "git plan step done", "git plan step done toggle", "git plan step move 1"]);
    new.does(&["git plan step start 1"]);
    new.errs(&["git plan step start 1"]);
    new.does(&["git plan step done 1 -m 'Reviewed'"]);
    new.errs(&["git plan step done 1", "git plan step start 1", "git plan step claim 1", "git plan step release 2"]);
    new.errs(&["git plan step depend 2 --on 2", "git plan step move 2 --under 2", "git plan step restore 2"]);
    new.errs(&["git plan decide", "git plan decision accept 4", "git plan criterion met 1", "git plan answer 1 Yes"]);
    new.errs(&[
        "git plan unblock 1",
        "git plan decide ''",
        "git plan note -m Why",
        "git plan block 'No access' --on 8",
    ]);
    new.does(&["git plan decide 'Use CSS variables' --because 'No flash'"]);
    new.errs(&["git plan decide 'Use Sass' --supersedes 3", "git plan decision accept 1"]);
    new.errs(&["git plan why nothing", "git plan show --at nonsense", "git plan diff nonsense", "git plan undo ffff"]);
    new.errs(&["git plan show --at 1999-01-01", "git plan log --since 'the day before'", "git plan log --item 9"]);
    new.errs(&["git plan new 'Dark mode'", "git plan new ''", "git plan new 'Login' --slug 'Log in'"]);
    new.does(&["git plan new Login"]);
    new.errs(&[
        "git plan step add 'Form'",
        "git plan status",
        "git plan -p nope status",
        "git plan -p 'Log in' status",
    ]);
    new.errs(&["git plan switch", "git plan switch nope"]);
    new.does(&["git plan switch dark-mode", "git plan status"]);
    new.errs(&[
        "git plan sync",
        "git plan fetch",
        "git plan push",
        "git plan sync nowhere",
        "git plan sync origin nope",
    ]);
    new.errs(&[
        "git plan resolve --take A",
        "git plan resolve c-1 --take A",
        "git plan absorb",
        "git plan absorb no.md",
    ]);
    new.errs(&["git plan import no.md", "git plan import", "git plan export --format pdf", "git plan apply no.jsonl"]);
    new.errs(&["git plan apply < /dev/null", "echo Hello | git plan apply", "EDITOR=false git plan edit"]);
    new.errs(&["git plan next --claim --until yesterday", "git plan next --claim --until soon"]);
    new.errs(&["git plan next --claim --remote nowhere", "git plan set colour red"]);
    new.errs(&[
        "git plan section add",
        "git plan completions",
        "git plan completions cmd",
        "git plan -C nowhere status",
    ]);
    new.does(&["git plan next --claim", "git plan render", "git plan verify"]);
    new.does(&["git plan archive"]);
    new.errs(&["git plan step add 'One more'", "git plan archive", "git plan new 'Dark mode'"]);
    assert!(new.surprising.is_empty(), "mistakes fail and nothing else does:\n{}", new.surprising.join("\n"));
    assert!(new.helpless.is_empty(), "each says what to do next:\n{}", new.helpless.join("\n"));
    insta::assert_snapshot!(new.transcript.replace(&new.world.path().display().to_string(), "/world"));
    Ok(())
}
