//! A file added to `models/` or `networks/` is embedded at the next build.

fn main() {
    println!("cargo::rerun-if-changed=models");
    println!("cargo::rerun-if-changed=networks");
}
