//! The published rules, written by hand from the papers with the papers' values; times in ms.

use super::{
    naive::{Now, Rule},
    network::DT,
};

/// Song, Miller & Abbott (2000).
pub struct Additive {
    pub w_max: f64,
}
impl Rule for Additive {
    fn pre(&mut self, w: f64, now: &Now) -> f64 {
        (w - 1.05 * 0.005 * self.w_max * now.y(20.0)).clamp(0.0, self.w_max)
    }
    fn post(&mut self, w: f64, now: &Now) -> f64 {
        (w + 0.005 * self.w_max * now.x(20.0)).clamp(0.0, self.w_max)
    }
}

/// Rubin, Lee & Sompolinsky (2001).
pub struct Multiplicative {
    pub w_max: f64,
}
impl Rule for Multiplicative {
    fn pre(&mut self, w: f64, now: &Now) -> f64 {
        (w - 1.05 * 0.01 * w * now.y(20.0)).clamp(0.0, self.w_max)
    }
    fn post(&mut self, w: f64, now: &Now) -> f64 {
        (w + 0.01 * (self.w_max - w) * now.x(20.0)).clamp(0.0, self.w_max)
    }
}

/// Morrison, Aertsen & Diesmann (2007).
pub struct PowerLaw {
    pub w_0: f64,
}
impl Rule for PowerLaw {
    fn pre(&mut self, w: f64, now: &Now) -> f64 {
        (w - 0.11 * 0.1 * w * now.y(20.0)).max(0.0)
    }
    fn post(&mut self, w: f64, now: &Now) -> f64 {
        w + 0.1 * self.w_0.powf(1.0 - 0.4) * w.powf(0.4) * now.x(20.0)
    }
}

/// Gütig, Aharonov, Rotter & Sompolinsky (2003), weights in units of the greatest.
pub struct Guetig {
    pub w_max: f64,
    pub mu: f64,
}
impl Rule for Guetig {
    fn pre(&mut self, w: f64, now: &Now) -> f64 {
        let w = w / self.w_max;
        self.w_max * (w - 0.005 * 1.05 * w.powf(self.mu) * now.y(20.0)).clamp(0.0, 1.0)
    }
    fn post(&mut self, w: f64, now: &Now) -> f64 {
        let w = w / self.w_max;
        self.w_max * (w + 0.005 * (1.0 - w).powf(self.mu) * now.x(20.0)).clamp(0.0, 1.0)
    }
}

/// A2+, A3+, A2-, A3-, tau_x, tau_y of Pfister & Gerstner (2006), table 4, full model, all-to-all.
pub const VISUAL: [f64; 6] = [5e-10, 6.2e-3, 7e-3, 2.3e-4, 101.0, 125.0];
/// The same for hippocampal cultures, table 3.
pub const HIPPOCAMPUS: [f64; 6] = [6.1e-3, 6.7e-3, 1.6e-3, 1.4e-3, 946.0, 27.0];

/// Pfister & Gerstner (2006), equations 3 and 4.
pub struct Triplet {
    pub w_0: f64,
    pub w_max: f64,
    pub set: [f64; 6],
}
impl Rule for Triplet {
    fn pre(&mut self, w: f64, now: &Now) -> f64 {
        let [_, _, a2, a3, tau_x, _] = self.set;
        (w - self.w_0 * now.y(33.7) * (a2 + a3 * now.x(tau_x))).clamp(0.0, self.w_max)
    }
    fn post(&mut self, w: f64, now: &Now) -> f64 {
        let [a2, a3, _, _, _, tau_y] = self.set;
        (w + self.w_0 * now.x(16.8) * (a2 + a3 * now.y(tau_y))).clamp(0.0, self.w_max)
    }
}

/// Vogels, Sprekeler, Zenke, Clopath & Gerstner (2011), with a learning rate that the test can see.
pub struct Inhibitory {
    pub w_max: f64,
    pub eta: f64,
}
impl Rule for Inhibitory {
    fn pre(&mut self, w: f64, now: &Now) -> f64 {
        // alpha = 2 rho_0 tau with 3 Hz and 20 ms.
        (w + self.eta * self.w_max * (now.y(20.0) - 0.12)).clamp(0.0, self.w_max)
    }
    fn post(&mut self, w: f64, now: &Now) -> f64 {
        (w + self.eta * self.w_max * now.x(20.0)).clamp(0.0, self.w_max)
    }
}

