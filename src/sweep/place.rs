//! Paths that hold when the folder of a sweep moves together with the folders of its scenarios.

use std::path::{Component, Path, PathBuf};

use super::SweepError;

/// The way from the folder `root` to the folder `to`, with `/` between names; both must be there.
///
/// # Errors
/// One cannot be found, or its path is not UTF-8 and has no place in a JSON file.
pub(super) fn way(root: &Path, to: &Path) -> Result<String, SweepError> {
    let real = |path: &Path| path.canonicalize().map_err(SweepError::io(path));
    let (root, to) = (real(root)?, real(to)?);
    let relative = relative(&root, &to).unwrap_or(to);
    match relative.to_str() {
        Some(text) => Ok(text.to_owned()),
        None => Err(SweepError::Input(format!("{}: the path is not UTF-8", relative.display()))),
    }
}

/// The relative way between absolute paths; `None` where there is none, as between two drives.
fn relative(root: &Path, to: &Path) -> Option<PathBuf> {
    let shared = root.components().zip(to.components()).take_while(|(a, b)| a == b).count();
    let up = root.components().skip(shared);
    if up.clone().any(|c| !matches!(c, Component::Normal(_))) {
        return None;
    }
    let way: PathBuf = up.map(|_| Component::ParentDir).chain(to.components().skip(shared)).collect();
    Some(if way.as_os_str().is_empty() { PathBuf::from(".") } else { way })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_leads_up_and_down_again() {
        for (root, to, way) in [
            ("/a/b/c", "/a/x/y", "../../x/y"),
            ("/a/b", "/a/b/c", "c"),
            ("/a/b", "/a", ".."),
            ("/a", "/a", "."),
            ("/", "/x", "x"),
        ] {
            assert_eq!(relative(Path::new(root), Path::new(to)), Some(PathBuf::from(way)), "{root} {to}");
        }
    }
}
