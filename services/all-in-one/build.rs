//! The sample catalogue is built into the binary; a change in its folder must build it again.

fn main() {
    println!("cargo:rerun-if-changed=../../k8s/catalog");
}
