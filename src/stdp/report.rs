//! What a protocol found: numbers for programs, and what they say about the rule.

use serde::Serialize;

use super::{Protocol, setup::Setup};
use crate::output::as_map;

/// All that a protocol found. Changes are relative to the weight before: 0.1 is 10 %.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Name of the rule.
    pub rule: String,
    /// Its title.
    pub title: String,
    /// Parameters as used.
    #[serde(serialize_with = "as_map")]
    pub parameters: Vec<(String, String)>,
    /// Weight before the first spike, with its unit.
    pub weight: String,
    /// Receptor model.
    pub receptor: String,
    /// Number of pairings.
    pub pairs: u32,
    /// Of the pairings of the window.
    pub frequency_hz: f64,
    /// `all_to_all` or `nearest`.
    pub pairing: String,
    /// Delay of the synapse.
    pub delay_ms: f64,
    /// Share of it on the dendrite.
    pub dendritic: f64,
    /// What was chosen, and what to mind.
    pub notes: Vec<String>,
    /// The window, of rules that change weights.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window: Option<Window>,
    /// Over the frequency of pairings, of rules without modulator.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frequency: Option<Pairing>,
    /// Over the time of the modulator's spike.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub modulation: Option<Modulation>,
    /// Of rules that change transmission only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trains: Option<Trains>,
}

/// Changes over the time between the two spikes.
#[derive(Clone, Debug, Serialize)]
pub struct Window {
    /// t_post - t_pre.
    pub dt_ms: Vec<f64>,
    /// Change of the weight.
    pub change: Vec<f64>,
    /// The largest increase, if there is any.
    pub largest_potentiation: Option<Extreme>,
    /// The largest decrease, if there is any.
    pub largest_depression: Option<Extreme>,
    /// Time constant for t_post > t_pre, where the change decays exponentially.
    pub tau_after_ms: Option<f64>,
    /// Time constant for t_post < t_pre, where the change decays exponentially.
    pub tau_before_ms: Option<f64>,
}

/// Where the window is highest or lowest.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Extreme {
    /// t_post - t_pre.
    pub dt_ms: f64,
    /// Change of the weight.
    pub change: f64,
}

/// Changes over the frequency of pairings, for both orders of the spikes.
#[derive(Clone, Debug, Serialize)]
pub struct Pairing {
    /// Time between the two spikes.
    pub apart_ms: f64,
    /// Frequency.
    pub frequency_hz: Vec<f64>,
    /// Changes by t_post > t_pre.
    pub pre_before_post: Vec<f64>,
    /// Changes by t_post < t_pre.
    pub post_before_pre: Vec<f64>,
}

/// Changes over the time from a pairing to the modulator's spike, for both orders of the spikes.
#[derive(Clone, Debug, Serialize)]
pub struct Modulation {
    /// Time between the two spikes.
    pub apart_ms: f64,
    /// From the presynaptic spike to the rise of the modulator.
    pub delay_ms: Vec<f64>,
    /// Changes by t_post > t_pre.
    pub pre_before_post: Vec<f64>,
    /// Changes by t_post < t_pre.
    pub post_before_pre: Vec<f64>,
}

/// What spikes of regular trains transmit, relative to the weight.
#[derive(Clone, Debug, Serialize)]
pub struct Trains {
    /// Frequencies of `amplitude`.
    pub frequency_hz: Vec<f64>,
    /// For each frequency, what each spike transmits.
    pub amplitude: Vec<Vec<f64>>,
    /// Its standard deviation over synapses; 0 unless release is random.
    pub deviation: Vec<Vec<f64>>,
    /// Frequencies of `last`.
    pub range_hz: Vec<f64>,
    /// What the last spike transmits.
    pub last: Vec<f64>,
    /// Synapses over which means were taken.
    pub trials: usize,
}

/// A report without results.
pub fn empty(protocol: &Protocol, setup: &Setup) -> Report {
    Report {
        rule: setup.rule.name.clone(),
        title: setup.rule.title.clone(),
        parameters: Vec::new(),
        weight: setup.weight_text(),
        receptor: protocol.receptor.clone(),
        pairs: protocol.pairs(setup),
        frequency_hz: protocol.frequency * 1e3,
        pairing: protocol.pairing.clone(),
        delay_ms: protocol.delay,
        dendritic: protocol.dendritic,
        notes: setup.notes.clone(),
        window: None,
        frequency: None,
        modulation: None,
        trains: None,
    }
}

impl Report {
    /// One JSON object on one line.
    pub fn json(&self) -> String {
        serde_json::to_string(self).expect("a report holds numbers and names only")
    }
}

impl Window {
    /// A window from its values.
    pub(super) fn new(dt_ms: Vec<f64>, change: Vec<f64>) -> Self {
        let extreme = |sign: f64| {
            let both = dt_ms.iter().zip(&change).map(|(&dt_ms, &change)| Extreme { dt_ms, change });
            both.filter(|e| sign * e.change > 0.0).max_by(|a, b| (sign * a.change).total_cmp(&(sign * b.change)))
        };
        let side = |sign: f64| -> Vec<(f64, f64)> {
            let both = dt_ms.iter().zip(&change).map(|(&dt, &change)| (sign * dt, change));
            both.filter(|p| p.0 > 0.0).collect()
        };
        let (largest_potentiation, largest_depression) = (extreme(1.0), extreme(-1.0));
        let (tau_after_ms, tau_before_ms) = (time_constant(&side(1.0)), time_constant(&side(-1.0)));
        Self { largest_potentiation, largest_depression, tau_after_ms, tau_before_ms, dt_ms, change }
    }
}

