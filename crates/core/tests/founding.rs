//! The founding document's own examples, built event by event, render as they are printed there.

use git_plan_core::change::*;
use git_plan_core::event::Context;
use git_plan_core::{
    Actor, Batch, Change, EventId, Layout, Parent, Plan, ResultGroup, Role, Slug, Text, Timestamp, Title, view,
};

type TestResult<T = ()> = Result<T, Box<dyn std::error::Error>>;

struct Author(Batch);

impl Author {
    fn begin(title: &str, at: &str) -> TestResult<Self> {
        let by = Actor { name: "Ada".into(), email: "ada@example.org".into() };
        let mut batch = Batch::new(Plan::default(), by, at.parse()?, Context::default());
        let slug = Slug::from_title(title).ok_or("the title has letters")?;
        let title = Title::new(title)?;
        batch.record(PlanCreated { layout: Layout::Execplan, nonce: Title::new("0")?, slug, title })?;
        Ok(Self(batch))
    }

    fn at(self, at: &str) -> TestResult<Self> {
        let by = self.0.by().clone();
        let (plan, _) = self.0.into_parts();
        Ok(Self(Batch::new(plan, by, at.parse::<Timestamp>()?, Context::default())))
    }

    fn record(&mut self, change: impl Into<Change>) -> TestResult<EventId> {
        Ok(self.0.record(change)?)
    }

    fn prose(&mut self, role: Role, text: &str) -> TestResult<EventId> {
        self.record(ProseSet { of: Parent::Standing(role), text: Text::new(text)? })
    }

    fn steps(&mut self, under: Option<EventId>, texts: &[&str]) -> TestResult<Vec<EventId>> {
        let mut added = Vec::new();
        for text in texts {
            let (after, under) = (added.last().copied(), under.map(Parent::Node));
            added.push(self.record(StepAdded { after, source: None, state: None, text: Text::new(*text)?, under })?);
        }
        Ok(added)
    }

    fn criteria(&mut self, texts: &[&str]) -> TestResult {
        let mut after = None;
        for text in texts {
            let text = Text::new(*text)?;
            after = Some(self.record(CriterionAdded { after, source: None, state: None, text, under: None })?);
        }
        Ok(())
    }

    fn done(&mut self, steps: &[EventId]) -> TestResult {
        steps.iter().try_for_each(|&step| self.record(StepCompleted { evidence: vec![], step }).map(drop))
    }

    fn note(&mut self, label: &str, text: &str) -> TestResult<EventId> {
        let (label, text) = (Title::new(label)?, Text::new(text)?);
        self.record(NoteAdded { after: None, corrects: None, label, on: None, source: None, text, under: None })
    }

    /// The view without what events add: front matter, completions and the base comment.
    fn body(&self) -> String {
        let view = view::render(self.0.plan(), Layout::Execplan);
        let body = view.split_once("\n---\n\n").map_or("", |(_, body)| body);
        body.split("\n<!-- git-plan base").next().unwrap_or("").to_owned()
    }
}

#[test]
fn the_dark_mode_plan_renders_as_printed() -> TestResult {
    let mut plan = Author::begin("Dark Mode Feature", "2025-11-01T10:00:00.000Z")?;
    plan.prose(Role::Objective, "Add dark mode support across web application.")?;
    plan.criteria(&[
        "Theme toggle in settings",
        "Persistent user preference",
        "All components support both themes",
        "No accessibility regressions",
    ])?;
    let texts =
        ["Create theme context", "Design color palette", "Update components", "Add toggle UI", "Test accessibility"];
    let steps = plan.steps(None, &texts)?;
    let parts = plan.steps(Some(steps[2]), &["Navigation", "Forms", "Tables"])?;
    plan.done(&[steps[0], steps[1], parts[0]])?;
    plan.record(StepStarted { step: parts[1] })?;
    assert_eq!(
        plan.body(),
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
### 2025-11-01 10:00
- Completed: Create theme context
- Completed: Design color palette
- Completed: Navigation
"
    );
    Ok(())
}

