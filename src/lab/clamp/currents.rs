//! A membrane's currents: the right side of dv/dt taken apart into its terms, each with a name, and its conductance where it has one.

use crate::{
    error::{Error, Result},
    lab::Subject,
    lang::{
        algebra::{binary, mentions, simplify, unary},
        ast::{Binary, Expr, Unary},
        derivative::derivative,
        equation::Equation,
    },
    quantity::Dim,
};

use super::terms::{assigned, driving_force, left_out, split};

/// One current through the membrane.
#[derive(Clone, Debug)]
pub struct Current {
    /// `I_Na`.
    pub name: String,
    /// Outward positive, in the membrane's own dimension.
    pub current: Expr,
    /// `g_Na*m^3*h` of `g_Na*m^3*h*(E_Na - v)`, where it changes with time.
    pub conductance: Option<Expr>,
}

/// The currents of a model.
#[derive(Clone, Debug)]
pub struct Membrane {
    /// Current, or current per area where the model has an `area`.
    pub dim: Dim,
    /// Conductance, or conductance per area.
    pub conductance_dim: Dim,
    /// Every term, in the order of the equation.
    pub currents: Vec<Current>,
    /// Their sum.
    pub total: Expr,
}

impl Membrane {
    /// Takes dv/dt apart.
    ///
    /// # Errors
    /// A model without a potential `v` in mV, or one that takes no current: what a change of v means in pA is then not known.
    pub fn of(subject: &Subject) -> Result<Self> {
        let model = &subject.model;
        let v = model.equations.iter().find(|e| e.differential && &*e.name == "v" && e.dim == Dim::VOLTAGE);
        let v = v.ok_or_else(|| {
            Error::input(format!("{} has no membrane potential: no equation dv/dt = ... : mV", model.name))
                .help("a clamp needs a neuron model with a potential v in mV")
        })?;
        // dv/dt changes by `per_current` for each pA that is injected: one over the capacitance.
        let per_current = derivative(&assigned(subject, &v.expr), "I_syn").filter(|d| d.literal() != Some(0.0));
        let per_current = per_current.filter(|d| !mentions(d, "v")).ok_or_else(|| {
            Error::input(format!("{} takes no current: dv/dt does not depend on I_syn", model.name))
                .help("add I_syn where injected currents enter, e.g. dv/dt = (... + I_syn)/C_m : mV")
        })?;
        let area = subject.value("area", Dim::AREA).is_some();
        let scale = match area {
            true => binary(Binary::Mul, per_current, Expr::name("area")),
            false => per_current,
        };
        let mut terms = Vec::new();
        split(subject, &v.expr, false, &[], &mut terms);
        terms.retain(|t| !left_out(subject, &t.expr));
        let scaled = |e: Expr, negative: bool, divisors: &[Expr]| {
            let divided = divisors.iter().fold(e, |e, d| binary(Binary::Div, e, d.clone()));
            let signed = if negative { unary(Unary::Neg, divided) } else { divided };
            simplify(&binary(Binary::Div, signed, scale.clone()))
        };
        let mut currents: Vec<Current> = Vec::new();
        for (k, term) in terms.iter().enumerate() {
            let driven = driving_force(subject, &term.expr);
            let ion = |name: &str| name.strip_prefix("E_").or(name.strip_prefix("V_")).map(|x| format!("I_{x}"));
            let reversal = driven.as_ref().and_then(|d| ion(d.reversal.as_deref()?));
            let text = term.expr.text();
            let short = if text.chars().count() <= 14 { text } else { format!("term {}", k + 1) };
            // A state variable that is a current itself: its own name is taken.
            let state = |name: &String| subject.model.equations.iter().any(|e| e.differential && *e.name == **name);
            let own = term.name.clone().map(|name| if state(&name) { format!("I_{name}") } else { name });
            let mut name = own.or(reversal).unwrap_or(short);
            if currents.iter().any(|c| c.name == name) {
                name = format!("{name} ({})", k + 1);
            }
            // One that never changes is a parameter, not a trace.
            let varies = |g: &Expr| simplify(&subject.inlined(g)).literal().is_none();
            let driven = driven.filter(|d| varies(&d.conductance));
            let conductance = driven.map(|d| scaled(d.conductance, term.negative != d.negative, &term.divisors));
            currents.push(Current {
                name,
                current: scaled(term.expr.clone(), !term.negative, &term.divisors),
                conductance,
            });
        }
        let total = currents.iter().map(|c| c.current.clone()).reduce(|a, b| binary(Binary::Add, a, b));
        let per_area = if area { Dim::AREA } else { Dim::NONE };
        Ok(Self {
            dim: Dim::CURRENT / per_area,
            conductance_dim: Dim::CONDUCTANCE / per_area,
            currents,
            total: total.unwrap_or_else(|| Expr::number(0.0)),
        })
    }

