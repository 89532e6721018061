//! Result files: what is recorded is read back, and the layout is SONATA's to the letter.

use std::path::Path;

use bouton::{
    engine::observer::Observer,
    plan::Which,
    record::{EdgeMeta, Meta, PopulationMeta, Recorder, Results, Spikes, SynapseMeta, TraceMeta},
};
use hdf5::types::{EnumMember, FloatSize, IntSize, TypeDescriptor, VarLenUnicode};

const DT: f64 = 0.1;

/// Three populations of 4, 2 and 3 neurons (the second one's spikes are not recorded), two traces.
fn meta() -> Meta {
    let population = |name: &str, first_gid, size, record_spikes| PopulationMeta {
        name: name.into(),
        first_gid,
        size,
        record_spikes,
    };
    let trace = |population: &str, ids: &[u32], variables: &[(&str, &str)], interval_steps| TraceMeta {
        population: population.into(),
        ids: ids.to_vec(),
        places: Vec::new(),
        variables: variables.iter().map(|(name, unit)| (name.to_string(), unit.to_string())).collect(),
        interval_steps,
    };
    Meta {
        title: "a small net".into(),
        network_text: "[run]\ndt = \"0.1 ms\" # µ\n".into(),
        parameters: vec![("E.C_m".into(), "200 pF".into()), ("E.tau".into(), "uniform(1 ms, 2 ms)".into())],
        seed: u64::MAX,
        dt_ms: DT,
        duration_ms: 100.0,
        precision: "f64".into(),
        threads: 3,
        version: "0.1.0".into(),
        populations: vec![population("E", 0, 4, true), population("I", 4, 2, false), population("P", 6, 3, true)],
        traces: vec![trace("E", &[1, 3], &[("v", "mV"), ("exc.g", "nS")], 5), trace("P", &[0], &[("v", "mV")], 1)],
        synapses: vec![],
    }
}

/// Spikes of neurons 0, 5, 8 every 10 steps and of all every 100; traces whose values say where they belong.
fn drive(recorder: &mut Recorder, steps: std::ops::RangeInclusive<u64>) {
    for step in steps {
        if step % 100 == 0 {
            recorder.spikes(step, &[0, 1, 2, 3, 4, 5, 6, 7, 8]);
        } else if step % 10 == 0 {
            recorder.spikes(step, &[0, 5, 8]);
        }
        let t = step as f64;
        if step % 5 == 0 {
            recorder.trace(0, step, &[t + 0.25, t + 1000.0, -t, t + 2000.0]);
        }
        recorder.trace(1, step, &[t]);
        recorder.reached(step);
    }
}

fn record(path: &Path, gdf: Option<&Path>) {
    let mut recorder = Recorder::create(path, &meta(), gdf).expect("created");
    drive(&mut recorder, 1..=1000);
    recorder.text("spike_hash", "00ff");
    recorder.finish("complete", &[("deliver".into(), 0.5)], &[("synapses".into(), 12.0)]).expect("finished");
}

fn text(at: &hdf5::Location, name: &str) -> String {
    at.attr(name).expect(name).read_scalar::<VarLenUnicode>().expect(name).as_str().to_owned()
}

