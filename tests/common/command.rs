//! Runs the command itself.
#![allow(dead_code)]

use std::{
    path::Path,
    process::{Command, Output},
};

/// `bouton` in a folder, without locks on files: a program that another test starts at that moment inherits the lock of a file that
/// this one is about to close.
pub fn bouton(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bouton"));
    command.env("HDF5_USE_FILE_LOCKING", "FALSE");
    command.args(arguments).current_dir(folder).output().expect("the binary runs")
}

/// The standard output of a command that must succeed.
pub fn succeeds(folder: &Path, arguments: &[&str]) -> String {
    let output = bouton(folder, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// The standard error of a command that must end with this code, having printed nothing else.
pub fn fails(folder: &Path, arguments: &[&str], code: i32) -> String {
    let output = bouton(folder, arguments);
    let error = String::from_utf8(output.stderr).expect("UTF-8");
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {error}");
    assert!(output.stdout.is_empty(), "{arguments:?} printed results in spite of its error");
    error
}
