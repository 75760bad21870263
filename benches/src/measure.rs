//! CPU time of whole processes.

use std::process::{Command, Stdio};
use std::time::Duration;

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeVal;

use crate::Result;

/// The CPU time, user and system, of all children that have ended and were waited for.
pub fn of_children() -> Result<Duration> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let time = |time: TimeVal| {
        Duration::from_secs(time.tv_sec().unsigned_abs()) + Duration::from_micros(time.tv_usec().unsigned_abs())
    };
    Ok(time(usage.user_time()) + time(usage.system_time()))
}

/// Runs a command and says what CPU time it took; its output goes nowhere.
pub fn cpu(command: &mut Command) -> Result<Duration> {
    let before = of_children()?;
    let output = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).output()?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{command:?} ended with {}: {said}", output.status).into());
    }
    Ok(of_children()? - before)
}

/// Many measurements of one thing.
#[derive(Debug, Default)]
pub struct Samples(Vec<Duration>);

impl Samples {
    pub fn add(&mut self, sample: Duration) {
        self.0.push(sample);
    }

    /// The median, in milliseconds.
    pub fn median(&self) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort();
        sorted.get(sorted.len() / 2).map_or(f64::NAN, |median| median.as_secs_f64() * 1000.0)
    }

    /// The mean, in milliseconds: what happens now and then counts in it.
    pub fn mean(&self) -> f64 {
        self.0.iter().sum::<Duration>().as_secs_f64() * 1000.0 / self.0.len() as f64
    }
}

/// Measures commands in turns, the first of each `rounds` being a rehearsal.
pub fn in_turns<const N: usize>(
    rounds: usize,
    mut run: impl FnMut(usize, usize) -> Result<Duration>,
) -> Result<[Samples; N]> {
    let mut samples = std::array::from_fn(|_| Samples::default());
    for round in 0..=rounds {
        for (which, samples) in samples.iter_mut().enumerate() {
            let sample = run(which, round)?;
            if round > 0 {
                samples.add(sample);
            }
        }
    }
    Ok(samples)
}
