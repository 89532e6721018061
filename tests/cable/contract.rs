//! Cables in networks: threads, blocks and vector instructions change nothing, sites have ids, phases change parameters.

use bouton::{engine::Options, kernel::Isa};

use crate::common::{plan, run, run_with, statistics};

/// Forty cells with two membranes and three kinds of input, each driving the next with both of its sites.
fn ring(precision: &str) -> String {
    format!(
        "[populations.cell]
model = 'hh_squid'
size = 40
parameters = {{ g_K = 'normal(36 mS/cm^2, 2 mS/cm^2, 30 mS/cm^2, 42 mS/cm^2)' }}
receptors = {{ exc = {{ model = 'ampa', at = 'dendrite(0.7)' }}, inh = {{ model = 'gaba_a', at = 'soma' }} }}
[populations.cell.cable]
R_a = '100 Ohm*cm'
sites = ['soma', 'axon(1)']
[[populations.cell.cable.sections]]
name = 'soma'
length = '20 um'
diameter = '20 um'
compartments = 1
[[populations.cell.cable.sections]]
name = 'dendrite'
parent = 'soma(0)'
model = 'passive'
length = '200 um'
diameter = '2 um'
compartments = 7
parameters = {{ g_L = 'uniform(0.02 mS/cm^2, 0.06 mS/cm^2)' }}
[[populations.cell.cable.sections]]
name = 'axon'
parent = 'soma(1)'
length = '500 um'
diameter = '1 um'
compartments = 11
[[projections]]
from = 'cell'
to = 'cell'
rule = {{ fixed_in_degree = 4 }}
receptor = 'exc'
weight = 'uniform(1 nS, 4 nS)'
delay = 'uniform(1 ms, 4 ms)'
[[inputs]]
to = 'cell'
rate = '300 Hz'
weight = '2 nS'
receptor = 'exc'
[[inputs]]
to = 'cell'
rate = '100 Hz'
weight = '1 nS'
receptor = 'inh'
[[inputs]]
to = 'cell'
at = 'axon(0.5)'
model = 'ou_current'
parameters = {{ mean = '20 pA', sigma = '20 pA' }}
[[record.traces]]
population = 'cell'
variables = ['v', 'I_syn']
neurons = [3, 17, 39]
at = ['soma', 'dendrite(1)']
interval = '1 ms'
[run]
duration = '60 ms'
dt = '0.025 ms'
precision = '{precision}'"
    )
}

#[test]
fn any_threads_blocks_and_instructions_give_the_same() {
    for precision in ["f64", "f32"] {
        let plan = plan(&ring(precision));
        let (reference, _) = run_with(&plan, Options { threads: Some(1), ..Options::default() });
        assert!(reference.spikes.len() > 100, "{} spikes", reference.spikes.len());
        for (threads, blocks) in [(2, None), (3, None), (2, Some(5))] {
            let (other, _) = run_with(&plan, Options { threads: Some(threads), blocks, ..Options::default() });
            assert!(other == reference, "{precision}, {threads} threads, {blocks:?} blocks");
        }
        let isa = |isa| statistics(&plan, Options { threads: Some(1), isa: Some(isa), ..Options::default() });
        let hashes: Vec<String> = Isa::available().into_iter().map(|i| isa(i).spike_hash().to_string()).collect();
        assert!(hashes.windows(2).all(|pair| pair[0] == pair[1]), "{precision}: {hashes:?}");
    }
}

#[test]
fn each_site_of_each_cell_has_an_id() {
    let plan = plan(&ring("f64"));
    assert_eq!((plan.populations[0].size, plan.populations[0].neurons(), plan.neurons()), (80, 40, 40));
    let wiring = &plan.projections[0].wiring;
    assert_eq!((wiring.from.size, wiring.from.stride, wiring.to.size), (40, 2, 40));
    let seen = run(&plan);
    // An axon's end spikes after its soma, again and again.
    let lags = (0..40).flat_map(|cell| {
        let (soma, end) = (seen.of(2 * cell), seen.of(2 * cell + 1));
        soma.into_iter().zip(end).map(|(a, b)| b as i64 - a as i64).collect::<Vec<_>>()
    });
    let lags: Vec<i64> = lags.collect();
    let behind = lags.iter().filter(|lag| (4..120).contains(*lag)).count();
    assert!(lags.len() > 40 && behind * 10 > lags.len() * 8, "{lags:?}");
    // Values come by cell, then place, then variable; a dendrite without synapses at its tip has no synaptic current there.
    assert_eq!(seen.traces[0][0].1.len(), 3 * 2 * 2);
    let values = &seen.traces[0][30].1;
    assert!(
        values.iter().skip(3).step_by(4).all(|&i| i == 0.0)
            && values.iter().step_by(2).all(|v| (-90.0..60.0).contains(v))
    );
}

/// Cells that drive detectors from one of their sites or the other: `site` says which.
#[test]
fn a_projection_takes_the_spikes_of_one_site() {
    let detectors = "[populations.d]\nmodel = 'lif'\nsize = 40\nreceptors = { hit = 'delta' }\n[[projections]]\nfrom = 'cell'\n\
                     to = 'd'\nrule = 'one_to_one'\nreceptor = 'hit'\nweight = '30 mV'\ndelay = '1 ms'\n";
    let text = ring("f64");
    for (site, line) in [(0, ""), (0, "site = 'soma'\n"), (1, "site = 'axon(1)'\n")] {
        let (head, run_table) = text.split_once("[run]").unwrap();
        let all = run(&plan(&format!("{head}{detectors}{line}[run]{run_table}")));
        for cell in 0..40 {
            let heard = all.of(2 * cell + site);
            // A detector spikes when the cell's spike arrives, but for its refractory time of 2 ms and the run's end.
            let mut expected: Vec<u64> = Vec::new();
            for arrival in heard.iter().map(|s| s + 40).filter(|&s| s <= 2400) {
                if expected.last().is_none_or(|last| arrival - last > 80) {
                    expected.push(arrival);
                }
            }
            assert_eq!(all.of(80 + cell), expected, "cell {cell}, {line:?}");
        }
    }
}

