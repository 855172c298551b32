//! One CSV row at a time, into a buffer that is used again.

use std::io::Write;

use crate::units::{NANOS_PER_SEC, SimDuration, SimTime};

/// Builds rows in a byte buffer.
#[derive(Default)]
pub(super) struct Row {
    bytes: Vec<u8>,
    numbers: itoa::Buffer,
    started: bool,
}

impl Row {
    fn separate(&mut self) {
        if self.started {
            self.bytes.push(b',');
        }
        self.started = true;
    }

    pub(super) fn empty(&mut self) -> &mut Self {
        self.separate();
        self
    }

    pub(super) fn int(&mut self, x: u64) -> &mut Self {
        self.separate();
        self.bytes.extend_from_slice(self.numbers.format(x).as_bytes());
        self
    }

    /// The shortest text that reads back as the same number; never `-0`.
    pub(super) fn real(&mut self, x: f64) -> &mut Self {
        self.separate();
        // Writing to a vector cannot fail.
        let _ = write!(self.bytes, "{}", x + 0.0);
        self
    }

    /// Seconds with as many of nine digits as are needed.
    pub(super) fn nanos(&mut self, nanos: u64) -> &mut Self {
        self.separate();
        self.bytes.extend_from_slice(self.numbers.format(nanos / NANOS_PER_SEC).as_bytes());
        self.fraction(nanos % NANOS_PER_SEC)
    }

    /// As [`Row::nanos`], for sums over many units.
    pub(super) fn long_nanos(&mut self, nanos: u128) -> &mut Self {
        self.separate();
        let second = u128::from(NANOS_PER_SEC);
        self.bytes.extend_from_slice(self.numbers.format(nanos / second).as_bytes());
        self.fraction((nanos % second) as u64)
    }

    fn fraction(&mut self, mut fraction: u64) -> &mut Self {
        if fraction > 0 {
            let mut digits = [b'0'; 9];
            for digit in digits.iter_mut().rev() {
                *digit = b'0' + (fraction % 10) as u8;
                fraction /= 10;
            }
            let used = digits.iter().rposition(|d| *d != b'0').map_or(0, |i| i + 1);
            self.bytes.push(b'.');
            self.bytes.extend_from_slice(&digits[..used]);
        }
        self
    }

    pub(super) fn time(&mut self, t: SimTime) -> &mut Self {
        if t == SimTime::NEVER { self.empty() } else { self.nanos(t.as_nanos()) }
    }

    pub(super) fn span(&mut self, d: SimDuration) -> &mut Self {
        self.nanos(d.as_nanos())
    }

    /// Text, quoted where it must be (RFC 4180).
    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        self.separate();
        if text.contains([',', '"', '\n', '\r']) {
            self.bytes.push(b'"');
            self.bytes.extend_from_slice(text.replace('"', "\"\"").as_bytes());
            self.bytes.push(b'"');
        } else {
            self.bytes.extend_from_slice(text.as_bytes());
        }
        self
    }

    /// Numbers joined by semicolons.
    pub(super) fn list(&mut self, items: impl Iterator<Item = u32>) -> &mut Self {
        self.separate();
        for (i, item) in items.enumerate() {
            if i > 0 {
                self.bytes.push(b';');
            }
            self.bytes.extend_from_slice(self.numbers.format(item).as_bytes());
        }
        self
    }

    pub(super) fn end(&mut self) {
        self.bytes.push(b'\n');
        self.started = false;
    }

    /// The bytes so far; the buffer is empty afterwards.
    pub(super) fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.bytes)
    }

    pub(super) fn drain_into(&mut self, file: &mut super::OutputFile) {
        file.put(&self.bytes);
        self.bytes.clear();
    }

    pub(super) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    pub(super) fn is_large(&self) -> bool {
        self.bytes.len() > 1 << 15
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_cells_as_the_contract_says() {
        let mut row = Row::default();
        row.nanos(1_500_000_001).long_nanos(0).nanos(20_000_000_000).empty().real(-0.0).real(0.1).text("a\"b,c");
        row.list([3, 4, 5].into_iter()).int(7).end();
        assert_eq!(String::from_utf8(row.take()).unwrap(), "1.500000001,0,20,,0,0.1,\"a\"\"b,c\",3;4;5,7\n");
    }
}
