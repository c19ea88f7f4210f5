//! The catalogue lint.