#[test]
fn what_is_recorded_is_read_back() {
    let dir = tempfile::tempdir().expect("temporary folder");
    let (path, gdf) = (dir.path().join("r.h5"), dir.path().join("r.gdf"));
    record(&path, Some(&gdf));
    let results = Results::open(&path).expect("opened");
    assert_eq!((results.title.as_str(), results.status.as_str()), ("a small net", "complete"));
    assert_eq!(results.network_text, meta().network_text);
    assert_eq!(results.parameters, meta().parameters);
    assert_eq!((results.seed, results.dt_ms, results.asked_ms, results.duration_ms), (u64::MAX, DT, 100.0, 100.0));
    let sizes: Vec<_> =
        results.populations.iter().map(|p| (p.name.as_str(), p.first_gid, p.size, p.recorded)).collect();
    assert_eq!(sizes, [("E", 0, 4, true), ("I", 4, 2, false), ("P", 6, 3, true)]);

    let e = results.spikes(0).expect("spikes of E");
    assert_eq!(e.ids.len(), 100 + 3 * 10);
    assert_eq!((e.steps[9], e.ids[9]), (100, 0));
    assert_eq!((e.steps[12], e.ids[12]), (100, 3));
    assert_eq!(results.spikes(1).expect("none of I"), Spikes::default());
    let p = results.spikes(2).expect("spikes of P");
    assert_eq!((p.steps[0], p.ids[0], p.ids.len()), (10, 2, 100 + 2 * 10));

    let names: Vec<_> = results.traces.iter().map(|t| (t.report.as_str(), t.unit.as_str(), t.length)).collect();
    assert_eq!(names, [("E.v", "mV", 200), ("E.exc.g", "nS", 200), ("P.v", "mV", 1000)]);
    let v = results.trace(0, 9).expect("v of E");
    assert_eq!((v.times_ms[0], v.times_ms[199]), (0.5, 100.0));
    assert_eq!((v.values[0][0], v.values[0][199], v.values[1][199]), (5.25, 1000.25, -1000.0));
    let g = results.trace(1, 1).expect("g of E").values;
    assert_eq!(g, [(1..=200).map(|k| (1000 + 5 * k) as f32).collect::<Vec<_>>()]);

    let lines = std::fs::read_to_string(&gdf).expect("text spikes");
    assert!(lines.starts_with("0\t1.0\n5\t1.0\n8\t1.0\n0\t2.0\n"), "{}", &lines[..40]);
    assert_eq!(lines.lines().count(), 3 * 90 + 9 * 10);
}

#[test]
fn layout_is_sonata() {
    let dir = tempfile::tempdir().expect("temporary folder");
    let path = dir.path().join("r.h5");
    record(&path, None);
    let file = hdf5::File::open(&path).expect("opened");
    assert_eq!(file.attr("magic").expect("magic").read_scalar::<u32>().expect("magic"), 0x0A7A);
    assert_eq!(file.attr("version").expect("version").read_raw::<u32>().expect("version"), [0, 1]);

    assert_eq!(file.group("spikes").expect("spikes").member_names().expect("names"), ["E", "P"]);
    let spikes = file.group("spikes/E").expect("spikes of E");
    let sorting = spikes.attr("sorting").expect("sorting").dtype().expect("type").to_descriptor().expect("type");
    let TypeDescriptor::Enum(sorting) = sorting else { panic!("sorting is an enum, not {sorting:?}") };
    let member = |name: &str, value| EnumMember { name: name.into(), value };
    assert_eq!(sorting.members, [member("none", 0), member("by_id", 1), member("by_time", 2)]);
    let times = spikes.dataset("timestamps").expect("timestamps");
    assert_eq!(text(&times, "units"), "ms");
    assert_eq!(times.dtype().expect("type").to_descriptor().expect("type"), TypeDescriptor::Float(FloatSize::U8));
    assert_eq!(times.read_raw::<f64>().expect("times")[2], 30.0 * DT);
    let ids = spikes.dataset("node_ids").expect("node_ids");
    assert_eq!(ids.dtype().expect("type").to_descriptor().expect("type"), TypeDescriptor::Unsigned(IntSize::U8));
    assert!(times.is_chunked() && times.filters().is_empty() && ids.is_chunked() && ids.filters().is_empty());

    let names = file.group("report").expect("report").member_names().expect("names");
    assert_eq!(names, ["E", "E.exc.g", "E.v", "P", "P.v"]);
    let report = file.group("report/E").expect("the first variable, under the population's name");
    assert_eq!(text(&report, "variable"), "v");
    let data = report.dataset("data").expect("data");
    assert_eq!((data.shape(), text(&data, "units")), (vec![200, 2], "mV".to_owned()));
    assert!(data.dtype().expect("type").is::<f32>() && data.filters().is_empty());
    let list = |name: &str| report.dataset(&format!("mapping/{name}")).expect(name);
    assert_eq!(list("node_ids").read_raw::<u64>().expect("node_ids"), [1, 3]);
    assert_eq!(list("index_pointers").read_raw::<u64>().expect("index_pointers"), [0, 1, 2]);
    assert_eq!(list("element_ids").read_raw::<u32>().expect("element_ids"), [0, 0]);
    assert_eq!(list("time").read_raw::<f64>().expect("time"), [5.0 * DT, 1005.0 * DT, 5.0 * DT]);
    assert_eq!(text(&list("time"), "units"), "ms");

    let bouton = file.group("bouton").expect("bouton");
    for (name, value) in [("status", "complete"), ("precision", "f64"), ("version", "0.1.0"), ("spike_hash", "00ff")] {
        assert_eq!(text(&bouton, name), value);
    }
    assert_eq!(bouton.attr("threads").expect("threads").read_scalar::<u64>().expect("threads"), 3);
    assert_eq!(bouton.attr("synapses").expect("synapses").read_scalar::<f64>().expect("synapses"), 12.0);
    let timings = bouton.group("timings").expect("timings");
    assert_eq!(timings.attr("deliver").expect("deliver").read_scalar::<f64>().expect("deliver"), 0.5);
}

