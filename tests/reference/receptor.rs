//! Receptors of the obvious simulator: what a state is, how it decays, what current it lets through.

/// How a receptor turns arriving weights into a current.
#[derive(Clone, Copy, Debug)]
pub enum Receptor {
    /// v jumps by the weight.
    Delta,
    CurrExp {
        tau: f64,
    },
    CurrAlpha {
        tau: f64,
    },
    CondExp {
        tau: f64,
        e_rev: f64,
    },
    CondAlpha {
        tau: f64,
        e_rev: f64,
    },
    CondBiexp {
        tau_rise: f64,
        tau_decay: f64,
        e_rev: f64,
    },
    /// Bi-exponential with the magnesium block of Jahr & Stevens 1990.
    Nmda {
        tau_rise: f64,
        tau_decay: f64,
        e_rev: f64,
        mg: f64,
    },
    /// G-protein cascade of Destexhe & Sejnowski 1995; its own rates are constants below.
    GabaB {
        g_max: f64,
        e_rev: f64,
    },
}

/// Published defaults.
pub const AMPA: Receptor = Receptor::CondExp { tau: 2.0, e_rev: 0.0 };
pub const GABA_A: Receptor = Receptor::CondExp { tau: 10.0, e_rev: -70.0 };
pub const NMDA: Receptor = Receptor::Nmda { tau_rise: 2.0, tau_decay: 100.0, e_rev: 0.0, mg: 1.0 };
pub const GABA_B: Receptor = Receptor::GabaB { g_max: 1.0, e_rev: -95.0 };

/// Conductance (nS) or current (pA), and its slope; for GABA-B the transmitter and the two gates R and G,
/// which are known half a step after everything else.
#[derive(Clone, Copy, Debug, Default)]
pub struct State {
    pub g: f64,
    pub slope: f64,
    pub transmitter: f64,
    pub r: f64,
    pub g_protein: f64,
}

/// (exp(x) - 1)/x
pub fn exprel(x: f64) -> f64 {
    if x == 0.0 { 1.0 } else { x.exp_m1() / x }
}

/// The integral of s exp(b s) over s from 0 to h.
fn first_moment(b: f64, h: f64) -> f64 {
    let x = b * h;
    if x.abs() > 0.5 {
        return h * h * ((x - 1.0) * x.exp() + 1.0) / (x * x);
    }
    let mut power = 1.0;
    let mut sum = 0.0;
    for k in 0..20 {
        sum += power / f64::from(k + 2);
        power *= x / f64::from(k + 1);
    }
    h * h * sum
}

impl Receptor {
    pub fn is_conductance(&self) -> bool {
        !matches!(self, Receptor::Delta | Receptor::CurrExp { .. } | Receptor::CurrAlpha { .. })
    }

    /// Time constants of rise and decay; equal for alpha functions.
    fn taus(&self) -> (f64, f64) {
        match *self {
            Receptor::CurrAlpha { tau } | Receptor::CondAlpha { tau, .. } => (tau, tau),
            Receptor::CurrExp { tau } | Receptor::CondExp { tau, .. } => (tau, tau),
            Receptor::CondBiexp { tau_rise, tau_decay, .. } | Receptor::Nmda { tau_rise, tau_decay, .. } => {
                (tau_rise, tau_decay)
            }
            Receptor::Delta | Receptor::GabaB { .. } => (1.0, 0.3),
        }
    }

    /// g' = slope - g/tau_decay, slope' = -slope/tau_rise, transmitter' = -transmitter/tau: exactly, over h.
    pub fn decay(&self, state: &mut State, h: f64) {
        let (rise, decay) = self.taus();
        let difference = 1.0 / decay - 1.0 / rise;
        state.g = state.g * (-h / decay).exp() + state.slope * (-h / decay).exp() * h * exprel(h * difference);
        state.slope *= (-h / rise).exp();
        state.transmitter *= (-h / decay).exp();
    }

    /// Adds what arrives at the end of a step; then GABA-B's gates move by a whole step around it.
    pub fn arrive(&self, state: &mut State, weight: f64, dt: f64) {
        let (rise, decay) = self.taus();
        match self {
            Receptor::Delta => {}
            Receptor::CurrExp { .. } | Receptor::CondExp { .. } => state.g += weight,
            Receptor::CurrAlpha { .. } | Receptor::CondAlpha { .. } => state.slope += weight * 1f64.exp() / decay,
            Receptor::CondBiexp { .. } | Receptor::Nmda { .. } => {
                // At the peak of exp(-t/decay) - exp(-t/rise), where g' = 0, g is the weight.
                let peak = (decay / rise).ln() * decay * rise / (decay - rise);
                state.slope += weight / (decay * (-peak / rise).exp());
            }
            Receptor::GabaB { .. } => {
                const T_MAX: f64 = 0.5;
                let middle = state.transmitter + 0.5 * weight * T_MAX;
                state.transmitter += weight * T_MAX;
                cascade(state, middle, dt);
            }
        }
    }

    /// Current in pA at v, and its derivative by v.
    pub fn current(&self, state: &State, v: f64) -> (f64, f64) {
        match *self {
            Receptor::Delta => (0.0, 0.0),
            Receptor::CurrExp { .. } | Receptor::CurrAlpha { .. } => (state.g, 0.0),
            Receptor::CondExp { e_rev, .. } | Receptor::CondAlpha { e_rev, .. } | Receptor::CondBiexp { e_rev, .. } => {
                (state.g * (e_rev - v), -state.g)
            }
            Receptor::Nmda { e_rev, mg, .. } => {
                let bound = mg / 3.57 * (-0.062 * v).exp();
                let open = 1.0 / (1.0 + bound);
                let opening = 0.062 * bound * open * open;
                (state.g * open * (e_rev - v), state.g * (opening * (e_rev - v) - open))
            }
            Receptor::GabaB { g_max, e_rev } => {
                let g = g_max * gaba_b_open(state);
                (g * (e_rev - v), -g)
            }
        }
    }

    /// Charge (fC) that reaches a membrane of time constant `tau_m` within h, leak included; currents only.
    pub fn charge(&self, state: &State, tau_m: f64, h: f64) -> f64 {
        let (_, tau) = self.taus();
        let b = 1.0 / tau_m - 1.0 / tau;
        (-h / tau_m).exp() * (state.g * h * exprel(b * h) + state.slope * first_moment(b, h))
    }
}

/// Fraction of open GABA-B channels.
pub fn gaba_b_open(state: &State) -> f64 {
    let four = state.g_protein.powi(4);
    four / (four + 100.0)
}

/// R' = K1 T (1 - R) - K2 R with T fixed, then G' = K3 R - K4 G with R at its mean.
fn cascade(state: &mut State, transmitter: f64, dt: f64) {
    const K: [f64; 4] = [0.52, 0.0013, 0.098, 0.033];
    let before = state.r;
    let rate = K[0] * transmitter + K[1];
    state.r += dt * (K[0] * transmitter - rate * before) * exprel(-dt * rate);
    let mean = 0.5 * (before + state.r);
    state.g_protein += dt * (K[2] * mean - K[3] * state.g_protein) * exprel(-dt * K[3]);
}
