//! A block of ours in a file of somebody else: put in, brought up to date, taken out.
//!
//! What may be relied on: only what stands between our marks is ever written or taken away.

/// The lines around a block.
#[derive(Debug, Clone, Copy)]
pub struct Marks {
    /// The line before, with its line end.
    pub begin: &'static str,
    /// The line after, with its line end.
    pub end: &'static str,
}

impl Marks {
    /// What stands before and after the block; none where the text has no block.
    pub fn around<'t>(&self, text: &'t str) -> Option<(&'t str, &'t str)> {
        let (before, rest) = text.split_once(self.begin)?;
        let (_, after) = rest.split_once(self.end)?;
        Some((before, after))
    }

    /// The block as it stands in a file.
    pub fn block(&self, body: &str) -> String {
        format!("{}{body}{}", self.begin, self.end)
    }
}