#[test]
fn edges_are_sonata_and_come_in_chunks() {
    let dir = tempfile::tempdir().expect("temporary folder");
    let path = dir.path().join("r.h5");
    let mut recorder = Recorder::create(&path, &meta(), None).expect("created");
    let weights = vec![("ampa".into(), "nS".into()), ("nmda".into(), "nS".into())];
    let mut edges = recorder.edges(EdgeMeta { from: "E".into(), to: "P".into(), weights });
    edges.append(&[0, 1], &[2, 0], &[&[0.5, 0.25], &[1.5, 1.25]], &[1.0, 2.0]);
    edges.append(&[3], &[1], &[&[0.125], &[2.5]], &[0.1]);
    // The same pair again, wiring only.
    recorder.edges(EdgeMeta { from: "E".into(), to: "P".into(), weights: vec![] }).append(&[2], &[2], &[], &[]);
    recorder.finish("complete", &[], &[]).expect("finished");

    let file = hdf5::File::open(&path).expect("opened");
    assert_eq!(file.group("edges").expect("edges").member_names().expect("names"), ["E_to_P", "E_to_P_2"]);
    let group = file.group("edges/E_to_P").expect("edges");
    let list = |name: &str| group.dataset(name).expect(name);
    assert_eq!(list("source_node_id").read_raw::<u64>().expect("sources"), [0, 1, 3]);
    assert_eq!(list("target_node_id").read_raw::<u64>().expect("targets"), [2, 0, 1]);
    assert_eq!(text(&list("source_node_id"), "node_population"), "E");
    assert_eq!(text(&list("target_node_id"), "node_population"), "P");
    assert_eq!(list("edge_group_index").read_raw::<u64>().expect("index"), [0, 1, 2]);
    assert_eq!(list("edge_group_id").read_raw::<u32>().expect("group"), [0, 0, 0]);
    assert_eq!(list("edge_type_id").read_raw::<u32>().expect("type"), [0, 0, 0]);
    assert_eq!(list("0/syn_weight").read_raw::<f64>().expect("weights"), [0.5, 0.25, 0.125]);
    assert_eq!(list("0/syn_weight_nmda").read_raw::<f64>().expect("weights"), [1.5, 1.25, 2.5]);
    assert_eq!(list("0/delay").read_raw::<f64>().expect("delays"), [1.0, 2.0, 0.1]);
    let wiring = file.group("edges/E_to_P_2").expect("edges");
    assert_eq!(wiring.dataset("target_node_id").expect("targets").read_raw::<u64>().expect("targets"), [2]);
    assert!(wiring.group("0").expect("group").is_empty());
}

/// Inside, a conductance of a membrane is in nS/um^2, which is 100 times what the file says.
#[test]
fn values_are_in_the_unit_that_the_file_names() {
    let dir = tempfile::tempdir().expect("temporary folder");
    let path = dir.path().join("r.h5");
    let variables = vec![("g_Na".into(), "mS/cm^2".into()), ("rate".into(), "Hz".into())];
    let traces =
        vec![TraceMeta { population: "E".into(), ids: vec![0], places: Vec::new(), variables, interval_steps: 1 }];
    let mut recorder = Recorder::create(&path, &Meta { traces, ..meta() }, None).expect("created");
    recorder.trace(0, 1, &[1.25, 0.5]);
    recorder.finish("complete", &[], &[]).expect("finished");
    let results = Results::open(&path).expect("opened");
    assert_eq!([0, 1].map(|k| results.trace(k, 1).expect("values").values[0][0]), [125.0, 500.0]);
}

/// Two records of values and a histogram of E->P.
fn synapse_meta(times: u64) -> Vec<SynapseMeta> {
    let record = |which, variables: &[(&str, &str)]| SynapseMeta {
        from: "E".into(),
        to: "P".into(),
        receptor: "exc".into(),
        variables: variables.iter().map(|(name, unit)| (name.to_string(), unit.to_string())).collect(),
        which,
        times,
    };
    vec![
        record(Which::Pairs(vec![(0, 2)]), &[("w", "nS"), ("rate", "Hz")]),
        record(Which::Histogram { low: 0.0, high: 1.0, bins: 4 }, &[("w", "nS")]),
        record(Which::All, &[("w", "nS")]),
    ]
}

