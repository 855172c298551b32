//! Tells the tests whether published logs and Slurm are at hand, so that those which need them are counted as ignored
//! where they are not. Nothing else of the build depends on it.

use std::path::{Path, PathBuf};

fn main() {
    println!("cargo::rustc-check-cfg=cfg(published_logs)");
    println!("cargo::rerun-if-env-changed=XPUSIM_TRACES");
    println!("cargo::rerun-if-env-changed=XPUSIM_REFERENCE");
    println!("cargo::rerun-if-changed=build.rs");
    let beside =
        |name: &str| std::env::var_os("CARGO_MANIFEST_DIR").map(|d| PathBuf::from(d).join("../shared").join(name));
    let named = std::env::var_os("XPUSIM_TRACES").map(PathBuf::from);
    if named.into_iter().chain(beside("traces")).any(|p| p.is_dir()) {
        println!("cargo::rustc-cfg=published_logs");
    }
    // The folder changes when Slurm's daemons come; a file that is not there would bring a new build every time.
    println!("cargo::rustc-check-cfg=cfg(slurm)");
    let daemons = Path::new("/usr/sbin");
    if daemons.is_dir() {
        println!("cargo::rerun-if-changed=/usr/sbin");
    }
    if ["slurmctld", "slurmd", "munged"].iter().all(|name| daemons.join(name).is_file()) {
        println!("cargo::rustc-cfg=slurm");
    }
}
