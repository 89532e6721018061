//! Rallpacks 1 and 3 (Bhalla, Bilitch & Bower 1992, Trends in Neurosciences 15:453-458): a cable of one length constant, 0.1 nA into one
//! end; passive against its closed form, with the squid's channels against Runge and Kutta's method.

use std::f64::consts::PI;

use crate::{
    common::{Seen, plan, run},
    passive::{R_I, rallpack, voltage},
};

#[test]
fn rallpack_1() {
    // At 0.05 ms the first values after the current's step are 0.7 % off: the midpoint rule rings where a compartment's own time is
    // shorter than dt. At 0.0125 ms no value is more than 0.5 % off.
    let dt = 0.0125;
    let seen = rallpack(1000, dt, 250.0, 1.0, 7.0 * dt);
    for (end, x, steady) in [(0, 0.0, 167.181), (999, 1.0, 108.342)] {
        let pairs: Vec<(f64, f64)> =
            seen.traces[0].iter().skip(1).map(|(step, values)| (values[end], voltage(x, *step as f64 * dt))).collect();
        let closed_steady = R_I * (1.0 - x).cosh() / 1.0f64.sinh();
        assert!((closed_steady - steady).abs() < 1e-3, "{closed_steady}");
        let most = pairs.iter().map(|p| p.1).fold(0.0, f64::max);
        let square = pairs.iter().map(|(a, b)| (a - b).powi(2)).sum::<f64>() / pairs.len() as f64;
        let largest = pairs.iter().map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(square.sqrt() < 1e-3 * most && largest < 5e-3 * most, "{} {largest} of {most}", square.sqrt());
    }
}

#[test]
fn rallpack_1_ends_at_its_steady_state() {
    let seen = rallpack(1000, 0.05, 400.0, 1.0, 400.0);
    for (end, steady) in [(0, 167.181), (999, 108.342)] {
        // The centre of the first compartment is half a thousandth of a length constant away from the end.
        let got = seen.traces[0][1].1[end];
        assert!((got / steady - 1.0).abs() < 1e-3, "{got} mV for {steady}");
    }
}

/// Rallpack 3: the cable of Rallpack 1 with the squid's channels.
fn rallpack_3(compartments: u32, dt: f64, duration: f64) -> Seen {
    run(&plan(&format!(
        "[populations.c]
model = 'hh_squid'
size = 1
parameters = {{ g_L = '1/(40000 Ohm*cm^2)', E_L = '-65 mV' }}
[populations.c.cable]
R_a = '100 Ohm*cm'
sites = ['c(0)', 'c(1)']
[[populations.c.cable.sections]]
name = 'c'
length = '1 mm'
diameter = '1 um'
compartments = {compartments}
[[inputs]]
to = 'c'
current = '100 pA'
at = 'c(0)'
[run]
duration = '{duration} ms'
dt = '{dt:?} ms'"
    )))
}

/// Rallpack 3 has no closed form: runs with coarse steps, and with fewer compartments, are held against a fine one.
#[test]
fn rallpack_3_converges() {
    let times = |seen: &Seen, site: u32, dt: f64| seen.of(site).iter().map(|&s| s as f64 * dt).collect::<Vec<f64>>();
    let fine = rallpack_3(200, 0.0125, 250.0);
    for site in [0, 1] {
        let reference = times(&fine, site, 0.0125);
        assert!(reference.len() > 10, "{reference:?}");
        for (compartments, dt, within) in [(200, 0.05, 0.4), (200, 0.025, 0.1), (1000, 0.05, 0.4)] {
            let own = times(&rallpack_3(compartments, dt, 250.0), site, dt);
            assert_eq!(own.len(), reference.len(), "site {site}, {compartments} compartments, {dt} ms");
            let most = own.iter().zip(&reference).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
            assert!(most < within, "site {site}, {compartments} compartments, {dt} ms: {most} ms late");
        }
    }
}

