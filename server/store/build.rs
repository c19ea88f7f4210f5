//! The migrations are part of the program: one that is added compiles it anew, and does not wait for a change beside it.

fn main() {
    println!("cargo::rerun-if-changed=migrations");
}
