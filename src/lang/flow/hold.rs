//! Variables held at a value, at a function of the others, or at their steady state: four equations become two.

use std::sync::Arc;

use super::{
    super::{
        check::{self, Visible},
        model::Model,
        parse::parse_expr,
        units::{dimension, resolve_units},
    },
    Flow, depends_on,
};
use crate::error::{Error, Result, Source, did_you_mean};

/// A variable that is held: its name, and what it is held at as the user wrote it: `0.6`, `0.89 - 1.1*n`, or `steady`.
pub type Hold = (String, String);

/// The word for a variable's steady state.
const STEADY: &str = "steady";

/// The equations of a model with some of its variables held.
///
/// # Errors
/// All that [`Flow::new`] refuses; a name that is no variable, a value in the wrong unit, `steady` where the equation is not linear
/// in its variable.
pub fn held(model: &Model, holds: &[Hold], free: Option<&str>) -> Result<Flow> {
    let mut reduced = model.clone();
    for (name, text) in holds.iter().filter(|h| h.1 != STEADY) {
        hold(&mut reduced, model, name, text)?;
    }
    check::model(&reduced)?;
    let mut flow = Flow::new(&Arc::new(reduced), free)?;
    for (name, _) in holds.iter().filter(|h| h.1 == STEADY) {
        let k = flow.index(name).ok_or_else(|| unknown(model, name))?;
        let steady = flow.relaxation(k).map(|r| r.0).filter(|s| !depends_on(&flow, s).contains(&**name));
        let Some(steady) = steady else {
            let message = format!(
                "--hold {name}={STEADY}: d{name}/dt is not linear in {name}, so that it has no one steady state"
            );
            return Err(Error::input(message).help(format!("hold it at a number: --hold {name}=...")));
        };
        flow.replace(k, &steady);
    }
    Ok(flow)
}

fn unknown(model: &Model, name: &str) -> Error {
    let variables = model.equations.iter().filter(|e| e.differential).map(|e| &*e.name);
    Error::input(format!("--hold {name}: {} has no variable of this name", model.name))
        .help(did_you_mean(name, variables))
}

/// Makes an assignment of a differential equation.
fn hold(reduced: &mut Model, model: &Model, name: &str, text: &str) -> Result<()> {
    let source = Source::new(format!("--hold {name}"), text);
    let equation = reduced.equations.iter_mut().find(|e| *e.name == *name && e.differential);
    let equation = equation.ok_or_else(|| unknown(model, name))?;
    let scope = Visible::of(model);
    let expr = resolve_units(&parse_expr(text, 0).map_err(|f| f.at(&source))?, &scope);
    let dim = dimension(&expr, &scope).map_err(|f| f.at(&source))?;
    if dim != equation.dim {
        let message = format!("--hold {name}={text}: this is in {dim}, {name} is in {}", equation.dim);
        return Err(Error::input(message)
            .help(format!("e.g. --hold \"{name}={}\"", crate::quantity::display(0.5, equation.dim))));
    }
    (equation.differential, equation.hold, equation.expr) = (false, false, expr);
    reduced.initial.retain(|(n, _)| n != name);
    reduced.reset.retain(|s| *s.target != *name);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::{Expr, library};

    fn squid(holds: &[(&str, &str)]) -> Result<Flow> {
        let holds: Vec<Hold> = holds.iter().map(|(n, v)| (n.to_string(), v.to_string())).collect();
        held(&library::load("hh_squid", None).unwrap(), &holds, None)
    }

    #[test]
    fn four_variables_become_two() {
        let flow = squid(&[("m", "steady"), ("h", "0.8 - n")]).unwrap();
        assert_eq!(flow.variables.iter().map(|v| &*v.name).collect::<Vec<_>>(), ["v", "n"]);
        let at = |e: &Expr| flow.value(e, &[-40.0, 0.3], 0.0);
        let alpha_m = 1.0;
        let beta_m = 4.0 * (-25.0_f64 / 18.0).exp();
        let m = alpha_m / (alpha_m + beta_m);
        let current = 120.0 * m.powi(3) * 0.5 * 90.0 + 36.0 * 0.3_f64.powi(4) * -37.0 + 0.3 * -14.387;
        assert!((at(&flow.variables[0].rhs) - current).abs() < 1e-11);
        assert!((at(&flow.parts.iter().find(|p| p.0 == "m").unwrap().2) - m).abs() < 1e-15);
    }

    #[test]
    fn what_cannot_be_held_is_refused() {
        let cases = [
            (("k", "0.5"), "--hold k: hh_squid has no variable of this name"),
            (("alpha_m", "0.5"), "--hold alpha_m: hh_squid has no variable"),
            (("h", "0.5 mV"), "--hold h=0.5 mV: this is in mV, h is in 1"),
            (("h", "0.8 - nn"), "`nn` is not known here"),
            (("h", "0.8 -"), "a value is missing"),
            (("h", "1 - h"), "`h` is defined by itself"),
            (("k", "steady"), "--hold k: hh_squid has no variable"),
        ];
        for (hold, message) in cases {
            let found = squid(&[hold]).expect_err(hold.1);
            assert!(found.message().starts_with(message), "{hold:?}: {found}");
        }
        let izhikevich = library::load("izhikevich", None).unwrap();
        let flow = held(&izhikevich, &[("v".into(), "steady".into())], None);
        assert!(flow.unwrap_err().message().contains("not linear in v"));
    }
}
