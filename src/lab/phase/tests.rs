//! Numbers from closed forms.
use super::*;
use crate::lang::{Expr, flow::held, library};

fn plane(model: &str, set: &[(&str, f64)], free: Option<&str>) -> Plane {
    let mut file = library::load(model, None).unwrap();
    for (name, value) in set {
        file.parameters.iter_mut().find(|p| &*p.name == *name).unwrap().value = Expr::number(*value);
    }
    Plane::new(held(&file, &[], free).unwrap(), model, free).unwrap()
}

fn fixed(model: &str, set: &[(&str, f64)], window: Window) -> Vec<FixedPoint> {
    let plane = plane(model, set, None);
    let lines = zero_lines(&|p| plane.rate(0, p, 0.0), &window, 240);
    fixed_points(&plane, &lines, 0.0, &window)
}

const FHN: Window = Window { x: (-2.5, 2.5), y: (-1.5, 2.5) };
const IZH: Window = Window { x: (-90.0, 30.0), y: (-25.0, 20.0) };
const ADEX: Window = Window { x: (-90.0, 20.0), y: (-100.0, 400.0) };

#[test]
fn look() {
    for (m, s, w) in [
        ("fitzhugh_nagumo", &[("I", 0.0)][..], FHN),
        ("fitzhugh_nagumo", &[("I", 0.5)], FHN),
        ("izhikevich", &[("I_e", 0.0)], IZH),
        ("izhikevich", &[("I_e", 3.99999)], IZH),
        ("izhikevich", &[("I_e", 4.0)], IZH),
        ("izhikevich", &[("I_e", 4.00001)], IZH),
        ("adex", &[("I_e", 500.0)], ADEX),
    ] {
        println!("{m} {s:?}");
        for f in fixed(m, s, w) {
            println!("   {:?} tr {:.6} det {:.6} {:?} {}", f.at, f.trace(), f.determinant(), f.eigenvalues(), f.kind());
        }
    }
    for (m, p, r, w) in [
        ("fitzhugh_nagumo", "I", (0.0, 1.5), FHN),
        ("izhikevich", "I_e", (0.0, 5.0), IZH),
        ("adex", "I_e", (0.0, 700.0), ADEX),
    ] {
        let plane = plane(m, &[], Some(p));
        let s = scan(&plane, r, &w).unwrap();
        println!(
            "{m}: {:?}",
            s.branches.iter().map(|b| (b.len(), b[0].value, b[b.len() - 1].value)).collect::<Vec<_>>()
        );
        for b in &s.bifurcations {
            println!("  {} {:.8} {:?} {:?}", b.change.name(), b.at.value, b.at.fixed.at, b.frequency());
        }
    }
    let pl = plane("fitzhugh_nagumo", &[("I", 0.5)], None);
    let t = trajectory(&pl, [-1.2, -0.6], 500.0, 0.0);
    println!("{:?} {:?}", t.spikes, t.period());
    let pl = plane("adex", &[("I_e", 1000.0)], None);
    let t = trajectory(&pl, [-70.6, 0.0], 300.0, 0.0);
    println!("{:?} {:?} {}", t.spikes, t.period(), t.points.len());
}
