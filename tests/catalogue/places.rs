//! Receptors and inputs at a place: they read its potential, and their currents are summed there.

use bouton::{error::Source, plan::Plan, spec::Spec};

use super::{common, near};

const CELL: &str = "[populations.S]\nmodel = \"spike_list\"\nsize = 1\ntimes = [\"1 ms\"]\n\
    [populations.P]\nmodel = \"two_compartment\"\nsize = 1\nparameters.V_th = \"1000 mV\"\n";

/// Runs it with one synapse onto the receptor `syn` and one onto `other`; traces are of one variable each.
fn run(receptors: &str, weights: [&str; 2], variables: &[&str]) -> common::Seen {
    let synapse = |(receptor, weight): (&str, &str)| {
        format!(
            "[[projections]]\nfrom = \"S\"\nto = \"P\"\nrule = \"all_to_all\"\nreceptor = \"{receptor}\"\nweight = \"{weight}\"\n\
             delay = \"1 ms\"\n"
        )
    };
    let trace = |v: &&str| format!("[[record.traces]]\npopulation = \"P\"\nvariables = \"{v}\"\n");
    common::run(&common::plan(&format!(
        "{CELL}{receptors}\n{}{}{}[run]\nduration = \"10 ms\"\ndt = \"0.1 ms\"\nseed = 1\n",
        synapse(("syn", weights[0])),
        synapse(("other", weights[1])),
        variables.iter().map(trace).collect::<String>()
    )))
}

#[test]
fn a_receptor_reads_the_potential_of_its_place() {
    let receptors = "receptors.syn = { model = \"cond_exp\", at = \"dendrite\" }\n\
                     receptors.other = { model = \"cond_exp\", E_rev = \"-80 mV\" }";
    let names = ["v", "v_d", "syn.g", "other.g", "syn.I", "other.I", "I_dend", "I_syn"];
    let seen = run(receptors, ["5 nS", "3 nS"], &names);
    for step in 0..=100 {
        let [v, v_d, g, g_other, i, i_other, i_dend, i_syn] = std::array::from_fn(|k| seen.at(k, step, 0));
        assert_eq!([i, i_other], [g * (0.0 - v_d), g_other * (-80.0 - v)], "step {step}");
        assert_eq!([i_dend, i_syn], [i, i_other], "step {step}");
    }
    let highest = |k: usize| seen.traces[k].iter().map(|t| t.1[0]).fold(f64::MIN, f64::max);
    assert!(highest(1) > highest(0) + 2.0, "the dendrite is where the excitation is");
}

#[test]
fn currents_of_several_receptors_add_up_at_their_place() {
    let receptors = "receptors.syn = { model = \"cond_exp\", at = \"dendrite\" }\n\
                     receptors.other = { model = \"curr_exp\", at = \"dendrite\" }";
    let seen = run(receptors, ["5 nS", "40 pA"], &["syn.I", "other.I", "I_dend", "I_syn"]);
    for step in 0..=100 {
        near("sum", seen.at(2, step, 0), seen.at(0, step, 0) + seen.at(1, step, 0), 1e-12);
        assert_eq!(seen.at(3, step, 0), 0.0);
    }
    assert!(seen.at(2, 25, 0) > 100.0);
}

#[test]
fn a_delta_synapse_moves_the_potential_of_its_place() {
    let receptors = "receptors.syn = { model = \"delta\", at = \"dendrite\" }\nreceptors.other = \"delta\"";
    let seen = run(receptors, ["3 mV", "1 mV"], &["v", "v_d"]);
    near("soma", seen.at(0, 20, 0), -59.0, 1e-12);
    near("dendrite", seen.at(1, 20, 0), -57.0, 1e-12);
}

#[test]
fn an_input_model_reaches_its_place() {
    let input = "[[inputs]]\nto = \"P\"\nmodel = \"step_current\"\nat = \"dendrite\"\n\
                 parameters = { amplitude = \"40 pA\", start = \"1 ms\", stop = \"1 s\" }\n";
    let seen = run(
        &format!("receptors = {{ syn = \"delta\", other = \"delta\" }}\n{input}"),
        ["0 mV", "0 mV"],
        &["I_dend", "I_syn", "v", "v_d"],
    );
    assert_eq!([0, 1].map(|k| seen.at(k, 50, 0)), [40.0, 0.0]);
    assert!(seen.at(3, 50, 0) > seen.at(2, 50, 0));
}

/// What a person is told about a mistake in a network with one line in it.
fn refused(lines: &str) -> String {
    let text = format!("{CELL}{lines}\n[run]\nduration = \"1 ms\"\n");
    let read = Spec::parse(Source::new("net.toml", text), "net").and_then(|spec| Plan::new(&spec));
    read.expect_err(lines).report()
}

#[test]
fn mistakes_are_told() {
    let unknown = refused("receptors.exc = { model = \"ampa\", at = \"dendrit\" }");
    for part in ["model \"two_compartment\" has no place \"dendrit\"", "did you mean \"dendrite\"?", "net.toml:9"] {
        assert!(unknown.contains(part), "{unknown}");
    }
    let unknown = refused("[[inputs]]\nto = \"P\"\ncurrent = \"1 pA\"\nat = \"axon\"");
    assert!(unknown.contains("has no place \"axon\"") && unknown.contains("dendrite"), "{unknown}");
    let none =
        refused("[populations.Q]\nmodel = \"lif\"\nsize = 1\nreceptors.exc = { model = \"ampa\", at = \"dendrite\" }");
    assert!(none.contains("model \"lif\" has no place \"dendrite\"") && none.contains("remove `at`"), "{none}");
    let poisson = refused(
        "receptors.exc = \"ampa\"\n[[inputs]]\nto = \"P\"\nrate = \"1 Hz\"\nweight = \"1 nS\"\nreceptor = \"exc\"\nat = \"dendrite\"",
    );
    assert!(poisson.contains("Poisson spikes arrive where their receptor is"), "{poisson}");
}
