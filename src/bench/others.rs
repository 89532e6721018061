//! Who else used the machine while something ran.

use std::{fs, time::Instant};

/// Ticks a second of the times in /proc; Linux fixes it at 100 on all its common architectures, whatever its own clock is.
const TICKS: f64 = 100.0;

/// The processors' time so far: everyone's and ours.
#[derive(Clone, Copy, Debug)]
pub struct Others {
    begin: Instant,
    /// Ticks in which a processor worked, or was taken away by the host of a virtual machine; `None`: the system does not tell.
    all: Option<f64>,
    /// Ticks of this process and of its children that have ended.
    own: Option<f64>,
}

impl Others {
    /// As of now.
    pub fn now() -> Self {
        let read = |path: &str| fs::read_to_string(path).ok();
        Self {
            begin: Instant::now(),
            all: read("/proc/stat").as_deref().and_then(worked),
            own: read("/proc/self/stat").as_deref().and_then(own),
        }
    }

    /// Since then: seconds of processor time that others used, and wall time.
    pub fn since(&self) -> Option<(f64, f64)> {
        let now = Self::now();
        let all = now.all? - self.all?;
        let own = now.own? - self.own?;
        Some((((all - own) / TICKS).max(0.0), self.begin.elapsed().as_secs_f64()))
    }
}

/// user, nice, system, irq, softirq and steal of the first line of /proc/stat; not idle and iowait, and not guest, which
/// is part of user.
fn worked(stat: &str) -> Option<f64> {
    let ticks: Vec<f64> = stat.lines().next()?.split_whitespace().skip(1).map_while(|t| t.parse().ok()).collect();
    Some([0, 1, 2, 5, 6, 7].iter().filter_map(|&field| ticks.get(field)).sum())
}

/// utime, stime, cutime and cstime of /proc/self/stat, whose second field may hold blanks but ends with the last `)`.
fn own(stat: &str) -> Option<f64> {
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    fields.get(11..15)?.iter().map(|ticks| ticks.parse::<f64>().ok()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_read_from_the_right_fields() {
        assert_eq!(worked("cpu  1 2 4 1000 1000 8 16 32 500 500\ncpu0 9 9 9\n"), Some(63.0));
        let stat = "7 (a) b) S 1 2 3 4 5 6 7 8 9 10 100 200 300 400 20 0 1";
        assert_eq!(own(stat), Some(1000.0));
        assert_eq!(own("7 (bouton) S 1"), None);
    }
}
