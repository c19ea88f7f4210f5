//! Has the linker leave in the file what the splitter reads: which function and which data refer to which.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-link-arg-cdylib=--emit-relocs");
}
