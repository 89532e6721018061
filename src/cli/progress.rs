//! The progress bar: biological time, real-time factor, remaining time.

use std::{fmt, time::Duration};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use crate::engine::observer::Observer;

/// Steps between two looks at the clock, whether to draw: some networks' steps take microseconds.
const STEPS: u64 = 20;
/// Drawn at most this many times a second.
const DRAWS_PER_SECOND: u8 = 10;

/// Shows on standard error how far a run has come; silent where that is not a terminal.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
    /// The step from which on the bar is told again.
    next: u64,
}

impl Progress {
    /// A bar for a run of `steps` steps of `dt_ms` milliseconds.
    pub fn new(steps: u64, dt_ms: f64, visible: bool) -> Self {
        let target = match visible {
            true => ProgressDrawTarget::stderr_with_hz(DRAWS_PER_SECOND),
            false => ProgressDrawTarget::hidden(),
        };
        // Formatted only when drawn.
        let style = ProgressStyle::with_template("{bar:30.cyan/dim} {time}").expect("the template is fixed").with_key(
            "time",
            move |state: &ProgressState, out: &mut dyn fmt::Write| {
                let [done, all] = [state.pos(), steps].map(|step| step as f64 * dt_ms * 1e-3);
                let _ = out.write_str(&line(done, all, state.elapsed(), state.eta()));
            },
        );
        Self { bar: ProgressBar::with_draw_target(Some(steps), target).with_style(style), next: 0 }
    }
    /// Takes the bar away, before a summary is printed.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

impl Observer for Progress {
    fn reached(&mut self, step: u64) {
        if step >= self.next {
            self.bar.set_position(step);
            self.next = step + STEPS;
        }
    }
}

/// Biological seconds done and asked for, wall-clock time per biological time, and the wall-clock time left.
fn line(done: f64, all: f64, elapsed: Duration, left: Duration) -> String {
    let mut line = format!("{done:.2} s of {all:.2} s");
    if done > 0.0 {
        line += &format!("  real-time factor {:.2}", elapsed.as_secs_f64() / done);
        line += &format!("  {} left", clock(left.as_secs()));
    }
    line
}

fn clock(seconds: u64) -> String {
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, s) => format!("{s} s"),
        (0, m, s) => format!("{m}:{s:02} min"),
        (h, m, s) => format!("{h}:{m:02}:{s:02} h"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_shows_time_factor_and_rest() {
        let line = line(0.5, 2.0, Duration::from_millis(250), Duration::from_secs(75));
        assert_eq!(line, "0.50 s of 2.00 s  real-time factor 0.50  1:15 min left");
        assert_eq!(clock(7), "7 s");
        assert_eq!(clock(3661), "1:01:01 h");
    }

    #[test]
    fn position_follows_the_run() {
        let mut progress = Progress::new(100, 0.1, false);
        for (step, told) in [(40, 40), (41, 40), (60, 60), (100, 100)] {
            progress.reached(step);
            assert_eq!(progress.bar.position(), told);
        }
        progress.finish();
        assert!(progress.bar.is_finished());
    }
}
