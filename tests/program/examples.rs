//! The founding document's own examples, built by commands, render as printed there.

use crate::world::{Outcome, World};

/// The view of the plan without what the events add: front matter, completions and the base comment.
fn body(world: &World) -> Outcome<String> {
    let view = world.plan(&["show", "--raw"]).done();
    let body = view.split_once("\n---\n\n").ok_or("front matter")?.1;
    Ok(body.split("\n<!-- git-plan base").next().unwrap_or_default().to_owned())
}

fn run(world: &World, lines: &[&[&str]]) {
    for line in lines {
        let said = world.plan(line);
        assert_eq!(said.status, Some(0), "{line:?} is done:\n{said}");
    }
}

#[test]
fn the_dark_mode_plan() -> Outcome {
    let world = World::new();
    run(
        &world,
        &[
            &["new", "Dark Mode Feature", "--objective", "Add dark mode support across web application."],
            &["criterion", "add", "Theme toggle in settings", "Persistent user preference"],
            &["criterion", "add", "All components support both themes", "No accessibility regressions"],
            &["step", "add", "Create theme context", "Design color palette", "Update components"],
            &["step", "add", "Add toggle UI", "Test accessibility"],
            &["step", "add", "Navigation", "Forms", "Tables", "--under", "3"],
            &["step", "done", "1", "2", "3.1"],
            &["step", "start", "3.2"],
        ],
    );
    assert_eq!(
        body(&world)?,
        "# Dark Mode Feature ExecPlan

## Objective
Add dark mode support across web application.

## Success Criteria
- [ ] Theme toggle in settings
- [ ] Persistent user preference
- [ ] All components support both themes
- [ ] No accessibility regressions

## Execution Steps
1. [x] Create theme context
2. [x] Design color palette
3. [ ] Update components
   - [x] Navigation
   - [ ] Forms ← CURRENT
   - [ ] Tables
4. [ ] Add toggle UI
5. [ ] Test accessibility

## Progress Log
### 2026-11-22 10:00
- Completed: Create theme context
- Completed: Design color palette
- Completed: Navigation
"
    );
    Ok(())
}

#[test]
fn the_memory_leak_plan() -> Outcome {
    let world = World::new();
    let context = "- Symptom: Memory usage grows 100MB/hour\n- Started: After v2.3.0 deployment\n- Impact: Daily restarts required";
    run(
        &world,
        &[
            &["new", "Memory Leak Investigation", "--objective", "Identify and fix memory leak in production API."],
            &["set", "context", "--", context],
            &["set", "approach", "Binary search through recent commits, profile suspicious code."],
        ],
    );
    world.set_clock("2025-11-01T14:00:00Z");
    run(
        &world,
        &[
            &["discover", "Leak correlates with WebSocket connections"],
            &["note", "Disabled WebSocket pooling", "--label", "Test"],
            &["note", "Leak stopped", "--label", "Result"],
        ],
    );
    world.set_clock("2025-11-01T15:30:00Z");
    run(
        &world,
        &[
            &["note", "Event listeners not removed on disconnect", "--label", "Root cause"],
            &["note", "Added cleanup in connection handler", "--label", "Fix"],
            &["note", "Memory stable over 4 hours", "--label", "Verification"],
        ],
    );
    assert_eq!(
        body(&world)?,
        "# Memory Leak Investigation ExecPlan

## Objective
Identify and fix memory leak in production API.

## Context
- Symptom: Memory usage grows 100MB/hour
- Started: After v2.3.0 deployment
- Impact: Daily restarts required

## Technical Approach
Binary search through recent commits, profile suspicious code.

## Progress Log
### 2025-11-01 14:00
- Discovery: Leak correlates with WebSocket connections
- Test: Disabled WebSocket pooling
- Result: Leak stopped

### 2025-11-01 15:30
- Root cause: Event listeners not removed on disconnect
- Fix: Added cleanup in connection handler
- Verification: Memory stable over 4 hours
"
    );
    Ok(())
}

#[test]
fn the_notifications_plan_with_its_decision_questions_and_results() -> Outcome {
    let world = World::new();
    world.set_clock("2025-11-01T10:30:00Z");
    run(
        &world,
        &[
            &["new", "Feature X", "--objective", "Implement user notification system with email and SMS channels."],
            &["step", "add", "Design notification schema", "Implement email service", "Implement SMS service"],
            &["step", "add", "Add user preferences", "Update analytics"],
            &["step", "add", "Research providers", "Select Twilio", "Integration development", "--under", "3"],
            &["step", "done", "1", "2", "3.1", "3.2"],
            &["step", "start", "3", "3.3"],
            &["ask", "Which authentication provider?"],
            &["answer", "1", "Auth0"],
            &["ask", "How to handle rate limiting?"],
            &[
                "block",
                "How to handle rate limiting?",
                "--on",
                "question 2",
                "--option",
                "Client-side retry",
                "--option",
                "Queue-based approach",
                "--need",
                "Performance requirements from product",
            ],
            &[
                "decide",
                "Chose PostgreSQL over MySQL",
                "--because",
                "Better JSON support for our use case",
                "--trade-off",
                "Slightly higher operational complexity",
                "--ref",
                "[SSOT Guide – Data Contracts](../core/ssot-guide.md#data-contracts)",
            ],
            &["result", "Email and SMS notification channels"],
            &["result", "--metric", "Delivery rate: 99.94% (exceeds SLA)"],
            &["result", "--lesson", "Twilio's retry mechanism conflicts with our queue"],
            &["result", "--lesson", "Batch sending reduces costs by 40%"],
        ],
    );
    let body = body(&world)?;
    for printed in [
        "## Execution Steps
1. [x] Design notification schema
2. [x] Implement email service
3. [ ] **IN PROGRESS** Implement SMS service
   - [x] Research providers
   - [x] Select Twilio
   - [ ] Integration development ← CURRENT
4. [ ] Add user preferences
5. [ ] Update analytics
",
        "- **Decision**: Chose PostgreSQL over MySQL
  - Reason: Better JSON support for our use case
  - Trade-off: Slightly higher operational complexity
  - Reference: [SSOT Guide – Data Contracts](../core/ssot-guide.md#data-contracts)
",
        "## Open Questions
- [x] ~~Which authentication provider?~~ → Resolved: Auth0
- [ ] How to handle rate limiting? → **BLOCKER**
  - Option A: Client-side retry
  - Option B: Queue-based approach
  - Need: Performance requirements from product
",
        "## Results

### Delivered
- Email and SMS notification channels

### Metrics
- Delivery rate: 99.94% (exceeds SLA)

### Lessons Learned
1. Twilio's retry mechanism conflicts with our queue
2. Batch sending reduces costs by 40%
",
    ] {
        assert!(body.contains(printed), "as printed in the founding document:\n{printed}\nin:\n{body}");
    }
    Ok(())
}
