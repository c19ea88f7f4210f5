//! Sets `STILE_WIRE` to a hash of the sources that define the wire format, which identifies the build: see
//! `src/wire.rs`.

use std::{
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    io,
    path::{Path, PathBuf},
};

/// Sources of the types that are sent over the wire, and the server-only folders within them, which don't affect the
/// format.
const SOURCES: [&str; 2] = ["src", "model/src"];
const SERVERS_OWN: [&str; 3] = ["src/server", "src/documents", "src/pictures"];

fn main() -> io::Result<()> {
    let mut files = Vec::new();
    for source in SOURCES {
        println!("cargo::rerun-if-changed={source}");
        gather(Path::new(source), &mut files)?;
    }
    files.sort();
    let mut hasher = DefaultHasher::new();
    for file in files {
        fs::read(&file)?.hash(&mut hasher);
    }
    println!("cargo::rustc-env=STILE_WIRE={:016x}", hasher.finish());
    Ok(())
}

fn gather(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() && !SERVERS_OWN.iter().any(|own| path == Path::new(own)) {
            gather(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    Ok(())
}