#[test]
fn recorded_synapses_are_read_back() {
    let dir = tempfile::tempdir().expect("temporary folder");
    let path = dir.path().join("r.h5");
    let times = 30_000;
    let mut recorder =
        Recorder::create(&path, &Meta { synapses: synapse_meta(times), ..meta() }, None).expect("created");
    recorder.synapses_are(0, &[0, 0, 3], &[2, 2, 1]);
    recorder.synapses_are(2, &[], &[]);
    for k in 0..times {
        let v = k as f64;
        recorder.synapses(0, 10 * k, &[v, v + 0.25, v + 0.5, 0.001, 0.002, 0.001 * v]);
        recorder.synapses(1, 10 * k, &[v, 0.0, 3.0, 1e6 - v]);
        recorder.synapses(2, 10 * k, &[]);
        recorder.reached(10 * k);
    }
    recorder.finish("complete", &[], &[]).expect("finished");

    let results = Results::open(&path).expect("opened");
    let [pairs, histogram, all] = &results.synapse_records[..] else { panic!("three records") };
    assert_eq!((&*pairs.group, &*pairs.projection, &*pairs.receptor, &*pairs.kind), ("E_to_P", "E->P", "exc", "pairs"));
    assert_eq!(pairs.variables, [("w".into(), "nS".into()), ("rate".into(), "Hz".to_string())]);
    assert_eq!((pairs.synapses, pairs.times_ms.len(), pairs.times_ms[7]), (3, 30_000, 70.0 * DT));
    let w = results.synapses(0, 0, usize::MAX).expect("weights");
    assert_eq!((w.sources, w.targets), (vec![0, 0, 3], vec![2, 2, 1]));
    for (synapse, values) in w.values.iter().enumerate() {
        assert!(values.iter().enumerate().all(|(k, v)| *v == k as f64 + 0.25 * synapse as f64), "synapse {synapse}");
    }
    // Of three synapses two are every second one; per millisecond inside is hertz in the file.
    let rate = results.synapses(0, 1, 2).expect("rates");
    assert_eq!((rate.sources, rate.values[0][5], rate.values[1][5]), (vec![0, 3], 1.0, 5.0));

    assert_eq!(
        (&*histogram.group, &*histogram.kind, &histogram.edges[..]),
        ("E_to_P_2", "histogram", &[0.0, 0.25, 0.5, 0.75, 1.0][..])
    );
    let counts = results.histogram(1).expect("counts");
    assert_eq!((counts.len(), &counts[29_999]), (30_000, &vec![29_999, 0, 3, 970_001]));
    assert!(
        results.histogram(0).expect("none").is_empty() && results.synapses(1, 0, 9).expect("none").values.is_empty()
    );
    assert_eq!((all.synapses, all.times_ms.len()), (0, 30_000));
    assert!(results.synapses(2, 0, 9).expect("none").values.is_empty());
}

/// A row of more values than a batch holds goes through in pieces, in order.
#[test]
fn a_full_matrix_is_written_in_pieces() {
    let dir = tempfile::tempdir().expect("temporary folder");
    let path = dir.path().join("r.h5");
    let count = 200_001_u32;
    let mut record = synapse_meta(3).remove(2);
    record.variables.push(("x".into(), "1".into()));
    let mut recorder = Recorder::create(&path, &Meta { synapses: vec![record], ..meta() }, None).expect("created");
    let ids: Vec<u32> = (0..count).collect();
    let reversed: Vec<u32> = ids.iter().rev().copied().collect();
    recorder.synapses_are(0, &ids, &reversed);
    for step in 0..3 {
        let values = (0..2 * count).map(|k| f64::from(k) + step as f64 / 4.0);
        recorder.synapses(0, step, &values.collect::<Vec<_>>());
    }
    recorder.finish("complete", &[], &[]).expect("finished");
    let results = Results::open(&path).expect("opened");
    let [w, x] = [0, 1].map(|variable| results.synapses(0, variable, usize::MAX).expect("values"));
    assert_eq!((w.sources, w.targets), (ids, reversed));
    for (k, (w, x)) in w.values.iter().zip(&x.values).enumerate() {
        assert_eq!(w, &[0.0, 0.25, 0.5].map(|more| k as f64 + more));
        assert_eq!(x, &[0.0, 0.25, 0.5].map(|more| (k + count as usize) as f64 + more));
    }
}

