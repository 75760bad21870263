//! `packed-refs`: opened afresh for every question, and not read further than the answer takes.
//!
//! The file is replaced as a whole and never changed, so one open file is one consistent state. Where its header says
//! that it is sorted, the place of a name is found by bisection and lines elsewhere are not even read; otherwise all
//! lines are.

use std::fs::File;
use std::io::{BufRead, BufReader, ErrorKind, Seek, SeekFrom};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use crate::error::{At, Result};

/// Stretches that are not bisected further.
const SHORT: u64 = 8 * 1024;

/// An open `packed-refs`.
pub(super) struct Packed {
    path: PathBuf,
    file: File,
    length: u64,
    sorted: bool,
}

impl Packed {
    /// Opens the file as it is now; `None` where nothing is packed.
    pub fn open(common_dir: &Path) -> Result<Option<Self>> {
        let path = common_dir.join("packed-refs");
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(e) if e.kind() == ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(e).at("open", &path),
        };
        let length = file.metadata().at("inspect", &path)?.len();
        let mut start = [0; 256];
        let read = file.read_at(&mut start, 0).at("read", &path)?;
        let header = start[..read].split(|&byte| byte == b'\n').next().unwrap_or_default();
        let sorted = header.starts_with(b"# pack-refs with:")
            && header.split(|&byte| byte == b' ').any(|trait_| trait_ == b"sorted");
        Ok(Some(Self { path, file, length, sorted }))
    }

    /// The hex digits stored for a name.
    pub fn find(&mut self, name: &str) -> Result<Option<Vec<u8>>> {
        let mut found = None;
        self.scan(name.as_bytes(), |candidate, hex| {
            if candidate == name.as_bytes() {
                found = Some(hex.to_vec());
            }
            found.is_none()
        })?;
        Ok(found)
    }

    /// Calls back with each name below a prefix and its hex digits. Names that are not UTF-8 are none of ours.
    pub fn below(&mut self, prefix: &str, mut each: impl FnMut(&str, &[u8])) -> Result<()> {
        self.scan(prefix.as_bytes(), |name, hex| {
            if let Ok(name) = std::str::from_utf8(name) {
                each(name, hex);
            }
            true
        })
    }

    /// Visits the names that begin with a prefix until the visitor has enough.
    fn scan(&mut self, prefix: &[u8], mut visit: impl FnMut(&[u8], &[u8]) -> bool) -> Result<()> {
        let start = if self.sorted { self.before(prefix).at("read", &self.path)? } else { 0 };
        self.file.seek(SeekFrom::Start(start)).at("read", &self.path)?;
        let mut lines = BufReader::new(&self.file);
        let mut line = Vec::with_capacity(128);
        loop {
            line.clear();
            if lines.read_until(b'\n', &mut line).at("read", &self.path)? == 0 {
                return Ok(());
            }
            let Some((hex, name)) = entry(&line) else { continue };
            if name.starts_with(prefix) {
                if !visit(name, hex) {
                    return Ok(());
                }
            } else if self.sorted && name > prefix {
                return Ok(());
            }
        }
    }

    /// The start of a line before which nothing begins with this prefix.
    fn before(&self, prefix: &[u8]) -> std::io::Result<u64> {
        let (mut low, mut high) = (0, self.length);
        let mut block = vec![0; 4 * 1024];
        while high - low > SHORT {
            let middle = low + (high - low) / 2;
            let read = self.file.read_at(&mut block, middle)?;
            match first_entry(&block[..read]) {
                Some((at, name)) if name < prefix && middle + at < high => low = middle + at,
                Some(_) => high = middle,
                // No whole line in this block: too long to be bisected, so read what is left.
                None => break,
            }
        }
        Ok(low)
    }
}

/// The first whole line of a block that begins in it and names a ref.
fn first_entry(block: &[u8]) -> Option<(u64, &[u8])> {
    let mut at = 0;
    loop {
        at += block[at..].iter().position(|&byte| byte == b'\n')? + 1;
        let end = at + block[at..].iter().position(|&byte| byte == b'\n')? + 1;
        if let Some((_, name)) = entry(&block[at..end]) {
            return Some((at as u64, name));
        }
    }
}

/// Takes `<hex> <name>` apart; peeled values and comments are nothing.
fn entry(line: &[u8]) -> Option<(&[u8], &[u8])> {
    if matches!(line.first(), None | Some(b'#' | b'^')) {
        return None;
    }
    let space = line.iter().position(|&byte| byte == b' ')?;
    Some((&line[..space], line[space + 1..].trim_ascii_end()))
}
