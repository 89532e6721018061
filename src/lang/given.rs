//! Quantities that are given outside of files, such as flags of a command.

use super::{eval::eval_constant, parse_expr, units};
use crate::quantity::Dim;

/// A number with a unit of this dimension, in internal units; else what is wrong with it.
///
/// # Errors
/// Words such as `it has no unit`.
pub fn quantity(text: &str, dim: Dim) -> std::result::Result<f64, String> {
    struct Nothing;
    impl units::Scope for Nothing {
        fn dim(&self, _: &str) -> Option<Dim> {
            None
        }
        fn names(&self) -> Vec<String> {
            Vec::new()
        }
    }
    let expr = parse_expr(text, 0).map_err(|flaw| flaw.message)?;
    let expr = units::resolve_units(&expr, &Nothing);
    let found = units::dimension(&expr, &Nothing).map_err(|flaw| flaw.message)?;
    if found != dim {
        return Err(match found == Dim::NONE {
            true => format!("it has no unit; write \"{text} {dim}\" if that is what you mean"),
            false => format!("it is in {found}, {dim} is needed"),
        });
    }
    match eval_constant(&expr) {
        Some(value) if value.is_finite() => Ok(value),
        _ => Err("one finite number is needed".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_flags_have_units() {
        assert_eq!(quantity("1 Hz", Dim::FREQUENCY), Ok(1e-3));
        assert_eq!(quantity("2*0.5 s", Dim::TIME), Ok(1000.0));
        assert!(quantity("5", Dim::TIME).unwrap_err().contains("write \"5 ms\""));
        assert!(quantity("5 Hz", Dim::TIME).unwrap_err().contains("it is in Hz, ms is needed"));
        assert!(quantity("normal(1 ms, 1 ms)", Dim::TIME).is_err());
    }
}
