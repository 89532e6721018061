//! The rate in closed form, where one variable alone leads from reset to threshold along a line or a parabola.

use super::Subject;
use crate::lang::{
    algebra::{binary, simplify, substitute, unary},
    ast::{Binary, Expr, Func, Node},
    derivative::derivative,
    equation::Assign,
    eval::eval_constant,
};

/// `dv/dt = square v^2 + slope v + constant + gain I` from `reset` to `threshold`, then `refractory`; internal units.
#[derive(Clone, Debug, PartialEq)]
pub struct Closed {
    square: f64,
    slope: f64,
    constant: f64,
    gain: f64,
    reset: f64,
    threshold: f64,
    refractory: f64,
    /// The formula in words.
    pub formula: &'static str,
}

const LINEAR: &str = "closed form: f = 1/(t_ref + tau ln((v_inf - V_reset)/(v_inf - V_th))), exact for this model";
const QUADRATIC: &str =
    "closed form: f = 1/(t_ref + integral of dv/(dv/dt) from V_reset to V_th), exact for this model";

impl Closed {
    /// The closed form of a model whose equations have this structure: a threshold on `v`, a reset of `v` to a constant and of nothing
    /// else, and a right side of dv/dt that is a polynomial of `v` of degree 1 or 2 with no other variable in it.
    pub fn of(subject: &Subject) -> Option<Self> {
        let model = &subject.model;
        let threshold = model.threshold.as_ref()?;
        let Node::Binary(Binary::Gt | Binary::Ge, v, level) = &*threshold.node else { return None };
        let Node::Name(v) = &*v.node else { return None };
        let [reset] = &model.reset[..] else { return None };
        let equation = model.equations.iter().find(|e| e.differential && e.name == *v)?;
        if reset.target != *v || reset.op != Assign::Set || (model.refractory.is_some() && !equation.hold) {
            return None;
        }
        let number = |e: &Expr| eval_constant(&subject.inlined(e));
        let (threshold, reset) = (number(level)?, number(&reset.expr)?);
        let rate = uncapped(&subject.inlined(&equation.expr), v, threshold);
        let [slope_of, gain] = [&**v, "I_syn"].map(|name| derivative(&rate, name));
        let (slope_of, gain) = (slope_of?, eval_constant(&simplify(&gain?))?);
        let curvature = eval_constant(&simplify(&derivative(&slope_of, v)?))?;
        let at_zero = |e: &Expr| {
            let zero = |name: &str| (name == &**v || name == "I_syn").then(|| Expr::number(0.0));
            eval_constant(&substitute(e, &zero))
        };
        let all = Self {
            square: curvature / 2.0,
            slope: at_zero(&slope_of)?,
            constant: at_zero(&rate)?,
            gain,
            reset,
            threshold,
            refractory: model.refractory.as_ref().map_or(Some(0.0), number)?,
            formula: if curvature == 0.0 { LINEAR } else { QUADRATIC },
        };
        (gain != 0.0 && reset < threshold && (curvature != 0.0 || all.slope != 0.0)).then_some(all)
    }

    fn speed(&self, v: f64, current: f64) -> f64 {
        (self.square * v + self.slope) * v + self.constant + self.gain * current
    }

    /// Where dv/dt is least between reset and threshold.
    fn narrowest(&self) -> f64 {
        let vertex = -self.slope / (2.0 * self.square);
        let ends = [self.reset, self.threshold, vertex.clamp(self.reset, self.threshold)];
        ends.into_iter()
            .filter(|v| v.is_finite())
            .min_by(|a, b| self.speed(*a, 0.0).total_cmp(&self.speed(*b, 0.0)))
            .expect("ends")
    }

    /// The current in pA above which it fires for good.
    pub fn rheobase(&self) -> Option<f64> {
        (self.gain > 0.0).then(|| -self.speed(self.narrowest(), 0.0) / self.gain)
    }

    /// The rate in Hz under a constant current in pA.
    pub fn rate(&self, current: f64) -> f64 {
        if self.speed(self.narrowest(), current) <= 0.0 {
            return 0.0;
        }
        let (a, b, c) = (self.square, self.slope, self.constant + self.gain * current);
        let (low, high) = (self.reset, self.threshold);
        let time = if a == 0.0 {
            (self.speed(high, current) / self.speed(low, current)).ln() / b
        } else {
            let discriminant = 4.0 * a * c - b * b;
            let root = discriminant.abs().sqrt();
            let [above, below] = [high, low].map(|v| 2.0 * a * v + b);
            let (product, way) = (above * below, above - below);
            // Differences of arc tangents as one, which hold where the parabola all but touches 0.
            if discriminant == 0.0 {
                2.0 * way / product
            } else if discriminant > 0.0 {
                2.0 / root * (root * way).atan2(discriminant + product)
            } else {
                2.0 / root * (root * way / (product + discriminant)).atanh()
            }
        };
        1e3 / (self.refractory + time)
    }
}