/// Deviation of a value from the exponential, beyond which a window is not called one.
const EXPONENTIAL: f64 = 0.02;

/// Least squares of logarithms over values above a percent of the greatest; `None` where they do not lie on a line.
fn time_constant(points: &[(f64, f64)]) -> Option<f64> {
    let most = points.iter().map(|p| p.1.abs()).fold(0.0, f64::max);
    let shown: Vec<_> = points.iter().filter(|p| p.1.abs() > 0.01 * most).collect();
    let sign = shown.first()?.1.signum();
    if shown.len() < 5 || shown.iter().any(|p| p.1.signum() != sign) {
        return None;
    }
    let logs: Vec<_> = shown.iter().map(|p| (p.0, p.1.abs().ln())).collect();
    let mean = |of: &dyn Fn(&(f64, f64)) -> f64| logs.iter().map(of).sum::<f64>() / logs.len() as f64;
    let (x, y) = (mean(&|p| p.0), mean(&|p| p.1));
    let slope = mean(&|p| (p.0 - x) * (p.1 - y)) / mean(&|p| (p.0 - x).powi(2));
    let straight = logs.iter().all(|p| (p.1 - y - slope * (p.0 - x)).abs() < EXPONENTIAL);
    // Over the window it falls to less than a half, else it is as good as constant.
    let falls = slope * -(logs[0].0 - logs[logs.len() - 1].0).abs() > std::f64::consts::LN_2;
    (straight && falls).then_some(-1.0 / slope)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A window with time constants of 20 and 30 ms.
    pub fn report() -> Report {
        let dt_ms: Vec<f64> = (-50..=50).map(|k| f64::from(k) * 2.0).collect();
        let value = |dt: f64| match dt {
            0.0 => 0.0,
            dt if dt > 0.0 => 0.5 * (-dt / 20.0).exp(),
            dt => -0.25 * (dt / 30.0).exp(),
        };
        Report {
            rule: "mine".into(),
            title: "A rule".into(),
            parameters: vec![("mine.tau".into(), "20 ms".into())],
            weight: "1 pA".into(),
            receptor: "curr_exp".into(),
            pairs: 60,
            frequency_hz: 1.0,
            pairing: "all_to_all".into(),
            delay_ms: 1.0,
            dendritic: 0.5,
            notes: vec!["w_max = 2 pA, twice the weight".into()],
            window: Some(Window::new(dt_ms.clone(), dt_ms.into_iter().map(value).collect())),
            frequency: Some(Pairing {
                apart_ms: 10.0,
                frequency_hz: vec![0.1, 1.0, 10.0, 50.0],
                pre_before_post: vec![0.1, 0.1, 0.2, 0.4],
                post_before_pre: vec![-0.1, -0.1, -0.05, 0.4],
            }),
            modulation: None,
            trains: None,
        }
    }

    #[test]
    fn a_window_tells_extremes_and_time_constants() {
        let window = report().window.unwrap();
        let [after, before] = [window.tau_after_ms, window.tau_before_ms].map(|tau| tau.expect("exponential"));
        assert!((after - 20.0).abs() < 1e-9 && (before - 30.0).abs() < 1e-9, "{after} {before}");
        let (high, low) = (window.largest_potentiation.unwrap(), window.largest_depression.unwrap());
        assert_eq!((high.dt_ms, low.dt_ms), (2.0, -2.0));
        let flat = Window::new(vec![-1.0, 0.0, 1.0], vec![0.0; 3]);
        assert_eq!((flat.largest_potentiation, flat.largest_depression, flat.tau_after_ms), (None, None, None));
    }

    #[test]
    fn other_courses_have_no_time_constant() {
        let line = |of: &dyn Fn(f64) -> f64| -> Vec<(f64, f64)> { (1..50).map(|k| (k.into(), of(k.into()))).collect() };
        assert_eq!(time_constant(&line(&|x| 1.0 - x / 60.0)), None);
        assert_eq!(time_constant(&line(&|x| (-x / 20.0).exp() - 0.1)), None);
        assert_eq!(time_constant(&line(&|x| (x / 20.0).exp())), None);
        assert_eq!(time_constant(&line(&|x| (-x / 1e4).exp())), None);
        assert_eq!(time_constant(&line(&|_| 0.0)), None);
    }

    #[test]
    fn json_has_what_was_found_alone() {
        let value: serde_json::Value = serde_json::from_str(&report().json()).unwrap();
        assert_eq!(value["window"]["dt_ms"].as_array().unwrap().len(), 101);
        assert_eq!(value["parameters"]["mine.tau"], "20 ms");
        assert!(value.get("trains").is_none() && value["frequency"]["post_before_pre"][3] == 0.4);
    }
}
