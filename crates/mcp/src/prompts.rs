//! Prompts: how a session with a plan begins, in four situations.

/// The beginning of a conversation.
pub(crate) struct Beginning {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    /// What is asked of the agent; the brief of the plan goes below it.
    pub(crate) ask: &'static str,
}

/// All of them.
pub(crate) const BEGINNINGS: [Beginning; 4] = [
    Beginning {
        name: "start",
        about: "Begin to work from a plan",
        ask: "Work from the plan below. Take a step with the tool `next` and `claim`, and complete it with `step` and `done` when it is \
              done and shown to be done. Record each decision with its reason, each discovery and each blocker with `record` at the \
              moment you come upon it. If the plan is wrong, say so in a decision and change the plan.",
    },
    Beginning {
        name: "resume",
        about: "Carry on where another session stopped",
        ask: "Carry on with the plan below. Read what was decided and what happened lately before you change anything; ask the tool `read` \
              `why` of whatever you would do otherwise. Finish the step that is yours or in progress before you take another.",
    },
    Beginning {
        name: "hand-over",
        about: "Leave the plan so that a successor can carry on",
        ask: "Prepare to hand the plan below over. Record what you decided, found or left undone and did not record yet. Complete what is \
              done, release what you claimed and did not finish (`step`, `release`), and leave a note on the step in progress that \
              says what the next command is.",
    },
    Beginning {
        name: "review",
        about: "Review a plan",
        ask: "Review the plan below. Run the tool `read` with `check`. Say whether the objective is understood in half a minute, whether each \
              criterion can be measured, whether every decision has a reason, what stands open without an owner, and whether the result \
              matches the objective. Name items by id. Change nothing.",
    },
];