/// `v` in the places of `min(v, cap)`, where the neuron spikes before it gets to the cap.
fn uncapped(expr: &Expr, v: &str, threshold: f64) -> Expr {
    let inner = |e: &Expr| uncapped(e, v, threshold);
    let is_v = |e: &Expr| matches!(&*e.node, Node::Name(name) if **name == *v);
    match &*expr.node {
        Node::Call(Func::Min, of) if is_v(&of[0]) && eval_constant(&of[1]).is_some_and(|cap| cap >= threshold) => {
            of[0].clone()
        }
        Node::Binary(op, a, b) => binary(*op, inner(a), inner(b)),
        Node::Unary(op, a) => unary(*op, inner(a)),
        _ => expr.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        error::Source,
        lang::model::{Kind, Model},
    };

    #[test]
    fn a_leaky_neuron_has_the_textbook_curve() {
        let set = [("C_m", "2 nF"), ("g_L", "100 nS"), ("V_th", "-45 mV"), ("t_ref", "2 ms")];
        let set: Vec<_> = set.map(|(k, v)| (k.to_string(), v.to_string())).into();
        let closed = Closed::of(&Subject::load("lif", &set, Kind::Neuron).expect("loaded")).expect("linear");
        assert!((closed.rheobase().expect("excitable") - 1500.0).abs() < 1e-9);
        for current in [1600.0_f64, 2000.0, 3000.0] {
            let expected = 1e3 / (2.0 + 20.0 * (0.01 * current / (0.01 * current - 15.0)).ln());
            assert!((closed.rate(current) - expected).abs() < 1e-9);
        }
        assert_eq!(closed.rate(1500.0), 0.0);
    }

    #[test]
    fn a_parabola_is_integrated_on_both_sides_of_its_discriminant() {
        let text = "kind = \"neuron\"\ntitle = \"QIF\"\nequations = \"dv/dt = 0.04/ms/mV*(v + 60 mV)*(v + 40 mV) + I_syn/(1 pF) : mV\"\n\
                    threshold = \"v >= 30 mV\"\nreset = \"v = V_reset\"\n[parameters]\nV_reset = { value = \"-35 mV\", meaning = \"reset\" }\n";
        let model = Model::parse("qif", Source::new("qif.toml", text)).unwrap_or_else(|e| panic!("{}", e.report()));
        let closed = Closed::of(&Subject { model: model.into() }).expect("quadratic");
        for current in [0.0, 1.0, 4.0, 10.0, 50.0] {
            // Simpson's rule over 1/speed.
            let n = 20_000;
            let h = 65.0 / f64::from(n);
            let inverse = |k: i32| 1.0 / closed.speed(-35.0 + f64::from(k) * h, current);
            let odd: f64 = (0..n / 2).map(|k| inverse(2 * k + 1)).sum();
            let even: f64 = (1..n / 2).map(|k| inverse(2 * k)).sum();
            let time = h / 3.0 * (inverse(0) + 4.0 * odd + 2.0 * even + inverse(n));
            assert!((closed.rate(current) / (1e3 / time) - 1.0).abs() < 1e-6, "{current}: {}", closed.rate(current));
        }
    }

    #[test]
    fn the_shipped_parabola_begins_at_rate_0() {
        let closed = Closed::of(&Subject::load("qif", &[], Kind::Neuron).expect("loaded")).expect("quadratic");
        // I_c = g_L (V_c - V_rest)/4.
        assert!((closed.rheobase().expect("excitable") - 37.5).abs() < 1e-9);
        // C dv/dt = k (v + 57.5 mV)^2 + I - I_c, from -70 to 30 mV.
        let (c, k, i): (f64, f64, f64) = (200.0, 10.0 / 15.0, 100.0);
        let root = ((i - 37.5) * k).sqrt();
        let angle = |v: f64| (k * (v + 57.5) / root).atan();
        assert!((closed.rate(i) / (1e3 * root / c / (angle(30.0) - angle(-70.0))) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn other_neurons_have_none() {
        for name in ["adex", "eif", "hh_squid", "izhikevich", "lif_adapt"] {
            assert_eq!(Closed::of(&Subject::load(name, &[], Kind::Neuron).expect("loaded")), None, "{name}");
        }
    }
}
