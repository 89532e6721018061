//! A report as text: a dozen lines of the window, both orders of the spikes over the frequency, what was chosen.

use std::fmt;

use super::{Report, Trains, Window};

/// Times of the window that are printed, as parts of its half width; 0 and the shortest times come in addition.
const SHOWN: [f64; 5] = [1.0, 0.5, 0.2, 0.1, 0.05];

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {}", self.rule, self.title)?;
        writeln!(f, "{}", self.protocol())?;
        self.notes.iter().try_for_each(|note| writeln!(f, "{note}"))?;
        if let Some(window) = &self.window {
            write!(f, "\n{window}")?;
        }
        if let Some(p) = &self.frequency {
            let rows = p.frequency_hz.iter().map(|hz| format!("{} Hz", short(*hz)));
            both_orders(f, "pairings at", p.apart_ms, rows, (&p.pre_before_post, &p.post_before_pre))?;
        }
        if let Some(m) = &self.modulation {
            let rows = m.delay_ms.iter().map(|ms| format!("{} ms", short(*ms)));
            both_orders(f, "modulator after", m.apart_ms, rows, (&m.pre_before_post, &m.post_before_pre))?;
        }
        match &self.trains {
            Some(trains) => write!(f, "\n{trains}"),
            None => Ok(()),
        }
    }
}

impl Report {
    /// What was done, in a line.
    pub(super) fn protocol(&self) -> String {
        let mut parts = Vec::new();
        if self.window.is_some() {
            let pairings =
                if self.pairs == 1 { "pairing".into() } else { format!("pairings at {} Hz", short(self.frequency_hz)) };
            parts.push(format!("{} {pairings}", self.pairs));
        }
        parts.push(format!("weight {} ({})", self.weight, self.receptor));
        let dendritic = match self.dendritic {
            0.0 => "all of it axonal".to_string(),
            1.0 => "all of it dendritic".to_string(),
            0.5 => "half of it dendritic".to_string(),
            share => format!("{} % of it dendritic", short(100.0 * share)),
        };
        parts.push(format!("delay {} ms, {dendritic}", short(self.delay_ms)));
        if self.pairing != "all_to_all" {
            parts.push(format!("pairing {}", self.pairing));
        }
        parts.join("; ")
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "t_post - t_pre  weight change")?;
        let last = self.dt_ms.len() - 1;
        let middle = last / 2;
        let mut shown: Vec<usize> = SHOWN
            .iter()
            .map(|part| (part * middle as f64).round() as usize)
            .chain([1, 0])
            .flat_map(|k| [middle - k, middle + k])
            .collect();
        shown.sort_unstable();
        shown.dedup();
        for k in shown {
            writeln!(f, "{:>11} ms  {:>13}", short(self.dt_ms[k]), percent(self.change[k]))?;
        }
        for (name, extreme) in [("potentiation", self.largest_potentiation), ("depression", self.largest_depression)] {
            match extreme {
                Some(e) => writeln!(f, "largest {name} {} at {} ms", percent(e.change), short(e.dt_ms))?,
                None => writeln!(f, "no {name}")?,
            }
        }
        for (side, tau) in [(">", self.tau_after_ms), ("<", self.tau_before_ms)] {
            if let Some(tau) = tau {
                writeln!(f, "exponential for t_post {side} t_pre, with {tau:.1} ms")?;
            }
        }
        Ok(())
    }
}

fn both_orders(
    f: &mut fmt::Formatter<'_>,
    what: &str,
    apart: f64,
    rows: impl Iterator<Item = String>,
    (after, before): (&[f64], &[f64]),
) -> fmt::Result {
    let heads = [apart, -apart].map(|ms| format!("{}{} ms", if ms > 0.0 { "+" } else { "" }, short(ms)));
    writeln!(f, "\n{what:<15}  {:>11}  {:>11}", heads[0], heads[1])?;
    rows.zip(after.iter().zip(before))
        .try_for_each(|(row, (a, b))| writeln!(f, "{row:>15}  {:>11}  {:>11}", percent(*a), percent(*b)))
}

impl fmt::Display for Trains {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "transmitted, relative to the weight")?;
        let deviates = self.trials > 1;
        let width = if deviates { 15 } else { 9 };
        write!(f, "{:>7}", "spike")?;
        self.frequency_hz.iter().try_for_each(|hz| write!(f, "  {:>width$}", format!("{} Hz", short(*hz))))?;
        writeln!(f)?;
        for k in 0..self.amplitude[0].len() {
            write!(f, "{:>7}", k + 1)?;
            for (mean, deviation) in self.amplitude.iter().zip(&self.deviation) {
                let shown = match deviates {
                    true => format!("{:.3} +- {:.3}", mean[k], deviation[k]),
                    false => format!("{:.4}", mean[k]),
                };
                write!(f, "  {shown:>width$}")?;
            }
            writeln!(f)?;
        }
        writeln!(f, "\n{:>10}  {:>10}", "trains at", format!("spike {}", self.amplitude[0].len()))?;
        let rows = self.range_hz.iter().zip(&self.last);
        rows.into_iter().try_for_each(|(hz, last)| writeln!(f, "{:>7} Hz  {last:>10.4}", short(*hz)))
    }
}

/// A number without the rounding of its computation.
pub(super) fn short(value: f64) -> String {
    format!("{}", (value * 1e6).round() / 1e6)
}

/// A change with its sign.
fn percent(change: f64) -> String {
    match 100.0 * change {
        // What is left of a trace after many time constants.
        p if p.abs() < 1e-9 => "0 %".into(),
        p if p.abs() < 0.1 => format!("{p:+.2e} %"),
        p => format!("{p:+.2} %"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::report::tests::report;

    #[test]
    fn the_table_shows_window_extremes_and_frequencies() {
        let text = report().to_string();
        for part in [
            "mine: A rule\n60 pairings at 1 Hz; weight 1 pA (curr_exp); delay 1 ms, half of it dendritic\n",
            "w_max = 2 pA, twice the weight\n",
            "         10 ms       +30.33 %\n",
            "          0 ms            0 %\n",
            "largest potentiation +45.24 % at 2 ms\n",
            "exponential for t_post < t_pre, with 30.0 ms\n",
            "pairings at           +10 ms       -10 ms\n",
            "          50 Hz     +40.00 %     +40.00 %\n",
        ] {
            assert!(text.contains(part), "{part:?} is not in\n{text}");
        }
        let window = text.lines().filter(|line| line.contains(" ms  ") && line.ends_with('%'));
        assert_eq!(window.count(), 13);
    }
}