/// What lies on the disk while a run goes on is what a kill would leave: a copy of it must be readable.
#[test]
fn a_killed_run_is_readable_up_to_the_last_flush() {
    let dir = tempfile::tempdir().expect("temporary folder");
    let (path, killed) = (dir.path().join("r.h5"), dir.path().join("killed.h5"));
    let mut recorder = Recorder::create(&path, &meta(), None).expect("created");
    let empty = dir.path().join("empty.h5");
    std::fs::copy(&path, &empty).expect("copied");
    let results = Results::open(&empty).expect("readable from the start");
    assert_eq!((results.duration_ms, results.spikes(0).expect("none yet")), (0.0, Spikes::default()));

    drive(&mut recorder, 1..=500);
    std::thread::sleep(std::time::Duration::from_millis(300));
    drive(&mut recorder, 501..=501);
    // Two flush intervals later the file holds what was handed over; then more arrives that is not flushed.
    std::thread::sleep(std::time::Duration::from_millis(2200));
    drive(&mut recorder, 502..=600);
    std::fs::copy(&path, &killed).expect("copied");
    drop(recorder);

    let results = Results::open(&killed).expect("readable");
    assert_eq!((results.status.as_str(), results.duration_ms), ("running", 501.0 * DT));
    let e = results.spikes(0).expect("spikes");
    assert_eq!((e.steps.len(), e.steps.last()), (50 + 3 * 5, Some(&500)));
    assert_eq!(results.traces[2].length, 501);

    // Dropped without `finish`, the file holds everything but still says that it was not finished.
    let results = Results::open(&path).expect("readable");
    assert_eq!((results.status.as_str(), results.duration_ms), ("running", 600.0 * DT));
    assert_eq!(results.spikes(0).expect("spikes").steps.last(), Some(&600));
}

/// More spikes in a step, and values in a row, than a batch holds.
#[test]
fn batches_split_what_is_too_large_for_them() {
    let dir = tempfile::tempdir().expect("temporary folder");
    let path = dir.path().join("r.h5");
    let (neurons, steps) = (150_000_u32, 3);
    let meta = Meta {
        populations: vec![PopulationMeta { name: "E".into(), first_gid: 0, size: neurons, record_spikes: true }],
        traces: vec![TraceMeta {
            population: "E".into(),
            ids: (0..neurons).collect(),
            places: Vec::new(),
            variables: vec![("v".into(), "mV".into())],
            interval_steps: 1,
        }],
        duration_ms: 0.3,
        ..meta()
    };
    let mut recorder = Recorder::create(&path, &meta, None).expect("created");
    let ids: Vec<u32> = (0..neurons).collect();
    for step in 1..=steps {
        recorder.spikes(step, &ids);
        recorder.trace(0, step, &ids.iter().map(|&id| f64::from(id) + step as f64).collect::<Vec<_>>());
    }
    recorder.finish("complete", &[], &[]).expect("finished");
    let results = Results::open(&path).expect("opened");
    let spikes = results.spikes(0).expect("spikes");
    assert_eq!(spikes.ids.len(), 3 * neurons as usize);
    assert!(spikes.ids.chunks(neurons as usize).all(|step| step == ids), "every step holds every neuron in order");
    assert_eq!((spikes.steps[0], spikes.steps[neurons as usize]), (1, 2));
    let values = results.trace(0, usize::MAX).expect("trace").values;
    assert_eq!((values.len(), values[149_999].as_slice()), (150_000, [150_000.0, 150_001.0, 150_002.0].as_slice()));
}

#[test]
fn foreign_and_missing_files_are_refused_with_a_reason() {
    let dir = tempfile::tempdir().expect("temporary folder");
    let foreign = dir.path().join("foreign.h5");
    hdf5::File::create(&foreign).expect("created").close().expect("closed");
    let text = dir.path().join("text.h5");
    std::fs::write(&text, "not HDF5").expect("written");
    for (path, reason) in
        [(foreign, "not written by Bouton"), (text, "cannot open"), (dir.path().join("none.h5"), "No such file")]
    {
        let message = Results::open(&path).expect_err("refused").message().to_owned();
        assert!(message.contains(reason), "{message}");
    }
}
