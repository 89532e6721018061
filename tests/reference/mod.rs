//! The obvious simulator: scalar f64, one neuron after the other, a list of edges, a list of pending arrivals for each step.
//!
//! Written by hand from the papers, sharing no code with the engine, whose results it is there to confirm. Leaky
//! integrate-and-fire neurons with any receptors, on the grid of the engine: in a step the state goes from t to t + dt, then
//! arrivals are added, then the threshold is tested. Units: ms, mV, pA, pF, nS, mM.

pub mod receptor;

use receptor::{Receptor, State, exprel};

/// Parameters of a leaky integrate-and-fire neuron.
#[derive(Clone, Copy, Debug)]
pub struct Lif {
    pub c_m: f64,
    pub g_l: f64,
    pub e_l: f64,
    pub v_th: f64,
    pub v_reset: f64,
    pub t_ref: f64,
    pub i_e: f64,
}

/// A synapse. Sources beyond the neurons are the network's outside.
#[derive(Clone, Copy, Debug)]
pub struct Edge {
    pub source: usize,
    pub target: usize,
    /// Index into the network's receptors.
    pub receptor: usize,
    pub weight: f64,
    /// In steps, at least 1.
    pub delay: u64,
}

/// A network; every neuron has all receptors.
#[derive(Clone, Debug)]
pub struct Network {
    pub dt: f64,
    pub neurons: Vec<Lif>,
    /// v of each neuron at t = 0.
    pub initial: Vec<f64>,
    pub receptors: Vec<Receptor>,
    /// In order of projections, then targets: the order of additions where one source reaches a target twice.
    pub edges: Vec<Edge>,
    /// Spikes from outside: stamp in steps and source, which counts on from the neurons.
    pub outside: Vec<(u64, usize)>,
}

/// What happened.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// Stamp in steps and neuron, ascending.
    pub spikes: Vec<(u64, usize)>,
    /// `v[step][neuron]` at time `step * dt`.
    pub v: Vec<Vec<f64>>,
}

struct Neuron {
    v: f64,
    /// Steps for which v is still held.
    held: u64,
    receptors: Vec<State>,
}

impl Network {
    /// Simulates this many steps.
    pub fn run(&self, steps: u64) -> Outcome {
        let fresh = |&v| Neuron { v, held: 0, receptors: vec![State::default(); self.receptors.len()] };
        let mut neurons: Vec<Neuron> = self.initial.iter().map(fresh).collect();
        let mut arrivals: Vec<Vec<Edge>> = vec![Vec::new(); steps as usize + 1];
        let mut outcome = Outcome { v: vec![self.initial.clone()], ..Outcome::default() };
        self.emit(0, &[], &mut arrivals);
        for stamp in 1..=steps {
            let mut fired = Vec::new();
            let inputs = self.inputs(&arrivals[stamp as usize]);
            for (id, (neuron, input)) in neurons.iter_mut().zip(&inputs).enumerate() {
                if self.step(&self.neurons[id], neuron, input) {
                    fired.push(id);
                }
            }
            outcome.spikes.extend(fired.iter().map(|&id| (stamp, id)));
            outcome.v.push(neurons.iter().map(|n| n.v).collect());
            self.emit(stamp, &fired, &mut arrivals);
        }
        outcome
    }

    /// Puts the spikes of this stamp, by ascending source, on their way.
    fn emit(&self, stamp: u64, fired: &[usize], arrivals: &mut [Vec<Edge>]) {
        let outside = self.outside.iter().filter(|s| s.0 == stamp).map(|s| s.1);
        let mut sources: Vec<usize> = fired.iter().copied().chain(outside).collect();
        sources.sort_unstable();
        for source in sources {
            for edge in self.edges.iter().filter(|e| e.source == source) {
                if let Some(list) = arrivals.get_mut((stamp + edge.delay) as usize) {
                    list.push(*edge);
                }
            }
        }
    }

    /// Sum of the arriving weights, `[neuron][receptor]`.
    fn inputs(&self, arrivals: &[Edge]) -> Vec<Vec<f64>> {
        let mut sums = vec![vec![0.0; self.receptors.len()]; self.neurons.len()];
        for edge in arrivals {
            sums[edge.target][edge.receptor] += edge.weight;
        }
        sums
    }

    /// One neuron, one step; whether it spiked.
    fn step(&self, lif: &Lif, neuron: &mut Neuron, input: &[f64]) -> bool {
        let by_conductance = self.receptors.iter().any(Receptor::is_conductance);
        let moved = if by_conductance { self.exponential_midpoint(lif, neuron) } else { self.exact(lif, neuron) };
        let jumps = self.receptors.iter().zip(input).filter(|(r, _)| matches!(r, Receptor::Delta));
        let moved = moved + jumps.map(|(_, w)| w).sum::<f64>();
        for ((receptor, state), &weight) in self.receptors.iter().zip(&mut neuron.receptors).zip(input) {
            receptor.arrive(state, weight, self.dt);
        }
        if neuron.held > 0 {
            neuron.held -= 1;
            return false;
        }
        neuron.v = moved;
        let spiked = neuron.v > lif.v_th;
        if spiked {
            neuron.v = lif.v_reset;
            neuron.held = (lif.t_ref / self.dt).round() as u64;
        }
        spiked
    }

    /// Currents only: the closed-form solution over one step. Returns v, and moves the receptors.
    fn exact(&self, lif: &Lif, neuron: &mut Neuron) -> f64 {
        let tau_m = lif.c_m / lif.g_l;
        let rest = lif.e_l + lif.i_e / lif.g_l;
        let mut v = rest + (neuron.v - rest) * (-self.dt / tau_m).exp();
        for (receptor, state) in self.receptors.iter().zip(&mut neuron.receptors) {
            v += receptor.charge(state, tau_m, self.dt) / lif.c_m;
            receptor.decay(state, self.dt);
        }
        v
    }

    /// Conductances: receptors move half a step, v a whole one with local exponential, receptors the other half.
    fn exponential_midpoint(&self, lif: &Lif, neuron: &mut Neuron) -> f64 {
        let v = neuron.v;
        let (mut current, mut slope) = (lif.g_l * (lif.e_l - v) + lif.i_e, -lif.g_l);
        for (receptor, state) in self.receptors.iter().zip(&mut neuron.receptors) {
            receptor.decay(state, 0.5 * self.dt);
            let (i, di_dv) = receptor.current(state, v);
            current += i;
            slope += di_dv;
            receptor.decay(state, 0.5 * self.dt);
        }
        v + self.dt * current / lif.c_m * exprel(self.dt * slope / lif.c_m)
    }
}
