//! Every key that the readers know is on a page in docs/, and the README's examples are accepted. The pages' own are run by `tests/book`.

use std::collections::BTreeSet;

use bouton::{
    error::Source,
    lang::{model::Model, rule::Rule},
    plan::Plan,
    quantity::Dim,
    spec::Spec,
};

const NETWORK_FILE: &str = include_str!("../docs/network-file.md");
const README: &str = include_str!("../README.md");
const CABLE: &str = include_str!("../docs/cable.md");
const MODELS: &str = include_str!("../docs/models.md");
const PLASTICITY: &str = include_str!("../docs/plasticity.md");

/// The examples of a page: what stands between ```` ```toml ```` and ```` ``` ````.
fn examples(page: &str) -> Vec<&str> {
    page.split("```toml\n").skip(1).map(|rest| rest.split("```").next().expect("a part before")).collect()
}

/// The keys that the page sets in code, in tables and text.
fn documented(page: &str) -> BTreeSet<&str> {
    page.split('`').skip(1).step_by(2).collect()
}

/// The keys that a reader knows in a table, learnt from its answer to one that it cannot know.
fn known(error: &bouton::error::Error) -> Vec<String> {
    let help = miette::Diagnostic::help(error).expect("an unknown key has a remedy").to_string();
    let list = help.split_once("known here: ").unwrap_or_else(|| panic!("{}", error.report())).1;
    list.split(", ").map(str::to_owned).collect()
}

#[test]
fn every_key_of_a_cable_is_documented() {
    let unknown = "qqqqqqqqqqqqqqqqqq = 1\n";
    let head = "[populations.E]\nmodel = 'passive'\nsize = 1\n[populations.E.cable]\nR_a = '1 Ohm*cm'\n";
    for file in [
        format!("{head}swc = 'a.swc'\n{unknown}"),
        format!("{head}[[populations.E.cable.sections]]\nname = 'a'\n{unknown}"),
    ] {
        let error = Spec::parse(Source::new("net.toml", file), "net").expect_err("an unknown key");
        for key in known(&error) {
            assert!(documented(CABLE).contains(key.as_str()), "`{key}` is not in docs/cable.md ({error})");
        }
    }
}

#[test]
fn the_readme_shows_a_network_that_can_be_run_a_model_and_a_projection_that_learns() {
    let [network, model, learning] = examples(README)[..] else { panic!("a network, a model and a projection") };
    let spec = Spec::parse(Source::new("README.md", network), "mine");
    Plan::new(&spec.unwrap_or_else(|e| panic!("{}", e.report()))).unwrap_or_else(|e| panic!("{}", e.report()));
    Model::parse("qif", Source::new("README.md", model)).unwrap_or_else(|e| panic!("{}", e.report()));
    assert_eq!(network.lines().filter(|line| !line.is_empty()).count(), 30);
    let spec = Spec::parse(Source::new("README.md", format!("{network}{learning}")), "mine");
    let plan = spec.and_then(|spec| Plan::new(&spec)).unwrap_or_else(|e| panic!("{}", e.report()));
    assert_eq!(plan.projections.iter().filter(|p| p.plasticity.is_some()).count(), 1);
}

#[test]
fn every_key_of_the_rule_file_is_documented() {
    let head = "kind = 'plasticity'\ntitle = 'a'\n";
    let unknown = "qqqqqqqqqqqqqqqqqq = 1";
    // Parameters are those of models.
    let documented: BTreeSet<&str> = documented(PLASTICITY).into_iter().chain(documented(MODELS)).collect();
    for rest in [
        unknown.to_string(),
        format!("[traces]\nx = {{ of = 'pre', tau = '1 ms', {unknown} }}"),
        format!("[traces]\nx = {{ of = 'modulator', tau = '1 ms', jump = '2', {unknown} }}"),
        format!("[variables]\nc = {{ {unknown} }}"),
        format!("quanta = {{ n = 5, p = 0.5, {unknown} }}"),
        format!("[parameters]\nA = {{ value = 1, meaning = 'm', {unknown} }}"),
        format!("[parameters]\nA = {{ unit = 'weight', meaning = 'm', {unknown} }}"),
    ] {
        let text = format!("{head}{rest}\n");
        let error = Rule::parse("m", Source::new("m.toml", text), Dim::CURRENT).expect_err("an unknown key");
        for key in known(&error) {
            assert!(documented.contains(key.as_str()), "`{key}` is not in docs/plasticity.md ({error})");
        }
    }
}

#[test]
fn every_key_of_the_network_file_is_documented() {
    let unknown = "qqqqqqqqqqqqqqqqqq = 1\n";
    let population = "[populations.E]\nmodel = 'lif'\nsize = 1\n";
    let mut files = vec![
        format!("{unknown}{population}"),
        format!("{population}{unknown}"),
        format!("{population}positions.x = '1 um'\npositions.{unknown}"),
    ];
    for table in [
        "[[projections]]\nfrom = 'E'\nto = 'E'\nrule = 'all_to_all'\nreceptor = 'e'\nweight = 1\ndelay = '1 ms'\n",
        "[[inputs]]\nto = 'E'\n",
        "[[inputs]]\nto = 'E'\nrate = '1 Hz'\nweight = '1 nS'\nreceptor = 'e'\n",
        "[[inputs]]\nto = 'E'\nmodel = 'ou_current'\n",
        "[record]\n",
        "[[record.traces]]\npopulation = 'E'\nvariables = 'v'\n",
        "[[record.synapses]]\nprojection = 'E->E'\n",
        "[run]\n",
        "[[run.phases]]\nduration = '1 s'\n",
    ] {
        files.push(format!("{table}{unknown}{population}"));
    }
    let documented = documented(NETWORK_FILE);
    for file in files {
        let error = Spec::parse(Source::new("net.toml", file), "net").expect_err("an unknown key");
        for key in known(&error) {
            assert!(documented.contains(key.as_str()), "`{key}` is not in docs/network-file.md ({error})");
        }
    }
}

#[test]
fn every_rule_is_documented() {
    let file = "[[projections]]\nfrom = 'E'\nto = 'E'\nrule = 'qqqqqqqqqqqqqqqqqq'\n[populations.E]\nmodel = 'lif'\nsize = 1\n";
    let rules = known(&Spec::parse(Source::new("net.toml", file), "net").expect_err("an unknown rule"));
    assert_eq!(rules.len(), 8);
    for rule in rules {
        let forms = [format!("`\"{rule}\"`"), format!("`{{ {rule} = ")];
        assert!(forms.iter().any(|form| NETWORK_FILE.contains(form)), "{rule} is not in docs/network-file.md");
    }
}

#[test]
fn every_key_of_the_model_file_is_documented() {
    let head = "title = 'a'\ncitation = 'b'\n";
    let kinds = [
        ("kind = 'neuron'\n", ""),
        ("kind = 'receptor'\non_spike = 'g += w'\nweight = 'nS'\nequations = 'dg/dt = -g/ms : nS'\n", ""),
        ("kind = 'input'\ncurrent = '1 pA'\n", ""),
        ("kind = 'neuron'\n", "[parameters.C_m]\nvalue = '1 pF'\nmeaning = 'capacitance'\n"),
    ];
    let documented = documented(MODELS);
    for (kind, table) in kinds {
        let text = format!("{kind}{head}{table}qqqqqqqqqqqqqqqqqq = 1\n");
        let error = Model::parse("m", Source::new("m.toml", text)).expect_err("an unknown key");
        for key in known(&error) {
            assert!(documented.contains(key.as_str()), "`{key}` is not in docs/models.md ({error})");
        }
    }
}
