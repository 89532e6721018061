//! Mistakes in model files: names, units, statements.

use super::*;

fn model(source: Source) -> Result<Model, Error> {
    Model::parse("my_model", source)
}

#[test]
fn neurons() {
    let cases = [
        ("no equation of v", "dv/dt =", "du/dt ="),
        ("undefined name", "-a/tau", "-a/tua"),
        ("units of a sum", "g_L*(E_L - v) + I_syn", "(E_L - v) + I_syn"),
        ("units of both sides", "-a/tau : pA", "-a : pA"),
        ("units of an assignment", "I_L = g_L*(E_L - v) : pA", "I_L = g_L*(E_L - v) : mV"),
        ("equation without unit", "-a/tau : pA", "-a/tau"),
        ("equation with a wrong unit", "-a/tau : pA", "-a/tau : pQ"),
        ("equation that is none", "da/dt = -a/tau : pA", "da/dt : pA"),
        ("unknown flag", "(unless refractory)", "(unless refractry)"),
        ("circular assignments", "I_L = g_L*(E_L - v) : pA", "I_L = J : pA\nJ = I_L + a : pA"),
        ("variable twice", "I_L = g_L*(E_L - v) : pA", "a = g_L*(E_L - v) : pA"),
        ("name that is built in", "I_L =", "dt ="),
        ("function that is unknown", "-a/tau", "-a*expp(1)/tau"),
        ("wrong number of arguments", "-a/tau", "-max(a)/tau"),
        ("exponent with a unit", "-a/tau", "-a^v/tau"),
        ("noise that is squared", "-a/tau", "-a/tau + b*xi^2"),
        ("noise in an assignment", "I_L = g_L*(E_L - v) : pA", "I_L = g_L*(E_L - v)*xi*sqrt(tau) : pA"),
        ("distribution in an equation", "-a/tau", "-a/tau + normal(0 pA/ms, 1 pA/ms)"),
        ("distribution in a reset", "a += b", "a += uniform(0 pA, 1 pA)"),
        ("threshold that is no condition", "\"v > V_th\"", "\"v - V_th\""),
        ("threshold of two units", "\"v > V_th\"", "\"v > C_m\""),
        ("threshold with a bare number", "\"v > V_th\"", "\"v > -50\""),
        ("reset of a parameter", "v = E_L\na", "V_th = E_L\na"),
        ("reset in a wrong unit", "a += b", "a += E_L"),
        ("reset that is no statement", "a += b", "a + b"),
        ("binomial number in an equation", "-a/tau", "-binomial(3, 0.5)*a/tau"),
        ("binomial number in a reset", "a += b", "a += b*binomial(3, 0.5)"),
        ("variable that nothing changes", "da/dt = -a/tau : pA", "a : pA\nk : 1"),
        ("step of an unknown variable", "refractory =", "step = \"k += binomial(3, 0.5)\"\nrefractory ="),
        ("step of a misspelt variable", "refractory =", "step = \"aa = a + b\"\nrefractory ="),
        ("step of a parameter", "refractory =", "step = \"tau = 2*dt\"\nrefractory ="),
        ("step with a probability in a unit", "refractory =", "step = \"a = b*binomial(3, v)\"\nrefractory ="),
        ("step in a wrong unit", "refractory =", "step = \"a = binomial(3, 0.5)\"\nrefractory ="),
        ("held without refractory time", "refractory = \"t_ref\"\n", ""),
        ("refractory in a wrong unit", "\"t_ref\"", "\"E_L\""),
        ("parameter without value", "{ value = \"5 pA\", meaning = \"jump\" }", "{ meaning = \"jump\" }"),
        ("parameter that is no table", "{ value = \"5 pA\", meaning = \"jump\" }", "\"5 pA\""),
        ("parameter outside of its bounds", "value = \"200 pF\"", "value = \"0 pF\""),
        ("bound in another unit", "above = \"0 pF\"", "above = \"0 mV\""),
        ("parameter that is infinite", "\"5 pA\"", "\"1/0*pA\""),
        ("parameter that uses another", "\"5 pA\"", "\"g_L*E_L\""),
        ("initial value of an unknown variable", "v = \"E_L\"", "u = \"E_L\""),
        ("initial value in a wrong unit", "v = \"E_L\"", "v = \"C_m\""),
        ("place without its variable", "[initial]", "[places]\nd = { v = \"v_d\", current = \"I_d\" }\n[initial]"),
        ("place whose current goes nowhere", "[initial]", "[places]\nd = { v = \"v\", current = \"I_d\" }\n[initial]"),
        ("unknown key", "threshold =", "treshold ="),
        ("unknown kind", "kind = \"neuron\"", "kind = \"neurone\""),
        ("unknown integrator", "refractory = \"t_ref\"", "refractory = \"t_ref\"\nintegrator = \"rk5\""),
    ];
    insta::assert_snapshot!(reports(NEURON, &cases, model));
}

#[test]
fn receptors() {
    let cases = [
        ("arrival that is not linear", "g += w", "g += w^2/nS"),
        ("arrival that depends on the state", "g += w", "g += w*(1 - g/nS)"),
        ("arrival that sets", "g += w", "g = w"),
        ("arrival without weight", "g += w", "g += 1 nS"),
        ("arrival in a wrong unit", "g += w", "g += w*v"),
        ("arrival at an unknown variable", "g += w", "h += w"),
        ("no unit of weights", "weight = \"nS\"\n", ""),
        ("wrong unit of weights", "weight = \"nS\"", "weight = \"nanosiemens\""),
        ("current in a wrong unit", "\"g*(E_rev - v)\"", "\"g\""),
        ("two arrivals", "\"g += w\"", "\"\"\"\ng += w\ng += w\n\"\"\""),
        ("no arrival", "on_spike = \"g += w\"\n", ""),
        ("threshold of a receptor", "weight = \"nS\"", "weight = \"nS\"\nthreshold = \"g > 1 nS\""),
    ];
    insta::assert_snapshot!(reports(RECEPTOR, &cases, model));
}
