use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::*;
use crate::workload::trace::TraceErrorKind;

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

/// All lines of `bytes`, or the first error.
fn lines_within(bytes: &[u8], limits: Limits) -> Result<Vec<(u64, Vec<u8>)>, TraceError> {
    let mut reader = TraceReader::from_reader(Path::new("log"), Cursor::new(bytes.to_vec()), limits)?;
    let mut lines = Vec::new();
    while let Some(line) = reader.next_line()? {
        lines.push((line.number, line.bytes.to_vec()));
    }
    Ok(lines)
}

fn lines(bytes: &[u8]) -> Result<Vec<(u64, Vec<u8>)>, TraceError> {
    lines_within(bytes, Limits::default())
}

fn message(bytes: &[u8]) -> String {
    lines(bytes).unwrap_err().to_string()
}

#[test]
fn line_ends_marks_and_packing_make_no_difference() {
    let expected = vec![(1, b"a".to_vec()), (2, vec![]), (3, b"b c".to_vec())];
    let two_members = [gzip(b"a\n\nb"), gzip(b" c\n")].concat();
    for bytes in [&b"a\n\nb c\n"[..], b"a\r\n\r\nb c", b"\xef\xbb\xbfa\n\nb c\r\n", &gzip(b"a\n\nb c"), &two_members] {
        assert_eq!(lines(bytes).unwrap(), expected);
    }
    assert_eq!(lines(b"").unwrap(), []);
    assert_eq!(lines(&gzip(b"")).unwrap(), []);
}

#[test]
fn the_last_line_knows_whether_it_was_ended() {
    let mut reader = TraceReader::from_reader(Path::new("log"), &b"a\nb"[..], Limits::default()).unwrap();
    assert!(reader.next_line().unwrap().unwrap().terminated);
    assert!(!reader.next_line().unwrap().unwrap().terminated);
}

#[test]
fn the_hash_is_of_the_file_as_it_lies_on_disk() {
    // FIPS 180-2, appendix B.1: the one-block message "abc".
    let mut reader = TraceReader::from_reader(Path::new("log"), &b"abc"[..], Limits::default()).unwrap();
    while reader.next_line().unwrap().is_some() {}
    assert_eq!(reader.sha256(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");

    let packed = gzip(&b"abc\n".repeat(1000));
    let expected: String = Sha256::digest(&packed).iter().map(|b| format!("{b:02x}")).collect();
    let mut reader = TraceReader::from_reader(Path::new("log"), Cursor::new(packed), Limits::default()).unwrap();
    while reader.next_line().unwrap().is_some() {}
    assert_eq!(reader.sha256(), expected);
}

#[test]
fn damaged_gzip_is_never_a_shorter_trace() {
    let whole = gzip(&b"some line\n".repeat(50));
    let mut bad_crc = whole.clone();
    let crc_at = bad_crc.len() - 8;
    bad_crc[crc_at] ^= 1;
    let trailing = [&whole[..], b"garbage"].concat();
    for bytes in [&whole[..whole.len() - 3], &whole[..whole.len() / 2], &bad_crc, &trailing] {
        let error = lines(bytes).unwrap_err();
        assert_eq!(error.kind, TraceErrorKind::Input);
        assert!(error.to_string().contains("damaged gzip data"), "{error}");
    }
}

#[test]
fn foreign_files_are_named() {
    let cases: [(&[u8], &str); 9] = [
        (b"\xff\xfe1\0 \0", "UTF-16"),
        (b"\x7fELF\x02\x01\x01\0", "ELF"),
        (b"  <!DOCTYPE html>\n<html>", "HTML"),
        (b"<HTML>", "HTML"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\n", "LFS"),
        (b"PK\x03\x04\x14\0", "zip"),
        (b"1\0 \x002\0\n", "NUL"),
        (b"1 2\n3\x004\n", "log:2: a NUL"),
        (b"1 2\r3 4\r", "carriage return"),
    ];
    for (bytes, word) in cases {
        assert!(message(bytes).contains(word), "{}", message(bytes));
    }
    assert!(message(&gzip(&gzip(b"1 2 3\n"))).contains("gzip data inside gzip"));
}

#[test]
fn limits_hold_and_are_named() {
    let small = Limits { line_bytes: 10, bytes: 40, ..Limits::default() };
    assert_eq!(lines_within(b"0123456789\n0123456789", small).unwrap().len(), 2);
    let long = lines_within(b"ok\n0123456789x\n", small).unwrap_err();
    assert_eq!(long.line, Some(2));
    assert!(long.to_string().contains("at most 10 bytes"), "{long}");
    let big = lines_within(&b"01234567\n".repeat(5), small).unwrap_err();
    assert!(big.line == Some(5) && big.to_string().contains("at most 40 bytes"), "{big}");
}

#[test]
fn a_gzip_bomb_is_stopped_by_its_ratio() {
    // 1,024 lines of 64 KiB - 1 and one more: just beyond the free 64 MiB, at about 1000 : 1.
    let line = [vec![b'0'; (64 << 10) - 1], vec![b'\n']].concat();
    let bomb = gzip(&line.repeat(1025));
    let error = lines(&bomb).unwrap_err();
    assert!(error.line == Some(1025) && error.to_string().contains("200"), "{error}");
}

#[test]
fn only_regular_files_are_opened() {
    let refused = |path: &Path| TraceReader::open(path, Limits::default()).err().unwrap();
    assert!(refused(&std::env::temp_dir()).to_string().contains("directory"));
    let missing = refused(Path::new("no/such/trace.swf"));
    assert_eq!(missing.kind, TraceErrorKind::Io);
    #[cfg(unix)]
    assert!(refused(Path::new("/dev/zero")).to_string().contains("device"));
}