#[test]
fn a_cable_of_one_compartment_is_a_point_neuron() {
    let text = |cable: &str, area: &str| {
        format!(
            "[populations.n]\nmodel = 'hh_squid'\nsize = 1\nreceptors = {{ e = 'ampa' }}\n{area}\n{cable}\n[[inputs]]\nto = 'n'\n\
             current = '400 pA'\n[[record.traces]]\npopulation = 'n'\nvariables = ['v', 'm']\n[run]\nduration = '30 ms'\n\
             dt = '0.005 ms'\n[populations.s]\nmodel = 'spike_list'\nsize = 1\ntimes = ['12 ms']\n[[projections]]\nfrom = 's'\n\
             to = 'n'\nrule = 'all_to_all'\nreceptor = 'e'\nweight = '5 nS'\ndelay = '1 ms'"
        )
    };
    let cable = "[populations.n.cable]\nR_a = '1 Ohm*cm'\nsections = [{ name = 'soma', length = '30 um', diameter = '20 um', \
                 compartments = 1 }]";
    let cut = run(&plan(&text(cable, "")));
    let point = run(&plan(&text("", "parameters.area = 'pi*600 um^2'")));
    assert!(!cut.spikes.is_empty());
    // Two schemes of second order: they differ by their errors alone.
    let largest = |k: usize| {
        let pairs = cut.traces[0].iter().zip(&point.traces[0]);
        pairs.map(|(a, b)| (a.1[k] - b.1[k]).abs()).fold(0.0, f64::max)
    };
    assert!(largest(0) < 0.2 && largest(1) < 2e-3, "{} mV, {}", largest(0), largest(1));
}

/// A cortical soma, channels counted one by one in the axon, a passive dendrite, gates in fluctuation in another.
#[test]
fn each_section_may_have_a_mechanism_of_its_own() {
    let sections =
        [("soma", "pospischil_rs", 20, 20, 1), ("axon", "hh_markov", 200, 1, 10), ("apical", "hh_langevin", 100, 2, 5)];
    let table = sections.map(|(name, model, length, diameter, n)| {
        format!(
            "[[populations.c.cable.sections]]\nname = '{name}'\nmodel = '{model}'\nlength = '{length} um'\ndiameter = '{diameter} um'\n\
             compartments = {n}\n"
        )
    });
    let text = format!(
        "[populations.c]\nmodel = 'passive'\nsize = 20\n[populations.c.cable]\nR_a = '100 Ohm*cm'\nsites = ['soma', 'axon(1)', 'apical']\n\
         {}[[populations.c.cable.sections]]\nname = 'dendrite'\nparent = 'soma(0)'\nlength = '100 um'\ndiameter = '2 um'\ncompartments = 5\n\
         [[inputs]]\nto = 'c'\nat = 'dendrite'\ncurrent = '500 pA'\n[[record.traces]]\npopulation = 'c'\nvariables = 'v'\n\
         interval = '1 ms'\n[run]\nduration = '40 ms'\ndt = '0.025 ms'",
        table.concat()
    );
    let plan = plan(&text);
    let bouton::plan::Kind::Cable(cable) = &plan.populations[0].kind else { panic!("cables") };
    let models: Vec<&str> = cable.regions.iter().map(|r| r.model.as_str()).collect();
    assert_eq!(models, ["pospischil_rs", "hh_markov", "hh_langevin", "passive"]);
    let (one, _) = run_with(&plan, Options { threads: Some(1), ..Options::default() });
    let (three, _) = run_with(&plan, Options { threads: Some(3), blocks: Some(5), ..Options::default() });
    assert!(one == three);
    // Spikes travel from the membrane that fires first into all others that can, and channels differ between cells.
    for site in 0..3 {
        assert!((0..20).all(|cell| !one.of(3 * cell + site).is_empty()), "site {site}: {:?}", one.spikes);
    }
    let first: std::collections::BTreeSet<u64> = (0..20).map(|cell| one.of(3 * cell + 1)[0]).collect();
    assert!(first.len() > 1, "{first:?}");
}

#[test]
fn a_phase_changes_the_membrane() {
    let text = "[populations.c]\nmodel = 'passive'\nsize = 3\n[populations.c.cable]\nR_a = '100 Ohm*cm'\nsections = [{ name = 'a', \
                length = '100 um', diameter = '5 um', compartments = 4 }]\n[[record.traces]]\npopulation = 'c'\nvariables = 'v'\n\
                [[run.phases]]\nduration = '10 ms'\n[[run.phases]]\nduration = '500 ms'\nset = { 'c.E_L' = '-50 mV' }";
    let seen = run(&plan(text));
    assert!(seen.traces[0][100].1.iter().all(|v| (v + 65.0).abs() < 1e-9));
    assert!(seen.traces[0][5100].1.iter().all(|v| (v + 50.0).abs() < 1e-6), "{:?}", seen.traces[0][5100].1);
}
