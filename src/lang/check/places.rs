//! What makes `[places]` sound: a potential, and a name of its own for the current, that the equations use.

use super::Checker;
use crate::{
    error::{Result, did_you_mean},
    lang::{algebra::mentions, model::Model},
    quantity::Dim,
};

impl Checker<'_> {
    /// Each place has a variable in mV and a current that reaches an equation.
    pub(super) fn places(&self) -> Result<()> {
        let model = self.model;
        for (k, place) in model.places.iter().enumerate() {
            let (name, v, current) = (&place.name.value, &place.v, &place.current);
            let states = || model.equations.iter().filter(|e| e.differential);
            let Some(potential) = states().find(|e| e.name == v.value) else {
                let message = format!("place {name}: `{}` is not a variable with a differential equation", v.value);
                return Err(self.error(&v.span, message, &did_you_mean(&v.value, states().map(|e| &*e.name))));
            };
            if potential.dim != Dim::VOLTAGE {
                let message =
                    format!("place {name}: `{}` is in {}, a potential in mV is needed", v.value, potential.dim);
                return Err(self.error(&v.span, message, "name the potential of this compartment"));
            }
            let taken = model.declared().contains(&*current.value)
                || Model::is_reserved(&current.value)
                || model.places[..k].iter().any(|p| p.current.value == current.value);
            if taken {
                let message = format!("place {name}: the name `{}` is taken already", current.value);
                let help = "choose a new name for the sum of the currents there, e.g. current = \"I_dend\"";
                return Err(self.error(&current.span, message, help));
            }
            if !model.equations.iter().any(|e| mentions(&e.expr, &current.value)) {
                let message = format!("place {name}: no equation has its current `{}`", current.value);
                let help = format!("add it where the currents of d{}/dt are summed, as I_syn is at the soma", v.value);
                return Err(self.error(&current.span, message, &help));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{NEURON, refused};

    #[test]
    fn mistakes_in_places() {
        let equations = "equations = '''\ndv/dt = -v/tau : mV\ndv_d/dt = (I_dend*(1 GOhm) - v_d)/tau : mV\n'''\n";
        let cases = [
            ("v = 'v_s', current = 'I_dend'", "place d: `v_s` is not a variable"),
            ("v = 'v_d', current = 'I_syn'", "place d: the name `I_syn` is taken already"),
            ("v = 'v_d', current = 'tau'", "place d: the name `tau` is taken already"),
            ("v = 'v_d', current = 'I_d'", "place d: no equation has its current `I_d`"),
            ("v = 'v_d'", "places.d: `current` is missing"),
            ("current = 'I_dend'", "places.d: `v` is missing"),
            ("v = 'v_d', current = 'I_dend', g = 1", "unknown key `g` in places.d"),
        ];
        for (place, message) in cases {
            let found = refused(NEURON, &format!("{equations}[places]\nd = {{ {place} }}\n"));
            assert!(found.starts_with(message), "{place}\n{found}");
        }
        let fraction = equations
            .replace("v_d : mV", "v_d : 1")
            .replace("dv_d/dt = (I_dend*(1 GOhm) - v_d)/tau : mV", "dx/dt = (I_dend/(1 pA) - x)/tau : 1");
        let found = refused(NEURON, &format!("{fraction}[places]\nd = {{ v = 'x', current = 'I_dend' }}\n"));
        assert!(found.starts_with("place d: `x` is in 1, a potential in mV is needed"), "{found}");
    }
}