    /// Equations that make currents and conductances readable, with the names under which they are shown; the total is `I`.
    pub fn equations(&self) -> Vec<(String, Equation)> {
        let mut out = vec![equation("I".into(), &self.total, self.dim)];
        out.extend(self.currents.iter().map(|c| equation(c.name.clone(), &c.current, self.dim)));
        for c in &self.currents {
            if let Some(g) = &c.conductance {
                let name = c.name.strip_prefix("I_").map_or_else(|| format!("G of {}", c.name), |x| format!("G_{x}"));
                out.push(equation(name, g, self.conductance_dim));
            }
        }
        out
    }
}

/// An assignment that makes an expression readable, with the name under which it is shown.
pub fn equation(shown: String, expr: &Expr, dim: Dim) -> (String, Equation) {
    let equation = Equation {
        by_statements: false,
        name: format!("clamp {shown}").into(),
        name_span: 0..0,
        differential: false,
        expr: expr.clone(),
        dim,
        unit_span: 0..0,
        hold: false,
    };
    (shown, equation)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        error::Source,
        lang::model::{Kind, Model},
    };

    fn parts(subject: &Subject) -> Vec<(String, String, Option<String>)> {
        let membrane = Membrane::of(subject).unwrap_or_else(|e| panic!("{}", e.report()));
        membrane
            .currents
            .iter()
            .map(|c| (c.name.clone(), c.current.text(), c.conductance.as_ref().map(Expr::text)))
            .collect()
    }

    #[test]
    fn terms_are_named_by_their_reversal_potential() {
        let names = |model: &str| -> Vec<(String, bool)> {
            let all = parts(&Subject::load(model, &[], Kind::Neuron).expect("loaded"));
            all.into_iter().map(|(name, _, g)| (name, g.is_some())).collect()
        };
        let named = |all: &[(&str, bool)]| all.iter().map(|(n, g)| (n.to_string(), *g)).collect::<Vec<_>>();
        assert_eq!(names("hh_squid"), named(&[("I_Na", true), ("I_K", true), ("I_L", false)]));
        assert_eq!(names("hh_traub_miles"), named(&[("I_Na", true), ("I_K", true), ("I_L", false)]));
        assert_eq!(names("lif"), named(&[("I_leak", false)]));
        assert_eq!(names("adex"), named(&[("g_L*(E_L - u)", false), ("I_spike", false), ("I_w", false)]));
        let izhikevich = [("k*v^2", false), ("p*v", false), ("q", false), ("I_u", false)];
        assert_eq!(names("izhikevich"), named(&izhikevich));
    }

    #[test]
    fn signs_and_capacitance_are_taken_care_of() {
        let text = "kind = \"neuron\"\ntitle = \"Own\"\nequations = \"\"\"\ndv/dt = -I_ion/C + (I_syn - I_x)/C : mV\n\
                    I_ion = I_a + g*(v - E_b) : pA\nI_a = g*(v - E_a) : pA\nI_x = 3 pA : pA\n\"\"\"\n[parameters]\n\
                    C = { value = \"100 pF\", meaning = \"C\" }\ng = { value = \"10 nS\", meaning = \"g\" }\n\
                    E_a = { value = \"-80 mV\", meaning = \"E\" }\nE_b = { value = \"0 mV\", meaning = \"E\" }\n";
        let model = Model::parse("own", Source::new("own.toml", text)).unwrap_or_else(|e| panic!("{}", e.report()));
        let subject = Subject { model: model.into() };
        let membrane = Membrane::of(&subject).expect("a membrane");
        struct At(f64);
        impl crate::lang::eval::Env for At {
            fn name(&self, name: &str) -> Option<f64> {
                (name == "v").then_some(self.0)
            }
        }
        let value = |e: &Expr| crate::lang::eval::eval(&subject.inlined(e), &mut At(-50.0));
        let found: Vec<(&str, f64)> = membrane.currents.iter().map(|c| (&*c.name, value(&c.current))).collect();
        assert_eq!(found, [("I_a", 300.0), ("I_b", -500.0), ("I_x", 3.0)]);
        assert_eq!(value(&membrane.total), -197.0);
    }
}
