//! Hashes as text.

use sha2::{Digest, Sha256};

use crate::scenario::Scenario;

/// SHA-256 in 64 hexadecimal digits.
pub(super) fn sha256(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(64);
    for byte in Sha256::digest(bytes) {
        for digit in [byte >> 4, byte & 15] {
            text.push(DIGITS.get(usize::from(digit)).copied().map_or('0', char::from));
        }
    }
    text
}

/// The hash of a scenario with its defaults filled in, as `manifest.json` has it.
pub(super) fn scenario_sha256(scenario: &Scenario) -> String {
    sha256(serde_json::to_value(scenario).unwrap_or_default().to_string().as_bytes())
}

#[cfg(test)]
mod tests {
    /// FIPS 180-4, example of one block: "abc".
    #[test]
    fn the_hash_is_that_of_the_standard() {
        let published = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(super::sha256(b"abc"), published);
    }
}
