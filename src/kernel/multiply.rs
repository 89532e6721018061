//! Values times small whole numbers.

use super::{
    isa::{Isa, dispatch},
    real::Real,
};

/// `out[i] = values[i] * by[i]`.
///
/// # Panics
/// If there are not as many of each.
pub fn multiply<T: Real>(isa: Isa, values: &[T], by: &[u8], out: &mut [T]) {
    assert!(values.len() == by.len() && by.len() == out.len(), "{} values by {}", values.len(), by.len());
    dispatch!(isa, each<T>(values: &[T], by: &[u8], out: &mut [T]) -> ())
}

#[inline(always)]
fn each<T: Real>(values: &[T], by: &[u8], out: &mut [T]) {
    for ((out, &value), &n) in out.iter_mut().zip(values).zip(by) {
        *out = value * T::from_i32(n.into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_value_is_multiplied_by_its_number() {
        fn check<T: Real + PartialEq + std::fmt::Debug>() {
            for isa in Isa::available() {
                for len in [0, 1, 7, 16, 100] {
                    let by: Vec<u8> = (0..len).map(|i| (i * 37 % 256) as u8).collect();
                    let values: Vec<T> = (0..len).map(|i| T::from_f64(0.1 * i as f64 - 3.0)).collect();
                    let expected: Vec<T> =
                        values.iter().zip(&by).map(|(v, &n)| *v * T::from_f64(f64::from(n))).collect();
                    let mut out = vec![T::ZERO; len];
                    multiply(isa, &values, &by, &mut out);
                    assert_eq!(out, expected, "{isa:?} {len}");
                }
            }
        }
        check::<f32>();
        check::<f64>();
    }
}
