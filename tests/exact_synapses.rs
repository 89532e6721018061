//! Receptors against closed forms and computed numbers.

mod common;

use common::{plan, run};

#[test]
fn magnesium_blocks_by_the_formula() {
    let rows = [(-70.0, 0.044471), (-60.0, 0.079626), (-40.0, 0.230155), (0.0, 0.781182), (-20.5253, 0.5)];
    let mut v = "-20.5253".to_string();
    for (k, (value, _)) in rows.iter().enumerate().rev().skip(1) {
        v = format!("where(i < {}, {value}, {v})", k + 1);
    }
    let seen = run(&plan(&format!(
        "[populations.P]\nmodel = \"lif\"\nsize = 5\nparameters.V_th = \"1000 mV\"\nreceptors.nmda = \"nmda\"\n\
         initial.v = \"({v})*1 mV\"\n[[record.traces]]\npopulation = \"P\"\nvariables = [\"nmda.B\"]\n\
         [run]\nduration = \"0.1 ms\"\ndt = \"0.1 ms\"\nseed = 1\n"
    )));
    for (k, (v, want)) in rows.into_iter().enumerate() {
        let got = seen.at(0, 0, k);
        assert!((got - want).abs() < 1e-6, "{v} mV: {got} for {want}");
        assert!((got - 1.0 / (1.0 + f64::exp(-0.062 * v) / 3.57)).abs() < 1e-14, "{v} mV: {got}");
    }
}

#[test]
fn gaba_b_answers_to_bursts() {
    for (pulses, want, time) in [(1, 1.45e-5, 102.0), (5, 4.98e-3, 112.0), (10, 3.85e-2, 125.0)] {
        let times: Vec<String> = (0..pulses).map(|k| format!("\"{} ms\"", 10 + 5 * k)).collect();
        let seen = run(&plan(&format!(
            "[populations.S]\nmodel = \"spike_list\"\nsize = 1\ntimes = [{}]\n\
             [populations.P]\nmodel = \"lif\"\nsize = 1\nreceptors.gaba_b = \"gaba_b\"\n\
             [[projections]]\nfrom = \"S\"\nto = \"P\"\nrule = \"all_to_all\"\nreceptor = \"gaba_b\"\nweight = 1\ndelay = \"1 ms\"\n\
             [[record.traces]]\npopulation = \"P\"\nvariables = [\"gaba_b.open\"]\n\
             [run]\nduration = \"400 ms\"\ndt = \"0.05 ms\"\nseed = 1\n",
            times.join(", ")
        )));
        let (step, open) = seen.traces[0].iter().max_by(|a, b| a.1[0].total_cmp(&b.1[0])).expect("a trace");
        let when = *step as f64 * 0.05 - 11.0;
        assert!((open[0] / want - 1.0).abs() < 0.02, "{pulses} pulses: {}", open[0]);
        assert!((when / time - 1.0).abs() < 0.02, "{pulses} pulses: {when} ms");
    }
}
