//! What a shell offers, and the manual pages.

use std::fs;

use crate::world::World;

/// What bash offers after these words, in a function that a script of ours defines.
fn offered(world: &World, function: &str, words: &[&str]) -> Vec<String> {
    let script = format!(
        r#"eval "$(git-plan completions bash)"
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_TYPE=9
{function} "$1" "${{COMP_WORDS[COMP_CWORD]}}" ""
printf '%s\n' "${{COMPREPLY[@]}}""#
    );
    let mut command = world.command("bash", &world.repository());
    let output = command.args(["-c", &script, "bash"]).args(words).output().expect("bash runs");
    let offered = String::from_utf8_lossy(&output.stdout).into_owned();
    offered.lines().filter(|line| !line.starts_with("--") && *line != "-C").map(str::to_owned).collect()
}

#[test]
fn a_shell_offers_the_plans_and_steps_that_there_are() {
    let world = World::with_plan(&["One: with a colon", "Two", "\u{1b}[31mThree"]);
    world.begin("other", &["Alone"]);
    for (function, program) in [("_clap_complete_git_plan", &["git-plan"][..]), ("_git_plan", &["git", "plan"])] {
        let offered = |words: &[&str]| offered(&world, function, &[program, words].concat());
        assert_eq!(offered(&["swi"]), ["switch"], "commands are offered");
        assert_eq!(offered(&["switch", ""]), ["other", "p"], "and the plans");
        assert_eq!(
            offered(&["-p", "p", "step", "done", ""]),
            ["1", "2", "3"],
            "and the steps of the plan that is named"
        );
        assert_eq!(offered(&["step", "done", ""]), Vec::<String>::new(), "where no plan is settled, none of them");
    }
    let new = world.plan(&["-p", "p", "step", "add", "Four"]);
    new.done();
    assert_eq!(offered(&world, "_git_plan", &["git", "plan", "-p", "p", "step", "done", "4"]), ["4"], "at that moment");
}

#[test]
fn every_shell_has_a_script_also_without_a_repository() {
    let world = World::empty();
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let script = world.plan_in(world.path(), &["completions", shell]).done();
        assert!(script.contains("GIT_PLAN_COMPLETE"), "{shell} asks the program itself:\n{script}");
    }
    world.plan_in(world.path(), &["completions", "csh"]).failed(2, "invalid value 'csh'");
}

#[test]
fn git_shows_the_manual_page_of_each_command() {
    let world = World::new();
    let folder = world.path().join("man/man1");
    world.plan(&["man", "-o", &folder.display().to_string()]).done();
    let pages = fs::read_dir(&folder).expect("the folder is there").count();
    assert!(pages > 50, "each command has a page: {pages}");
    let page = fs::read_to_string(folder.join("git-plan-step-done.1")).expect("a page");
    assert!(page.contains("git plan step done"), "a page has the command's own words and example:\n{page}");
    assert_eq!(
        world.plan(&["man"]).done(),
        fs::read_to_string(folder.join("git-plan.1")).expect("a page"),
        "one is printed"
    );
    world.plan(&["man", "--install"]).failed(8, "does not lie in a folder named bin");
    let mut command = world.command("git", &world.repository());
    command
        .args(["plan", "--help"])
        .env("MANPATH", world.path().join("man"))
        .env("MANPAGER", "cat")
        .env("GIT_PAGER", "cat");
    let output = command.output().expect("git runs");
    if String::from_utf8_lossy(&output.stderr).contains("failed to exec 'man'") {
        println!("SKIPPED: there is no `man` here");
        return;
    }
    let shown = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(shown.contains("Keep plans in git"), "`git plan --help` shows the manual page:\n{shown}");
}

#[test]
fn manual_pages_go_beside_an_installed_program() {
    let world = World::empty();
    let bin = world.path().join("prefix/bin");
    fs::create_dir_all(&bin).expect("a folder");
    fs::copy(crate::world::PROGRAM, bin.join("git-plan")).expect("it is copied");
    let output =
        world.command(bin.join("git-plan"), world.path()).args(["man", "--install"]).output().expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(world.path().join("prefix/share/man/man1/git-plan.1").exists(), "where `man` looks for it");
}