/// van Rossum, Bi & Turrigiano (2000), without the integral part. `rho_0` in 1/ms.
pub struct Scaling {
    pub beta: f64,
    pub rho_0: f64,
    pub tau: f64,
}
impl Rule for Scaling {
    fn pre(&mut self, w: f64, now: &Now) -> f64 {
        let from = now.pre_before().unwrap_or(0);
        // The rate is the sum of exp(-(t - t_k)/tau)/tau over spikes; its integral from the presynaptic spike before until now:
        let left = |t: u64, spike: u64| (-(t.saturating_sub(spike) as f64) * DT / self.tau).exp();
        let spikes = now.post.iter().filter(|&&s| s < now.step);
        let integral: f64 = spikes.map(|&s| left(from, s) - left(now.step, s)).sum();
        w * (self.beta * (self.rho_0 * now.since(from) - integral)).exp()
    }
}

/// Izhikevich (2007): pairs feed the eligibility `c`; dw/dt = gain c (D_tonic + D).
pub struct Dopamine {
    pub w_max: f64,
    /// 1/ms
    pub gain: f64,
    /// Steps at which dopamine rises, once for each spike.
    pub rises: Vec<u64>,
    pub c: f64,
    /// Step at which `c` was what it is.
    pub at: u64,
}
impl Dopamine {
    fn decay(&mut self, step: u64) {
        self.c *= (-((step - self.at) as f64) * DT / 1000.0).exp();
        self.at = step;
    }
}
impl Rule for Dopamine {
    fn pre(&mut self, w: f64, now: &Now) -> f64 {
        self.decay(now.step);
        self.c -= 0.0375 * self.w_max * now.y(20.0);
        w
    }
    fn post(&mut self, w: f64, now: &Now) -> f64 {
        self.decay(now.step);
        self.c += 0.025 * self.w_max * now.x(20.0);
        w
    }
    fn between(&self, w: f64, from: u64, to: u64) -> f64 {
        // From step `a` on, when a part of the product was exp(-(a - start)/tau_part), it decays with 1/tau = 1/tau_c + 1/tau_d.
        let ms = |a: u64, b: u64| (b - a) as f64 * DT;
        let area = |a: u64, tau: f64| tau * (1.0 - (-ms(a, to) / tau).exp());
        let tonic = 0.002 * area(from, 1000.0);
        let phasic = |&rise: &u64| {
            let a = from.max(rise);
            0.5 * (-ms(from, a) / 1000.0).exp()
                * (-ms(rise, a) / 200.0).exp()
                * area(a, 1.0 / (1.0 / 1000.0 + 1.0 / 200.0))
        };
        let dopamine: f64 = self.rises.iter().filter(|&&rise| rise < to).map(phasic).sum();
        let w = w + self.gain * self.c * (tonic + dopamine);
        assert!(w > 0.0, "the test is about weights within their bounds, this one is {w}");
        w
    }
}

/// Tsodyks, Uziel & Markram (2000): x' = (1 - x)/tau_rec - u x at a spike, u' = -u/tau_fac + U(1 - u) at a spike.
pub struct ShortTerm {
    pub share: f64,
    pub tau_rec: f64,
    pub tau_fac: f64,
    /// Just after the last spike: x, u, and what it sent.
    pub after: Option<(f64, f64)>,
    pub sent: f64,
}
impl ShortTerm {
    pub fn new(share: f64, tau_rec: f64, tau_fac: f64) -> Self {
        Self { share, tau_rec, tau_fac, after: None, sent: 0.0 }
    }
    /// The share of the weight that a spike sends, `interval` ms after the one before.
    pub fn spike(&mut self, interval: f64) -> f64 {
        let (x, u) = self.after.map_or((1.0, 0.0), |(x, u)| {
            let facilitated = if self.tau_fac > 0.0 { u * (-interval / self.tau_fac).exp() } else { 0.0 };
            (1.0 - (1.0 - x) * (-interval / self.tau_rec).exp(), facilitated)
        });
        let u = u + self.share * (1.0 - u);
        self.after = Some((x - u * x, u));
        self.sent = u * x;
        self.sent
    }
}
impl Rule for ShortTerm {
    fn pre(&mut self, w: f64, now: &Now) -> f64 {
        self.spike(now.pre_before().map_or(0.0, |before| now.since(before)));
        w
    }
    fn sent(&self, w: f64) -> f64 {
        w * self.sent
    }
}

/// One rule for the weight, another for what is sent.
pub struct Both<A, B>(pub A, pub B);
impl<A: Rule, B: Rule> Rule for Both<A, B> {
    fn pre(&mut self, w: f64, now: &Now) -> f64 {
        let w = self.0.pre(w, now);
        self.1.pre(w, now)
    }
    fn post(&mut self, w: f64, now: &Now) -> f64 {
        let w = self.0.post(w, now);
        self.1.post(w, now)
    }
    fn sent(&self, w: f64) -> f64 {
        self.1.sent(w)
    }
}
