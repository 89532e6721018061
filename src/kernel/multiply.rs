//! Values times small whole numbers.

use super::{
    isa::{Isa, dispatch},
    real::Real,
};

/// Multiplies each value by its number.
///
/// # Panics
/// If there are not as many.
pub fn multiply<T: Real>(isa: Isa, values: &mut [T], by: &[u8]) {
    assert!(values.len() == by.len(), "{} values by {}", values.len(), by.len());
    dispatch!(isa, each<T>(values: &mut [T], by: &[u8]) -> ())
}

#[inline(always)]
fn each<T: Real>(values: &mut [T], by: &[u8]) {
    for (value, &n) in values.iter_mut().zip(by) {
        *value = *value * T::from_i32(n.into());
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
                    let mut values: Vec<T> = (0..len).map(|i| T::from_f64(0.1 * i as f64 - 3.0)).collect();
                    let expected: Vec<T> =
                        values.iter().zip(&by).map(|(v, &n)| *v * T::from_f64(f64::from(n))).collect();
                    multiply(isa, &mut values, &by);
                    assert_eq!(values, expected, "{isa:?} {len}");
                }
            }
        }
        check::<f32>();
        check::<f64>();
    }
}
