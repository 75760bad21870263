//! `git plan completions`

use clap::ValueEnum;
use clap_complete::env::Shells;

use crate::complete;
use crate::exit::{Failure, Status};
use crate::ui::Ui;

/// Print what makes a shell complete plans, steps and all commands
///
/// For bash, `eval "$(git plan completions bash)"` in ~/.bashrc; for zsh the same in ~/.zshrc, after compinit; for fish,
/// `git plan completions fish | source` in ~/.config/fish/config.fish; for PowerShell,
/// `git plan completions powershell | Out-String | Invoke-Expression` in the profile.
/// The shell then asks git-plan, so that what it offers is what there is.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  git plan completions bash
  git plan completions fish | source")]
pub struct Completions {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

/// A shell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Shell {
    /// Bash
    Bash,
    /// Zsh
    Zsh,
    /// Fish
    Fish,
    /// PowerShell
    Powershell,
}

impl Shell {
    const fn name(self) -> &'static str {
        match self {
            Self::Bash => "bash",
            Self::Zsh => "zsh",
            Self::Fish => "fish",
            Self::Powershell => "powershell",
        }
    }

    /// What makes `git plan …` complete as `git-plan …` does, where git's own completion is loaded.
    const fn of_git(self) -> &'static str {
        match self {
            Self::Bash => {
                "\
_git_plan() {
    local at=${__git_cmd_idx:-1}
    local COMP_WORDS=(git-plan \"${COMP_WORDS[@]:at+1}\")
    local COMP_CWORD=$((COMP_CWORD - at))
    _clap_complete_git_plan git-plan \"${COMP_WORDS[COMP_CWORD]}\" \"${COMP_WORDS[COMP_CWORD-1]}\"
}
"
            }
            Self::Zsh => {
                "\
_git-plan() {
    words[1]=git-plan
    _clap_dynamic_completer_git_plan
}
"
            }
            Self::Fish => {
                "\
function __git_plan_complete
    set --local words (commandline --current-process --tokenize --cut-at-cursor)
    GIT_PLAN_COMPLETE=fish git-plan -- git-plan $words[3..] (commandline --current-token)
end
complete --command git --no-files --keep-order --condition '__fish_seen_subcommand_from plan' --arguments '(__git_plan_complete)'
"
            }
            Self::Powershell => "",
        }
    }
}

impl Completions {
    pub fn run(self, ui: &mut Ui) -> Result<(), Failure> {
        let mut script = Vec::new();
        let shells = Shells::builtins();
        let unknown =
            || Failure::new(Status::Failed, "shell", format!("there is no completion for {}", self.shell.name()));
        let completer = shells.completer(self.shell.name()).ok_or_else(unknown)?;
        completer.write_registration(complete::VARIABLE, "git-plan", "git-plan", "git-plan", &mut script)?;
        script.extend_from_slice(self.shell.of_git().as_bytes());
        Ok(ui.raw(&script)?)
    }
}
