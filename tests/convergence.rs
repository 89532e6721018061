//! The measured order of every integrator, through the whole chain from file to engine.

mod common;

use std::{fs, path::Path};

use common::{plan, run};

/// The first variable of all neurons at the end of a run.
fn end(model: &str, more: &str, variable: &str, duration: f64, dt: f64) -> Vec<f64> {
    let seen = run(&plan(&format!(
        "[populations.P]\nmodel = \"{model}\"\n{more}\n[[record.traces]]\npopulation = \"P\"\nvariables = [\"{variable}\"]\n\
         interval = \"{duration} ms\"\n[run]\nduration = \"{duration} ms\"\ndt = \"{dt} ms\"\nseed = 3\n"
    )));
    seen.traces[0].last().expect("a trace").1.clone()
}

/// Asserts log2 of the quotient of errors at `dt` and half of it, twice over.
fn order(want: f64, tolerance: f64, exact: f64, dt: f64, mut f: impl FnMut(f64) -> f64) {
    let errors: Vec<f64> = (0..3).map(|k| (f(dt / f64::from(1 << k)) - exact).abs()).collect();
    for pair in errors.windows(2) {
        let got = (pair[0] / pair[1]).log2();
        assert!((got - want).abs() < tolerance, "order {got}, errors {errors:?}");
    }
}

/// V at 20 ms of a squid axon that fires.
fn squid(integrator: &str, dt: f64) -> f64 {
    let more = format!("size = 1\nintegrator = \"{integrator}\"\nparameters.I_e = \"10 uA/cm^2\"");
    end("hh_squid", &more, "v", 20.0, dt)[0]
}

#[test]
fn hodgkin_huxley_converges_in_each_integrators_order() {
    let exact = squid("rk4", 0.000625);
    order(0.99, 0.01, exact, 0.005, |dt| squid("exponential_euler", dt));
    order(2.0, 0.01, exact, 0.01, |dt| squid("exponential_2", dt));
    order(3.97, 0.04, exact, 0.01, |dt| squid("rk4", dt));
}

#[test]
fn a_conductance_that_decays_is_second_order() {
    let v = |integrator: &str, dt: f64| {
        let more = format!(
            "size = 1\nintegrator = \"{integrator}\"\nparameters.V_th = \"1000 mV\"\nreceptors.exc = \"cond_exp\"\n\
             initial.exc.g = \"30 nS\""
        );
        end("lif", &more, "v", 16.0, dt)[0]
    };
    let exact = v("rk4", 0.005);
    order(1.0, 0.1, exact, 0.1, |dt| v("exponential_euler", dt));
    order(2.0, 0.1, exact, 0.2, |dt| v("exponential_2", dt));
    order(4.0, 0.2, exact, 0.8, |dt| v("rk4", dt));
}

#[test]
fn fitzhugh_nagumo_by_euler_and_heun() {
    let v = |integrator: &str, dt: f64| {
        let more = format!("size = 1\nintegrator = \"{integrator}\"\nparameters.I = 0.5");
        end("fitzhugh_nagumo", &more, "v", 8.0, dt)[0]
    };
    let exact = v("rk4", 0.0025);
    order(1.0, 0.1, exact, 0.01, |dt| v("euler", dt));
    order(2.0, 0.1, exact, 0.02, |dt| v("heun", dt));
    order(4.0, 0.2, exact, 0.16, |dt| v("rk4", dt));
}

/// Writes a neuron model and returns its path.
fn model(folder: &Path, equations: &str, parameters: &str, initial: &str) -> String {
    let path = folder.join("model.toml");
    let text = format!(
        "kind = \"neuron\"\ntitle = \"Test\"\ncitation = \"none\"\nequations = \"{equations}\"\n\
         [parameters]\n{parameters}\n[initial]\n{initial}\n"
    );
    fs::write(&path, text).expect("written");
    path.display().to_string()
}

#[test]
fn linear_equations_have_no_error_at_any_step() {
    let folder = tempfile::tempdir().expect("temporary folder");
    // A damped oscillator: x = exp(-t/10 ms) cos(t/3 ms).
    let equations = "dx/dt = -x/(10 ms) - y/(3 ms) : 1\\ndy/dt = -y/(10 ms) + x/(3 ms) : 1";
    let path = model(folder.path(), equations, "", "x = 1");
    for dt in [8.0, 1.0, 0.125, 0.015625] {
        let got = end(&path, "size = 1\nintegrator = \"exact\"", "x", 16.0, dt)[0];
        let want = f64::exp(-1.6) * f64::cos(16.0 / 3.0);
        assert!((got - want).abs() < 1e-13, "dt {dt}: {got} for {want}");
    }
}

#[test]
fn euler_maruyama_is_of_weak_order_one() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let parameters = "tau = { value = \"1 ms\", meaning = \"time\" }";
    let path = model(folder.path(), "dx/dt = -x/tau + sqrt(2/tau)*xi : 1", parameters, "x = 0");
    for dt in [0.5, 0.25] {
        let x = end(&path, "size = 400000", "x", 20.0, dt);
        let n = x.len() as f64;
        let mean = x.iter().sum::<f64>() / n;
        let variance = x.iter().map(|x| x * x).sum::<f64>() / n;
        // The recursion x -> (1 - dt) x + sqrt(2 dt) N has the variance 1/(1 - dt/2): five standard errors are 1.1 %.
        let want = 1.0 / (1.0 - dt / 2.0);
        assert!(mean.abs() < 5.0 * (want / n).sqrt(), "dt {dt}: mean {mean}");
        assert!((variance / want - 1.0).abs() < 5.0 * (2.0 / n).sqrt(), "dt {dt}: {variance} for {want}");
    }
}

#[test]
fn heun_is_stratonovich_and_euler_maruyama_is_ito() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let parameters = "s = { value = \"0.5/ms^0.5\", meaning = \"intensity\" }";
    let path = model(folder.path(), "dx/dt = s*x*xi : 1", parameters, "x = 1");
    // After 2 ms the mean is 1 in the sense of Ito, exp(s^2 t/2) = exp(0.25) in that of Stratonovich.
    for (integrator, want) in [("euler_maruyama", 1.0), ("heun", f64::exp(0.25))] {
        let x = end(&path, &format!("size = 100000\nintegrator = \"{integrator}\""), "x", 2.0, 0.01);
        let mean = x.iter().sum::<f64>() / x.len() as f64;
        // Five standard errors: the standard deviation is want sqrt(exp(0.5) - 1).
        assert!((mean / want - 1.0).abs() < 5.0 * 0.8054 / f64::sqrt(1e5), "{integrator}: {mean} for {want}");
    }
}
