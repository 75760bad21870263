//! The table: a row as soon as it is measured, so that a run that is stopped has said something.

use std::io::Write;
use std::process::Command;

use crate::Result;

/// The table in the making.
#[derive(Debug, Default)]
pub struct Table {
    missed: usize,
}

/// What a figure is held to.
#[derive(Debug, Clone, Copy)]
pub enum Goal {
    /// At most this, in the figure's own unit.
    AtMost(f64),
    /// At most this, as a ratio to the rival.
    Ratio(f64),
    /// Nothing: the row is there for comparison.
    None,
}

/// A figure beside its rival.
#[derive(Debug)]
pub struct Row<'a> {
    pub what: &'a str,
    pub figure: f64,
    pub unit: &'a str,
    pub rival: f64,
    pub beside: &'a str,
    pub goal: Goal,
    pub remark: &'a str,
}

impl Table {
    /// Says what is measured where, and the head of the table.
    pub fn begin() -> Result<Self> {
        let git = Command::new("git").arg("--version").output()?;
        let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
        let cores = std::thread::available_parallelism().map_or(0, usize::from);
        println!("CPU time (user and system) of whole processes, medians of interleaved runs.");
        let load = load.split(' ').next().unwrap_or_default();
        println!("{}, {cores} cores, load {load} at the beginning.\n", String::from_utf8_lossy(&git.stdout).trim());
        println!("| figure | git-plan | beside | ratio | goal | verdict | remark |");
        println!("|---|--:|--:|--:|--:|---|---|");
        Ok(Self::default())
    }

    /// Adds a row.
    pub fn row(&mut self, row: &Row<'_>) {
        let ratio = row.figure / row.rival;
        let (goal, met) = match row.goal {
            Goal::AtMost(most) => (format!("≤ {most} {}", row.unit), Some(row.figure <= most)),
            Goal::Ratio(most) => (format!("≤ {most} ×"), Some(ratio <= most)),
            Goal::None => (String::new(), None),
        };
        let verdict = match met {
            Some(true) => "met",
            Some(false) => "**missed**",
            None => "",
        };
        self.missed += usize::from(met == Some(false));
        let number = |value: f64| if value < 100.0 { format!("{value:.2}") } else { format!("{value:.0}") };
        let beside = if row.rival.is_nan() { String::new() } else { format!("{} ({})", number(row.rival), row.beside) };
        let ratio = if ratio.is_nan() { String::new() } else { format!("{ratio:.2}") };
        println!(
            "| {} | {} {} | {beside} | {ratio} | {goal} | {verdict} | {} |",
            row.what,
            number(row.figure),
            row.unit,
            row.remark
        );
        let _ = std::io::stdout().flush();
    }

    /// Says how it went.
    pub fn end(self) {
        println!("\n{} missed.", self.missed);
    }
}
