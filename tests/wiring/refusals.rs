//! What a wiring refuses, and in which words.

use std::sync::Arc;

use bouton::{
    connect::{EdgeList, Rule, Wiring},
    error::Source,
    lang::sampler::Sampler,
};

use crate::{exponential_profile, line, number, pop, wiring};

#[test]
fn refusals_name_value_limit_and_remedy() {
    let (e, i) = (pop(0, 0, 100), pop(1, 100, 25));
    let list = |text: &str| Rule::Edges(Arc::new(EdgeList::parse(&Source::new("edges.csv", text)).unwrap()));
    let strict = |mut w: Wiring| {
        (w.autapses, w.multapses) = (false, false);
        w
    };
    let delayed = |delay: Sampler| Wiring { delay, ..wiring(e, i, Rule::AllToAll) };
    let normal = Sampler::Normal { mean: 1.5, sd: 0.7, low: f64::NEG_INFINITY, high: f64::INFINITY };
    let mut steep = wiring(e, e, Rule::DistanceDependent(exponential_profile(1.5, 10.0)));
    steep.positions = line(100, 100);
    for (wiring, message, help) in [
        (wiring(e, i, Rule::OneToOne), "one_to_one pairs 100 sources with 25 targets", "same size"),
        (strict(wiring(e, e, Rule::OneToOne)), "autapses only", "autapses = true"),
        (wiring(e, i, Rule::FixedProbability(1.2)), "probability 1.2 is outside of [0, 1]", "from 0 to 1"),
        (wiring(e, i, Rule::FixedProbability(f64::NAN)), "probability NaN", "from 0 to 1"),
        (strict(wiring(e, i, Rule::FixedInDegree(101))), "in-degree 101 is more than the 100 sources", "at most 100"),
        (strict(wiring(e, e, Rule::FixedInDegree(100))), "the 99 sources that exist (autapses are off)", "at most 99"),
        (
            strict(wiring(e, i, Rule::FixedOutDegree(26))),
            "out-degree 26 is more than the 25 targets",
            "multapses = true",
        ),
        (
            strict(wiring(e, i, Rule::FixedTotalNumber(2501))),
            "2501 synapses are more than the 2500 pairs",
            "at most 2500",
        ),
        (wiring(e, e, Rule::DistanceDependent(number(0.5))), "needs the positions", "positions = {"),
        (steep, "the probability is 1.5 at distance 0 um", "clip(..., 0, 1)"),
        (wiring(e, i, list("5 25")), "target 25 in line 1 is beyond the population's last neuron 24", "from 0"),
        (strict(wiring(e, e, list("1 2\n3 3"))), "line 2 connects neuron 3 to itself", "autapses = true"),
        (strict(wiring(e, e, list("1 2\n3 4\n1 2"))), "line 3 connects 1 to 2 again", "multapses = true"),
        (wiring(e, i, list("1 2 0 0.05")), "delay 0.05 ms in line 1 is not within dt = 0.1 ms", "another dt"),
        (delayed(Sampler::Constant(0.05)), "delay is 0.05 ms, below the time step 0.1 ms", "a smaller dt"),
        (
            delayed(normal),
            "delay has no lower bound; it must be at least the time step 0.1 ms",
            "normal(mean, sd, 0.1 ms,",
        ),
        (
            delayed(Sampler::Uniform { low: 0.049, high: 1.0 }),
            "delay can be 0.049 ms, below the time step 0.1 ms",
            "clip",
        ),
        (delayed(Sampler::Constant(1e9)), "above the longest delay", "a larger dt"),
    ] {
        let refusal = wiring.validate().expect_err(message);
        assert!(refusal.message.contains(message), "{refusal:?} lacks \"{message}\"");
        assert!(refusal.help.contains(help), "{refusal:?} lacks \"{help}\"");
    }
}

#[test]
fn what_is_drawn_may_begin_at_half_a_step_which_rounds_to_one() {
    let half = Wiring {
        delay: Sampler::Uniform { low: 0.05, high: 0.3 },
        ..wiring(pop(0, 0, 20), pop(0, 0, 20), Rule::AllToAll)
    };
    half.validate().expect("half a step is one step when rounded");
    let mut delays = [0; 4];
    half.edges(0..20, |edge| delays[edge.delay as usize] += 1);
    assert!(delays[0] == 0 && delays[1..].iter().all(|&n| n > 50), "{delays:?}");
}
