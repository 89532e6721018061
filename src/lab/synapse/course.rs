//! The course of a response: its peak, how fast it rises and decays, its area.

/// A response over time, from the first arrival on.
#[derive(Clone, Debug)]
pub struct Course {
    /// Times in ms.
    pub times: Vec<f64>,
    /// Values.
    pub values: Vec<f64>,
    /// Times of arrivals in ms.
    arrivals: Vec<f64>,
}

impl Course {
    /// A response that begins at time 0 of `times`; what comes before is left out.
    pub fn new(times: &[f64], values: Vec<f64>, arrivals: &[f64]) -> Self {
        let first = times.iter().position(|&t| t >= -1e-9).unwrap_or(0);
        Self { times: times[first..].to_vec(), values: values[first..].to_vec(), arrivals: arrivals.to_vec() }
    }

    /// Time and value of the largest deflection from 0, between samples where it is smooth there.
    pub fn peak(&self) -> (f64, f64) {
        self.peak_in(0, self.values.len())
    }

    /// The largest deflection after each arrival, until the next one.
    pub fn peaks(&self) -> Vec<(f64, f64)> {
        let at = |t: f64| self.times.iter().position(|&s| s >= t - 1e-9).unwrap_or(self.times.len());
        let ends = self.arrivals.iter().skip(1).map(|&t| at(t)).chain([self.times.len()]);
        self.arrivals.iter().zip(ends).map(|(&t, end)| self.peak_in(at(t), end)).collect()
    }

    fn peak_in(&self, from: usize, to: usize) -> (f64, f64) {
        let mut k = from;
        for i in from..to {
            if self.values[i].abs() > self.values[k].abs() {
                k = i;
            }
        }
        let here = (self.times[k], self.values[k]);
        if k == from || k + 1 >= to {
            return here;
        }
        // The parabola through three samples, unless the response jumped to its peak.
        let [a, b, c] = [k - 1, k, k + 1].map(|i| self.values[i]);
        let bend = a - 2.0 * b + c;
        if bend == 0.0 || (b - a).abs() > 10.0 * (b - c).abs() + 1e-3 * b.abs() {
            return here;
        }
        let shift = 0.5 * (a - c) / bend;
        (here.0 + shift * (self.times[k + 1] - self.times[k]), b - 0.25 * (a - c) * shift)
    }

    /// From 10 to 90 % of the peak, in ms; 0 where it jumps.
    pub fn rise(&self) -> f64 {
        self.first(0.9) - self.first(0.1)
    }

    /// From the peak until the response has fallen to 1/e of it, in ms; NaN where it has not.
    pub fn decay(&self) -> f64 {
        let (time, peak) = self.peak();
        let below = |i: &usize| self.times[*i] > time && self.values[*i] / peak <= (-1.0_f64).exp();
        let after = (1..self.values.len()).find(below);
        after.map_or(f64::NAN, |i| self.between(i, (-1.0_f64).exp() * peak) - time)
    }

    /// The area below the response.
    pub fn charge(&self) -> f64 {
        let pairs = self.times.windows(2).zip(self.values.windows(2));
        pairs.map(|(t, v)| 0.5 * (v[0] + v[1]) * (t[1] - t[0])).sum()
    }

    /// When a share of the peak is first reached.
    fn first(&self, share: f64) -> f64 {
        let level = share * self.peak().1;
        match self.values.iter().position(|v| v / level >= 1.0) {
            Some(0) | None => self.times[0],
            Some(i) => self.between(i, level),
        }
    }

    /// The time before sample `i` at which a level is reached.
    fn between(&self, i: usize, level: f64) -> f64 {
        let (a, b) = (self.values[i - 1], self.values[i]);
        self.times[i - 1] + (level - a) / (b - a) * (self.times[i] - self.times[i - 1])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn course(f: impl Fn(f64) -> f64) -> Course {
        let times: Vec<f64> = (-100..20_000).map(|k| f64::from(k) * 0.01).collect();
        Course::new(&times, times.iter().map(|&t| if t < -1e-9 { 0.0 } else { f(t) }).collect(), &[0.0])
    }

    #[test]
    fn an_alpha_function_has_its_peak_and_times() {
        let alpha = course(|t| -3.0 * t / 2.0 * (1.0 - t / 2.0).exp());
        let (time, peak) = alpha.peak();
        assert!((time - 2.0).abs() < 1e-4 && (peak + 3.0).abs() < 1e-8, "{time} {peak}");
        // x exp(1 - x) = 0.1, 0.9 at x = 0.038221, 0.608341; = 1/e at x = 3.146193.
        let rise = 2.0 * (0.608_341 - 0.038_221);
        assert!((alpha.rise() / rise - 1.0).abs() < 1e-4, "{}", alpha.rise());
        assert!((alpha.decay() - 2.0 * 2.146_193).abs() < 1e-4, "{}", alpha.decay());
        assert!((alpha.charge() + 3.0 * 2.0 * 1.0_f64.exp()).abs() < 1e-3);
    }

    #[test]
    fn a_jump_is_its_own_peak() {
        let jump = course(|t| 5.0 * (-t / 10.0).exp());
        assert_eq!((jump.peak(), jump.rise()), ((jump.times[0], jump.values[0]), 0.0));
        assert!((jump.decay() - 10.0).abs() < 1e-4);
    }
}
