//! Action potentials that travel.

use crate::common::{Seen, plan, plan_of, run};

/// Squid axon (Hodgkin & Huxley 1952): 476 um wide, 35.4 Ohm cm, 18.5 degrees; spikes are read 20 mm apart.
fn squid(diameter: f64, stretch: f64, dt: f64) -> Seen {
    let text = format!(
        "[constants]
stretch = {stretch:?}
[populations.axon]
model = 'hh_squid'
size = 1
parameters = {{ phi = '3^1.22', E_L = '-54.4 mV' }}
[populations.axon.cable]
R_a = '35.4 Ohm*cm'
sites = ['axon(0.33334)', 'axon(0.66667)']
[[populations.axon.cable.sections]]
name = 'axon'
length = '60 mm*stretch'
diameter = '{diameter:?} um'
compartments = 300
[[inputs]]
to = 'axon'
at = 'axon(0)'
current = '10 uA*stretch^3*(t < 0.3 ms)'
[run]
duration = '5 ms'
dt = '{dt:?} ms'"
    );
    run(&plan(&text))
}

/// Steps between the first spikes at two sites.
fn travelled(seen: &Seen) -> f64 {
    assert_eq!((seen.of(0).len(), seen.of(1).len()), (1, 1), "{:?}", seen.spikes);
    (seen.of(1)[0] - seen.of(0)[0]) as f64
}

#[test]
fn the_squids_axon_conducts_at_18_8_metres_a_second() {
    let velocity = 20.0 / (travelled(&squid(476.0, 1.0, 0.005)) * 0.005);
    // Hodgkin & Huxley computed 18.8 m/s by hand and measured 21.2; 0.2 mm and 0.005 ms are each off by less than 0.5 %.
    assert!((velocity / 18.8 - 1.0).abs() < 0.01, "{velocity} m/s");
}

/// Without myelin all lengths along a fibre go with the root of its diameter: at half the scale it is a quarter as wide, and the same
/// steps pass, whatever the discretisation.
#[test]
fn without_myelin_the_velocity_goes_with_the_root_of_the_diameter() {
    assert_eq!(travelled(&squid(476.0, 1.0, 0.01)), travelled(&squid(119.0, 0.5, 0.01)));
}

fn myelinated(set: &[(&str, &str)]) -> f64 {
    let plan = plan_of("myelinated_axon", set);
    let seen = run(&plan);
    // The neurons behind both sites see the same.
    assert_eq!(seen.of(3)[0] - seen.of(2)[0], seen.of(1)[0] - seen.of(0)[0]);
    travelled(&seen) * plan.dt
}

/// Rushton (1951): a fibre twice as thick, with internodes twice as long under twice as much myelin and nodes as long as before, is
/// the same in all but length.
#[test]
fn with_myelin_the_velocity_goes_with_the_diameter() {
    let current = "where(t > 0.5 ms and t < 0.7 ms, 10 nA, 0 nA)";
    let thick = [("diameter", "14 um"), ("internode", "2 mm"), ("membranes", "400"), ("inputs.0.current", current)];
    assert_eq!(myelinated(&[]), myelinated(&thick));
}

#[test]
fn velocity_has_its_largest_value_between_short_and_long_internodes() {
    let velocity = |mm: f64| 12.0 * (mm + 0.0025) / myelinated(&[("internode", &format!("{mm} mm"))]);
    let velocities: Vec<f64> = [0.2, 0.5, 1.0, 2.0, 3.0].into_iter().map(velocity).collect();
    let best = (0..5).max_by(|&a, &b| velocities[a].total_cmp(&velocities[b])).unwrap();
    assert!((1..=3).contains(&best), "{velocities:?}");
    assert!(velocities[..=best].is_sorted() && velocities[best..].is_sorted_by(|a, b| a >= b), "{velocities:?}");
    // Of the order of a frog's fibre of 10 um (Tasaki 1953 and others: 20 to 25 m/s).
    assert!((15.0..30.0).contains(&velocities[best]), "{velocities:?}");
}

#[test]
fn myelin_speeds_an_axon_up_and_its_loss_blocks_it() {
    let velocity = |membranes: &str| 12.0 * 1.0025 / myelinated(&[("membranes", membranes), ("run.duration", "12 ms")]);
    let velocities: Vec<f64> = ["20", "50", "100", "200", "400"].into_iter().map(velocity).collect();
    assert!(velocities.is_sorted() && velocities[4] > 4.0 * velocities[0], "{velocities:?}");
    let bare = run(&plan_of("myelinated_axon", &[("membranes", "1"), ("run.duration", "12 ms")]));
    assert!(bare.spikes.is_empty(), "{:?}", bare.spikes);
}

/// A tree with channels, a synapse that is not linear in the voltage, and a sine: halving the step quarters the error.
#[test]
fn the_error_falls_with_the_square_of_the_step() {
    let at_end = |dt: f64| {
        let text = format!(
            "[populations.cell]
model = 'hh_squid'
size = 1
receptors = {{ slow = {{ model = 'nmda', at = 'b(0.8)' }} }}
[populations.cell.cable]
R_a = '100 Ohm*cm'
[[populations.cell.cable.sections]]
name = 'soma'
length = '20 um'
diameter = '20 um'
compartments = 1
[[populations.cell.cable.sections]]
name = 'a'
length = '300 um'
diameter = '2 um'
compartments = 5
parameters = {{ g_Na = '60 mS/cm^2' }}
[[populations.cell.cable.sections]]
name = 'b'
parent = 'a(1)'
model = 'passive'
length = '200 um'
diameter = '1 um'
compartments = 4
[[populations.cell.cable.sections]]
name = 'c'
parent = 'a(1)'
model = 'passive'
length = '100 um'
diameter = '1 um'
compartments = 4
[populations.s]
model = 'spike_list'
size = 1
times = ['1 ms', '4 ms']
[[projections]]
from = 's'
to = 'cell'
rule = 'all_to_all'
receptor = 'slow'
weight = '20 nS'
delay = '1 ms'
[[inputs]]
to = 'cell'
at = 'soma'
current = '300 pA*sin(t/(2 ms))'
[[record.traces]]
population = 'cell'
variables = 'v'
at = ['soma', 'b(1)', 'c(1)']
interval = '12 ms'
[run]
duration = '12 ms'
dt = '{dt:?} ms'"
        );
        run(&plan(&text)).traces[0][1].1.clone()
    };
    let runs: Vec<Vec<f64>> = [0.05, 0.025, 0.0125, 0.00625].into_iter().map(at_end).collect();
    let change = |k: usize, place: usize| (runs[k][place] - runs[k + 1][place]).abs();
    for place in 0..3 {
        assert!(change(0, place) > 1e-5, "{runs:?}");
        let order = (change(1, place) / change(2, place)).log2();
        assert!((1.8..2.2).contains(&order), "order {order} at place {place}: {runs:?}");
    }
}
