//! The network of the experiment: a source of spikes, clamped cells, passive cells.

use super::Protocol;
use crate::{
    error::Result,
    lab::{Recorded, quoted, run},
    quantity::display,
};

/// From the spike to its arrival, in ms.
const DELAY: f64 = 1.0;
/// From the begin of the run to the first arrival.
const ONSET: f64 = 2.0;
/// How long a current is looked for, in ms, and with what time step.
const LONGEST: f64 = 5000.0;
const COARSE: f64 = 0.1;
/// A current that has faded to this share of its peak is over.
const FADED: f64 = 0.01;
/// Samples of a trace.
const SAMPLES: f64 = 20_000.0;
/// No potential reaches this threshold.
const NEVER: &str = "1e6 mV";

/// What is built.
pub struct Bench<'a> {
    pub protocol: &'a Protocol,
    /// With its unit.
    pub weight: String,
    /// Times of arrivals after the first, in ms.
    pub arrivals: &'a [f64],
    /// Whether cells can be clamped: a synapse that moves the potential itself knows no clamp.
    pub clamped: bool,
}

/// What was seen; times from the first arrival on.
pub struct Recording {
    pub times: Vec<f64>,
    pub currents: Vec<Vec<f64>>,
    pub potentials: Vec<Vec<f64>>,
    pub curve: Vec<Vec<f64>>,
    pub variables: Vec<(String, String, Vec<f64>)>,
}

impl Bench<'_> {
    /// Runs cells at these potentials; both lists have equal steps.
    pub fn record(&self, holding: &[f64], curve: &[f64]) -> Result<Recording> {
        let duration = match self.protocol.duration {
            Some(ms) => ms,
            None => self.until_faded(curve)?,
        };
        let dt = self.protocol.dt.unwrap_or(if duration <= 2000.0 { 0.01 } else { 0.05 });
        let seen = self.run(holding, curve, duration, dt)?;
        let column = |trace: usize, count: usize| (0..count).map(|k| seen.traces[trace].of(k, 0)).collect::<Vec<_>>();
        let times = seen.traces[0].times.iter().map(|t| t - ONSET).collect();
        let potentials = column(0, holding.len());
        if !self.clamped {
            let nothing = Vec::new();
            return Ok(Recording { times, currents: Vec::new(), potentials, curve: nothing, variables: Vec::new() });
        }
        let currents = column(1, holding.len());
        let size = |k: &usize| currents[*k].iter().fold(0.0_f64, |most, i| most.max(i.abs()));
        let largest = (0..holding.len()).max_by(|a, b| size(a).total_cmp(&size(b))).expect("a range has values");
        let own = &seen.traces[1];
        let variables = (1..own.variables.len())
            .map(|v| (own.variables[v].0.clone(), own.variables[v].1.clone(), own.of(largest, v)))
            .collect();
        Ok(Recording { times, currents, potentials, curve: column(2, curve.len()), variables })
    }

    /// When the current has faded, or the potential of a passive cell that was moved at once.
    fn until_faded(&self, curve: &[f64]) -> Result<f64> {
        let last = self.arrivals.last().copied().unwrap_or(0.0);
        let membrane = 5.0 * self.protocol.capacitance / self.protocol.conductance;
        let mut end: f64 = 0.0;
        if self.clamped {
            let ends = [curve[0], curve[curve.len() - 1]];
            let seen = self.run(&ends, &ends, LONGEST, COARSE)?;
            for k in 0..2 {
                let current = seen.traces[1].of(k, 0);
                let most = current.iter().fold(0.0_f64, |most, i| most.max(i.abs()));
                let over = current.iter().rposition(|i| i.abs() > FADED * most).unwrap_or(0);
                end = end.max(seen.traces[1].times[over] - ONSET);
            }
        }
        // To two digits.
        let ms = (1.1 * end).max(last + membrane);
        let round = 10_f64.powf(ms.log10().floor() - 1.0);
        Ok((ms / round).ceil() * round)
    }

    fn run(&self, holding: &[f64], curve: &[f64], duration: f64, dt: f64) -> Result<Recorded> {
        let model = &self.protocol.subject.model;
        let spikes: Vec<String> = self.arrivals.iter().map(|t| quoted(&format!("{} ms", t + ONSET - DELAY))).collect();
        let mut text = format!(
            "[populations.source]\nmodel = \"spike_list\"\nsize = 1\ntimes = [{}]\n\n[record]\nspikes = []\n\n\
             [run]\nduration = \"{} ms\"\ndt = \"{dt} ms\"\n\n",
            spikes.join(", "),
            ((duration + ONSET) / dt).ceil() * dt
        );
        let (c, g) = (self.protocol.capacitance, self.protocol.conductance);
        let passive = (display(c, crate::quantity::Dim::CAPACITANCE), display(g, crate::quantity::Dim::CONDUCTANCE));
        // Long responses are smooth: not every step is kept.
        let every = (duration / dt / SAMPLES).ceil().max(1.0) * dt;
        let clamp = ("1e6 F".to_string(), "0 nS".to_string());
        // The neuron's only current: a receptor may have a variable called I.
        let mut own: Vec<String> = vec!["I_syn".into()];
        own.extend(model.equations.iter().map(|e| format!("r.{}", e.name)));
        self.cells(&mut text, ("passive", every), holding, &passive, &["v".into()]);
        if self.clamped {
            self.cells(&mut text, ("clamped", every), holding, &clamp, &own);
            self.cells(&mut text, ("curve", every), curve, &clamp, &own[..1]);
        }
        run(&text, std::slice::from_ref(model))
    }

    /// Cells that rest at these potentials, with a synapse each, and a trace of these variables.
    fn cells(
        &self,
        text: &mut String,
        (name, every): (&str, f64),
        at: &[f64],
        (c, g): &(String, String),
        variables: &[String],
    ) {
        let step = if at.len() > 1 { at[1] - at[0] } else { 0.0 };
        let potential = format!("{} mV + i*{step} mV", at[0]);
        let variables: Vec<String> = variables.iter().map(|v| quoted(v)).collect();
        *text += &format!(
            "[populations.{name}]\nmodel = \"lif\"\nsize = {}\nreceptors = {{ r = {} }}\ninitial = {{ v = \"{potential}\" }}\n\
             parameters = {{ C_m = \"{c}\", g_L = \"{g}\", E_L = \"{potential}\", V_th = \"{NEVER}\" }}\n\n\
             [[projections]]\nfrom = \"source\"\nto = \"{name}\"\nrule = \"all_to_all\"\nreceptor = \"r\"\nweight = \"{}\"\n\
             delay = \"{DELAY} ms\"\n\n[[record.traces]]\npopulation = \"{name}\"\nvariables = [{}]\ninterval = \"{every} ms\"\n\n",
            at.len(),
            quoted(&self.protocol.subject.model.name),
            self.weight,
            variables.join(", ")
        );
    }
}
