//! The rules, each with a stable word, a group and how much it matters, and what they find.

use crate::audit::Severity;
use crate::prelude::*;
use crate::trail::Subject;

/// What a rule is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// What is meant is understood at once.
    Clarity,
    /// What belongs to a plan is there.
    Completeness,
    /// The plan says how things are now.
    Currency,
    /// How it came to this can be told.
    Traceability,
    /// What to do next is clear.
    Actionability,
    /// User stories.
    Stories,
    /// What the Cookbook asks of a plan in its layout.
    Cookbook,
}

impl Group {
    /// The word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Clarity => "clarity",
            Self::Completeness => "completeness",
            Self::Currency => "currency",
            Self::Traceability => "traceability",
            Self::Actionability => "actionability",
            Self::Stories => "stories",
            Self::Cookbook => "cookbook",
        }
    }
}

macro_rules! codes {
    ($($(#[doc = $about:literal])+ $name:ident $word:literal $group:ident $severity:ident;)*) => {
        /// The rules. Their words never change.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Code {
            $($(#[doc = $about])+ $name,)*
        }

        impl Code {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The stable word.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }

            /// What it finds, in a sentence.
            #[must_use]
            pub fn about(self) -> &'static str {
                match self { $(Self::$name => concat!($($about),+).trim(),)* }
            }

            /// What it is about.
            #[must_use]
            pub const fn group(self) -> Group {
                match self { $(Self::$name => Group::$group,)* }
            }

            /// How much it matters, where nothing else is asked for.
            #[must_use]
            pub const fn severity(self) -> Severity {
                match self { $(Self::$name => Severity::$severity,)* }
            }
        }
    };
}

codes! {
    /// Nothing says what the plan is for.
    ObjectiveMissing "objective-missing" Clarity Error;
    /// The first paragraph of the objective takes more than 30 seconds to read: it has more than 120 words.
    ObjectiveLong "objective-long" Clarity Notice;
    /// A text has a placeholder in it, such as TBD.
    Placeholder "placeholder" Clarity Warning;
    /// Nobody can say whether a criterion is met: it has a vague word, and nothing that can be measured or seen.
    CriterionVague "criterion-vague" Clarity Notice;
    /// Writers disagree, and nobody has decided.
    InConflict "in-conflict" Clarity Error;
    /// There are no steps.
    StepsMissing "steps-missing" Completeness Warning;
    /// Nothing says how success is told.
    CriteriaMissing "criteria-missing" Completeness Notice;
    /// A decision that stands has no reason.
    DecisionWithoutReason "decision-without-reason" Completeness Warning;
    /// All steps are done, and a question is open.
    QuestionOpen "question-open" Completeness Warning;
    /// All steps are done, and a blocker is open.
    BlockerOpen "blocker-open" Completeness Warning;
    /// All steps are done, and a criterion is not met.
    CriterionUnmet "criterion-unmet" Completeness Warning;
    /// All steps are done, and there is no result.
    ResultsMissing "results-missing" Completeness Warning;
    /// All steps are done, there are results, and nothing says what was learned.
    LessonsMissing "lessons-missing" Completeness Notice;
    /// Steps are open, and nothing was recorded for many days.
    Abandoned "abandoned" Currency Warning;
    /// A step has been in progress for many days in which nothing was said of it.
    StepStalled "step-stalled" Currency Warning;
    /// A step is in progress, and every claim on it has run out.
    ClaimExpired "claim-expired" Currency Notice;
    /// A step is done, and steps below it are open.
    DoneTooEarly "done-too-early" Currency Warning;
    /// A step is open, and all steps below it are done.
    DoneBelow "done-below" Currency Notice;
    /// The plan's status says that it is done, and steps are open.
    StatusDisagrees "status-disagrees" Currency Warning;
    /// A step was completed with neither a reason nor evidence.
    DoneSilently "done-silently" Traceability Notice;
    /// A step that was begun was given up without a reason, or removed, and no decision was made since the day before.
    CourseChanged "course-changed" Traceability Warning;
    /// A criterion was reworded or removed after work had begun, without a decision since the day before.
    CriteriaChanged "criteria-changed" Traceability Warning;
    /// Steps are open, and none of them can be worked on.
    NoNextStep "no-next-step" Actionability Warning;
    /// A blocker has been open for more than a day, and nothing says what is needed or could be done.
    BlockerUndocumented "blocker-undocumented" Actionability Warning;
    /// More than three steps are in progress that nobody has claimed.
    ManyInProgress "many-in-progress" Actionability Notice;
    /// There are 50 steps or more, and none was begun.
    OverPlanned "over-planned" Actionability Warning;
    /// A step is nested more than three levels deep.
    TooDeep "too-deep" Actionability Notice;
    /// A story has no criterion.
    StoryWithoutCriteria "story-without-criteria" Stories Warning;
    /// A story does not say whose wish it is, or to what end.
    StoryIncomplete "story-incomplete" Stories Notice;
    /// Two stories have the same wish.
    StoryRepeated "story-repeated" Stories Warning;
    /// Progress has no boxes.
    ProgressWithoutBoxes "progress-without-boxes" Cookbook Warning;
    /// A text leans on something that its reader does not have, such as a talk.
    NotSelfContained "not-self-contained" Cookbook Warning;
    /// A section that should explain something is nothing but links.
    LinksOnly "links-only" Cookbook Warning;
    /// All steps are done, and there are no surprises and discoveries.
    DiscoveriesMissing "discoveries-missing" Cookbook Notice;
}

/// One thing that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// By which rule.
    pub code: Code,
    /// How much it matters.
    pub severity: Severity,
    /// Where.
    pub place: Subject,
    /// Why it was found. It may have words of the plan in it.
    pub reason: String,
    /// What to type. It has no words of the plan in it.
    pub fix: String,
}

/// What was found so far.
#[derive(Debug, Default)]
pub struct Found(Vec<Finding>);

impl Found {
    /// Adds a finding that matters as much as its rule does.
    pub fn add(&mut self, code: Code, place: Subject, reason: impl Into<String>, fix: impl Into<String>) {
        let (reason, fix) = (reason.into(), fix.into());
        self.0.push(Finding { code, severity: code.severity(), place, reason, fix });
    }
}

impl IntoIterator for Found {
    type Item = Finding;
    type IntoIter = vec::IntoIter<Finding>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}