/// Spike times, ms, at both ends of Rallpack 3: its equations written out, moved by the classical Runge–Kutta method.
fn by_runge_kutta(n: usize, h: f64, duration: f64) -> [Vec<f64>; 2] {
    // cm, uF/cm^2, mS/cm^2, kOhm cm, uA/cm^2, ms.
    let (diameter, step, resistivity) = (1e-4, 0.1 / n as f64, 0.1);
    let axial = diameter / (4.0 * resistivity * step * step);
    let injected = 1e-4 / (PI * diameter * step);
    let slopes = |x: &[[f64; 4]]| -> Vec<[f64; 4]> {
        let of = |k: usize| {
            let [v, m, h, n4] = x[k];
            let flow = |other: Option<&[f64; 4]>| other.map_or(0.0, |o| axial * (o[0] - v));
            let neighbours = flow(k.checked_sub(1).map(|k| &x[k])) + flow(x.get(k + 1));
            let ionic = 120.0 * m.powi(3) * h * (50.0 - v) + 36.0 * n4.powi(4) * (-77.0 - v) + 0.025 * (-65.0 - v);
            let gate = |x: f64, alpha: f64, beta: f64| alpha * (1.0 - x) - beta * x;
            let over = |x: f64| if x.abs() < 1e-6 { 1.0 + x / 2.0 } else { x / (1.0 - (-x).exp()) };
            [
                ionic + neighbours + if k == 0 { injected } else { 0.0 },
                gate(m, over((v + 40.0) / 10.0), 4.0 * (-(v + 65.0) / 18.0).exp()),
                gate(h, 0.07 * (-(v + 65.0) / 20.0).exp(), 1.0 / (1.0 + (-(v + 35.0) / 10.0).exp())),
                gate(n4, 0.1 * over((v + 55.0) / 10.0), 0.125 * (-(v + 65.0) / 80.0).exp()),
            ]
        };
        (0..x.len()).map(of).collect()
    };
    let along = |x: &[[f64; 4]], k: &[[f64; 4]], h: f64| -> Vec<[f64; 4]> {
        x.iter().zip(k).map(|(x, k)| std::array::from_fn(|i| x[i] + h * k[i])).collect()
    };
    // Gates at their steady states at -65 mV.
    let at_rest = |alpha: f64, beta: f64| alpha / (alpha + beta);
    let m = at_rest(2.5 / (2.5f64.exp() - 1.0), 4.0);
    let h_gate = at_rest(0.07, 1.0 / (1.0 + 3f64.exp()));
    let n_gate = at_rest(0.1 / (1f64.exp() - 1.0), 0.125);
    let mut x = vec![[-65.0, m, h_gate, n_gate]; n];
    let mut spikes = [Vec::new(), Vec::new()];
    for s in 0..(duration / h).round() as u64 {
        let k1 = slopes(&x);
        let k2 = slopes(&along(&x, &k1, h / 2.0));
        let k3 = slopes(&along(&x, &k2, h / 2.0));
        let k4 = slopes(&along(&x, &k3, h));
        let mean = |k: usize, i: usize| (k1[k][i] + 2.0 * k2[k][i] + 2.0 * k3[k][i] + k4[k][i]) / 6.0;
        let next: Vec<[f64; 4]> = (0..n).map(|k| std::array::from_fn(|i| x[k][i] + h * mean(k, i))).collect();
        for (end, k) in [0, n - 1].into_iter().enumerate() {
            if x[k][0] <= 0.0 && next[k][0] > 0.0 {
                spikes[end].push((s as f64 - x[k][0] / (next[k][0] - x[k][0])) * h);
            }
        }
        x = next;
    }
    spikes
}

/// The same compartments: what is left is the error in time. A spike's stamp is the end of the step in which it crosses 0 mV.
#[test]
fn rallpack_3_is_what_runge_and_kutta_say() {
    let (dt, duration) = (0.005, 80.0);
    let reference = by_runge_kutta(50, 0.005, duration);
    let seen = rallpack_3(50, dt, duration);
    for (site, times) in (0..).zip(&reference) {
        let own: Vec<f64> = seen.of(site).iter().map(|&s| s as f64 * dt).collect();
        assert!(own.len() == times.len() && own.len() > 4, "{own:?} and {times:?}");
        let late: Vec<f64> = own.iter().zip(times).map(|(a, b)| a - b).collect();
        assert!(late.iter().all(|l| (-0.002..dt + 0.002).contains(l)), "site {site}: {late:?}");
    }
}