#[test]
fn the_memory_leak_plan_renders_as_printed() -> TestResult {
    let mut plan = Author::begin("Memory Leak Investigation", "2025-11-01T14:00:00.000Z")?;
    plan.prose(Role::Objective, "Identify and fix memory leak in production API.")?;
    let context = "- Symptom: Memory usage grows 100MB/hour\n- Started: After v2.3.0 deployment\n- Impact: Daily restarts required";
    plan.prose(Role::Context, context)?;
    plan.prose(Role::Approach, "Binary search through recent commits, profile suspicious code.")?;
    let text = Text::new("Leak correlates with WebSocket connections")?;
    plan.record(DiscoveryRecorded { after: None, corrects: None, evidence: vec![], source: None, text, under: None })?;
    plan.note("Test", "Disabled WebSocket pooling")?;
    plan.note("Result", "Leak stopped")?;
    let mut plan = plan.at("2025-11-01T15:30:59.999Z")?;
    plan.note("Root cause", "Event listeners not removed on disconnect")?;
    plan.note("Fix", "Added cleanup in connection handler")?;
    plan.note("Verification", "Memory stable over 4 hours")?;
    assert_eq!(
        plan.body(),
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
fn the_notification_plan_renders_as_printed_from_start_to_results() -> TestResult {
    let mut plan = Author::begin("Feature X", "2025-11-01T10:30:00.000Z")?;
    plan.prose(Role::Objective, "Implement user notification system with email and SMS channels.")?;
    let texts = [
        "Design notification schema",
        "Implement email service",
        "Implement SMS service",
        "Add user preferences",
        "Update analytics",
    ];
    let steps = plan.steps(None, &texts)?;
    let parts = plan.steps(Some(steps[2]), &["Research providers", "Select Twilio", "Integration development"])?;
    plan.done(&[steps[0], steps[1], parts[0], parts[1]])?;
    plan.record(StepStarted { step: steps[2] })?;
    plan.record(StepStarted { step: parts[2] })?;
    let body = plan.body();
    assert!(
        body.contains(
            "## Execution Steps
1. [x] Design notification schema
2. [x] Implement email service
3. [ ] **IN PROGRESS** Implement SMS service
   - [x] Research providers
   - [x] Select Twilio
   - [ ] Integration development ← CURRENT
4. [ ] Add user preferences
5. [ ] Update analytics
"
        ),
        "steps in progress render as printed: {body}"
    );

    let text = |text: &str| Text::new(text);
    let decided = DecisionRecorded {
        after: None,
        options: vec![],
        question: None,
        reason: Some(text("Better JSON support for our use case")?),
        references: vec![text("[SSOT Guide – Data Contracts](../core/ssot-guide.md#data-contracts)")?],
        source: None,
        state: None,
        supersedes: vec![],
        title: text("Chose PostgreSQL over MySQL")?,
        tradeoffs: vec![text("Slightly higher operational complexity")?],
        under: None,
    };
    plan.record(decided)?;
    let ask = |text: &str, after| -> TestResult<QuestionAsked> {
        Ok(QuestionAsked { after, need: None, options: vec![], source: None, text: Text::new(text)?, under: None })
    };
    let provider = plan.record(ask("Which authentication provider?", None)?)?;
    let limits = plan.record(ask("How to handle rate limiting?", Some(provider))?)?;
    plan.record(QuestionAnswered { answer: text("Auth0")?, question: provider })?;
    plan.record(BlockerRaised {
        after: None,
        need: Some(text("Performance requirements from product")?),
        on: Some(limits),
        options: vec![text("Client-side retry")?, text("Queue-based approach")?],
        source: None,
        text: text("How to handle rate limiting?")?,
        under: None,
    })?;
    for (group, said) in [
        (ResultGroup::Delivered, "Email and SMS notification channels"),
        (ResultGroup::Metric, "Cost per message: $0.012"),
        (ResultGroup::Lesson, "Twilio's retry mechanism conflicts with our queue"),
        (ResultGroup::Lesson, "Batch sending reduces costs by 40%"),
    ] {
        let after = plan.0.plan().items_of(git_plan_core::Kind::Result).last().map(|item| item.id());
        plan.record(ResultAdded { after, group, source: None, text: text(said)?, under: None })?;
    }
    let body = plan.body();
    let (_, rest) = body.split_once("- Completed: Select Twilio\n").ok_or("the completions are in the log")?;
    assert_eq!(
        rest,
        "- **Decision**: Chose PostgreSQL over MySQL
  - Reason: Better JSON support for our use case
  - Trade-off: Slightly higher operational complexity
  - Reference: [SSOT Guide – Data Contracts](../core/ssot-guide.md#data-contracts)
- Blocker: How to handle rate limiting?

## Open Questions
- [x] ~~Which authentication provider?~~ → Resolved: Auth0
- [ ] How to handle rate limiting? → **BLOCKER**
  - Option A: Client-side retry
  - Option B: Queue-based approach
  - Need: Performance requirements from product

## Results

### Delivered
- Email and SMS notification channels

### Metrics
- Cost per message: $0.012

### Lessons Learned
1. Twilio's retry mechanism conflicts with our queue
2. Batch sending reduces costs by 40%
"
    );
    Ok(())
}
