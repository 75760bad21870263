//! What an agent is told when it begins: `prime`, and `init --agents`.

use serde_json::Value;

use crate::world::World;

#[test]
fn an_agent_learns_in_one_command_where_the_plan_stands() {
    let world = World::new();
    world.tell(&["prime"]);
    world.plan(&["new", "Dark mode", "--objective", "Add dark mode support"]).done();
    world.plan(&["step", "add", "Create theme context", "Update components", "Add toggle UI", "Test"]).done();
    world.plan(&["step", "done", "1", "-m", "Reviewed with the design team"]).done();
    world.plan(&["step", "claim", "2", "--until", "2h"]).done();
    world.plan(&["block", "The design of the toggle is missing", "--on", "3", "--need", "A sketch"]).done();
    world.plan(&["decide", "Use CSS variables", "--because", "No flash of the wrong theme"]).done();
    world.plan(&["decide", "Store the choice in a cookie", "--because", "The server renders the first page"]).done();
    world.plan(&["ask", "Which browsers count?"]).done();
    world.plan(&["discover", "The old theme is read in twelve places", "--evidence", "grep"]).done();
    world.plan(&["criterion", "add", "No accessibility regressions"]).done();
    world.tell(&["prime"]);
    world.tell(&["prime", "--budget", "90"]);
    world.tell(&["prime", "--budget", "0"]);
    world.plan(&["new", "Another plan"]).done();
    world.tell(&["prime"]);
    insta::assert_snapshot!(world.transcript());
}

#[test]
fn a_hook_gives_the_brief_to_the_agent_as_its_client_wants_it() {
    let world = World::with_plan(&["One"]);
    let said = world.plan(&["prime", "--hook"]).done();
    let output: Value = serde_json::from_str(&said).expect("one JSON object");
    let given = &output["hookSpecificOutput"];
    assert_eq!(given["hookEventName"], "SessionStart");
    let plain = world.plan(&["prime"]).done();
    assert_eq!(given["additionalContext"].as_str(), Some(plain.as_str()), "it is what `prime` prints");
}

#[test]
fn what_agents_read_first_tells_them_of_plans_when_asked_for_and_nothing_else_is_touched() {
    let world = World::new();
    let file = |name: &str| std::fs::read_to_string(world.repository().join(name)).unwrap_or_default();
    world.tell(&["init", "--agents", "--check"]);
    world.tell(&["init", "--agents"]);
    world.tell(&["init", "--agents"]);
    insta::assert_snapshot!("agents", file("AGENTS.md"));
    world.tell(&["init", "--agents", "--remove"]);
    assert!(!world.repository().join("AGENTS.md").exists(), "what held nothing else is gone");
    let own = "# For agents\n\nRun the tests.\n";
    for name in ["AGENTS.md", "CLAUDE.md"] {
        std::fs::write(world.repository().join(name), own).expect("it is written");
    }
    world.tell(&["init", "--agents"]);
    world.tell(&["init", "--agents", "--check", "--json"]);
    let old = file("CLAUDE.md").replace("git plan prime", "git plan status");
    std::fs::write(world.repository().join("CLAUDE.md"), old).expect("it is written");
    world.tell(&["init", "--agents", "--check"]);
    world.tell(&["init", "--agents"]);
    world.tell(&["init", "--agents", "--remove"]);
    world.tell(&["init", "--agents", "--remove"]);
    assert_eq!([file("AGENTS.md"), file("CLAUDE.md")], [own, own], "what was there before is there again");
    std::fs::remove_file(world.repository().join("CLAUDE.md")).expect("it is removed");
    std::os::unix::fs::symlink("AGENTS.md", world.repository().join("CLAUDE.md")).expect("a link");
    world.tell(&["init", "--agents"]);
    std::fs::remove_file(world.repository().join("CLAUDE.md")).expect("it is removed");
    std::os::unix::fs::symlink("../home/outside.md", world.repository().join("CLAUDE.md")).expect("a link");
    std::fs::write(world.path().join("home/outside.md"), own).expect("it is written");
    world.tell(&["init", "--agents"]);
    world.tell(&["init", "--agent-hook", "claude"]);
    world.tell(&["init", "--agent-hook", "--json"]);
    insta::assert_snapshot!(world.transcript());
}
