//! What a person at a terminal sees: under a pseudo terminal, made by `script` of util-linux.

use std::io::Write;
use std::process::Stdio;

use crate::world::{Outcome, PROGRAM, World};

/// What the program writes to a terminal, or `None` where there is no `script`.
fn on_terminal(world: &World, arguments: &str) -> Outcome<Option<String>> {
    typed_on_terminal(world, arguments, b"")
}

/// The same where somebody types.
fn typed_on_terminal(world: &World, arguments: &str, typed: &[u8]) -> Outcome<Option<String>> {
    let mut command = world.command("script", &world.repository());
    command.env("SHELL", "/bin/sh").args(["-qec", &format!("{PROGRAM} {arguments}"), "/dev/null"]);
    match command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn() {
        Ok(mut child) => {
            child.stdin.take().ok_or("its keyboard")?.write_all(typed)?;
            let output = child.wait_with_output()?;
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            assert!(output.status.success(), "{arguments} is done on a terminal: {text}");
            Ok(Some(text))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// A world with a terminal that knows colours, and a pager that marks what went through it.
fn world() -> World {
    let mut world = World::with_plan(&["One"]);
    world.plan(&["step", "done", "1"]).done();
    world.env.insert("TERM".to_owned(), "xterm".to_owned());
    world.env.insert("GIT_PAGER".to_owned(), "sed 's/^/paged: /'".to_owned());
    world
}

#[test]
fn a_terminal_gets_colours_and_the_pager_that_git_would_use() -> Outcome {
    let mut world = world();
    for command in ["show", "log", "log --oneline"] {
        let Some(shown) = on_terminal(&world, command)? else { return Ok(()) };
        assert!(shown.contains("paged: ") && shown.contains("\x1b["), "{command} is paged and coloured: {shown:?}");
    }
    let shown = on_terminal(&world, "show --no-pager")?.unwrap_or_default();
    assert!(!shown.contains("paged: ") && shown.contains("\x1b["), "--no-pager: {shown:?}");
    let shown = on_terminal(&world, "show --json")?.unwrap_or_default();
    assert!(!shown.contains("paged: ") && !shown.contains("\x1b["), "JSON is neither: {shown:?}");
    let shown = on_terminal(&world, "note x")?.unwrap_or_default();
    assert!(!shown.contains("paged: "), "a receipt is not paged: {shown:?}");
    world.env.remove("GIT_PAGER");
    world.git(&["config", "core.pager", "sed 's/^/configured: /'"]);
    let shown = on_terminal(&world, "log")?.unwrap_or_default();
    assert!(shown.contains("configured: "), "core.pager is used: {shown:?}");
    world.git(&["config", "--unset", "core.pager"]);
    world.env.insert("PAGER".to_owned(), "sed 's/^/pager: /'".to_owned());
    let shown = on_terminal(&world, "log")?.unwrap_or_default();
    assert!(shown.contains("pager: "), "$PAGER is used: {shown:?}");
    world.env.insert("GIT_PAGER".to_owned(), "cat".to_owned());
    let shown = on_terminal(&world, "log")?.unwrap_or_default();
    assert!(!shown.contains("pager: ") && shown.contains("event "), "cat is no pager: {shown:?}");
    Ok(())
}

#[test]
fn a_pager_that_quits_or_is_not_there_is_no_failure() -> Outcome {
    let mut world = world();
    for pager in ["true", "head -c 3", "exit 3", "/nowhere/less"] {
        world.env.insert("GIT_PAGER".to_owned(), pager.to_owned());
        let Some(shown) = on_terminal(&world, "log")? else { return Ok(()) };
        assert!(!shown.contains("panicked") && !shown.contains("error:"), "{pager}: {shown:?}");
    }
    Ok(())
}

#[test]
fn no_color_and_a_dumb_terminal_get_none() -> Outcome {
    let mut world = world();
    world.env.insert("NO_COLOR".to_owned(), "1".to_owned());
    let Some(shown) = on_terminal(&world, "log --no-pager")? else { return Ok(()) };
    assert!(!shown.contains('\x1b') && shown.contains("event "), "NO_COLOR: {shown:?}");
    world.env.remove("NO_COLOR");
    world.env.insert("TERM".to_owned(), "dumb".to_owned());
    let shown = on_terminal(&world, "log --no-pager")?.unwrap_or_default();
    assert!(!shown.contains('\x1b'), "a dumb terminal: {shown:?}");
    Ok(())
}

#[test]
fn hostile_text_reaches_a_terminal_neutralised() -> Outcome {
    let world = world();
    world.plan(&["note", "\u{1b}]0;owned\u{7}\u{9b}2J\u{202e}"]).done();
    for command in ["show --no-pager", "log --no-pager", "status", "show --ids --no-pager", "show --json"] {
        let Some(shown) = on_terminal(&world, command)? else { return Ok(()) };
        for active in ["\x1b]", "\u{7}", "\u{9b}", "\u{202e}"] {
            assert!(!shown.contains(active), "{command} shows {active:?} neutralised: {shown:?}");
        }
    }
    Ok(())
}

#[test]
fn nothing_is_ever_asked_without_a_terminal() -> Outcome {
    let world = world();
    world.git(&["config", "core.editor", "touch asked"]);
    for line in [&["new"][..], &["step", "add"], &["decide"], &["undo"], &["answer", "1"], &["step"], &[]] {
        let mut command = world.command(PROGRAM, &world.repository());
        // An end of stdin that never comes: a prompt would wait for ever, and the test with it.
        let mut child = command.args(line).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        let open = child.stdin.take();
        child.wait()?;
        drop(open);
        assert!(!world.repository().join("asked").exists(), "{line:?} opens no editor");
    }
    Ok(())
}

#[test]
fn a_person_at_a_terminal_is_asked_which_plan_is_meant_and_a_program_never_is() -> Outcome {
    let mut world = World::with_plan(&["One"]);
    world.env.insert("TERM".to_owned(), "xterm".to_owned());
    world.begin("dark-mode", &["Create theme context"]);
    world.begin("limits", &["Count requests"]);
    let Some(shown) = typed_on_terminal(&world, "next", b"limi\r")? else { return Ok(()) };
    assert!(shown.contains("Which plan?") && shown.contains("Count requests"), "typing narrows the choice: {shown:?}");
    let Some(shown) = typed_on_terminal(&world, "switch", b"dark\r")? else { return Ok(()) };
    assert!(shown.contains("switched to dark-mode"), "so it does for switch: {shown:?}");
    assert!(world.plan(&["next"]).done().contains("Create theme context"), "which is kept");
    world.plan(&["switch"]).failed(2, "switch to which plan?");
    world.git(&["config", "core.pager", "cat"]);
    std::fs::remove_file(world.repository().join(".git/git-plan/switch"))?;
    for (name, value) in [("GIT_PLAN_AGENT", "scout"), ("CI", "true"), ("GIT_TERMINAL_PROMPT", "0")] {
        world.env.insert(name.to_owned(), value.to_owned());
        let shown = typed_on_terminal(&world, "next; true", b"")?.unwrap_or_default();
        assert!(shown.contains("which plan? 3 are active"), "{name}={value} says that nobody is there: {shown:?}");
        world.env.remove(name);
    }
    Ok(())
}
