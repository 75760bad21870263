//! Matching: which part of the base a changed part of the edited text is.
//!
//! What may be relied on: each part is matched at most once; between two kept parts the order is kept; only parts whose
//! wording is the same may cross. How a pair was found, and how alike the two are, is said with the match.
//!
//! How: within each gap between kept parts, an order-preserving alignment of greatest likeness (Needleman and Wunsch
//! 1970); then, over all gaps, parts with one and the same wording that stands nowhere else.

use super::align::{New, Old};
use crate::import::{marks, reading};
use crate::prelude::*;
use crate::{Kind, Match, Tag};

/// What a part is compared by.
struct Face {
    kind: Option<Kind>,
    /// The heading's level, or 0.
    level: u8,
    /// The wording, as read.
    text: String,
    /// The wording in lower case without marks, times and white space between words.
    bare: String,
    /// An id that the wording begins with.
    id: Option<String>,
    /// Whether a box is ticked; none where there is no box.
    ticked: Option<bool>,
    /// The words, sorted.
    words: Vec<String>,
}

impl Face {
    fn of(kind: Option<Kind>, source: &str) -> Self {
        let mut face = Self {
            kind,
            level: 0,
            text: source.trim().to_owned(),
            bare: String::new(),
            id: None,
            ticked: None,
            words: Vec::new(),
        };
        match kind {
            Some(Kind::Section) => {
                let marks = source.trim_start().bytes().take_while(|&byte| byte == b'#').count();
                face.level = u8::try_from(marks).unwrap_or(0);
                face.text = source.trim().trim_matches('#').trim().to_owned();
            }
            Some(Kind::Prose) | None => {}
            Some(_) => {
                if let Some(root) = reading::items(source).into_iter().next() {
                    face.ticked = root.tick.map(|tick| matches!(tick, 'x' | 'X' | '✓' | '✔'));
                    // As if done, so that a time in front is taken off.
                    face.text = marks::step(Some('x'), &root.text).text;
                    face.id = explicit_id(&face.text);
                    if !matches!(kind, Some(Kind::Step | Kind::Criterion)) {
                        face.text = source.trim().to_owned();
                    }
                }
            }
        }
        face.words = words(&face.text);
        face.bare = face.words.join(" ");
        face.words.truncate(MOST_WORDS);
        face.words.iter_mut().for_each(stem);
        face.words.sort();
        face
    }
}

/// The most words of a text that are compared.
const MOST_WORDS: usize = 600;
/// How alike two texts of one item must be.
const ALIKE: f64 = 0.6;
/// The same for a box that was ticked, which is most often reworded on the way.
const ALIKE_WHEN_TICKED: f64 = 0.28;
/// The same where one box was ticked and no other is in question.
const ALIKE_WHEN_ALONE: f64 = 0.15;
/// How many letters of a word count.
const STEM: usize = 5;
/// The most pairs that are compared within a gap.
const MOST_PAIRS: usize = 250_000;

/// Runs of letters and digits, in lower case.
fn words(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Cuts a word to what `implement`, `implemented` and `implementation` have in common.
fn stem(word: &mut String) {
    if let Some((at, _)) = word.char_indices().nth(STEM) {
        word.truncate(at);
    }
}

/// An id that a wording begins with: `#3`, `T001`, `1.2`, `Milestone 2`.
fn explicit_id(text: &str) -> Option<String> {
    // A bold lead-in names what the item is about.
    if let Some((lead, _)) = text.strip_prefix("**").and_then(|rest| rest.split_once("**"))
        && (3..=48).contains(&lead.len())
    {
        return Some(explicit_id(lead).unwrap_or_else(|| words(lead).join(" ")));
    }
    let bare = text.trim_start_matches(['*', '_', '`', '[', '(', '#']);
    let first = bare.split(|c: char| c.is_whitespace() || matches!(c, ':' | '*' | '`' | ')' | ']' | ',')).next()?;
    let first = first.trim_end_matches('.');
    let has_digit = first.bytes().any(|byte| byte.is_ascii_digit());
    // A date is no id.
    if has_digit && first.len() <= 12 && first.is_ascii() && first.matches('-').count() < 2 {
        return Some(first.to_lowercase());
    }
    let second = bare[first.len()..].trim_start();
    let second = second.split(|c: char| !c.is_alphanumeric() && c != '.').next()?.trim_end_matches('.');
    let counts = ["stage", "milestone", "phase", "step", "task", "part", "work package"];
    let fits = counts.contains(&first.to_lowercase().as_str())
        && (1..=4).contains(&second.len())
        && (second.len() == 1 || second.bytes().any(|byte| byte.is_ascii_digit()));
    fits.then(|| format!("{} {}", first.to_lowercase(), second.to_lowercase()))
}

/// How much of two bags of words is the same, of 1.
fn likeness(a: &[String], b: &[String]) -> f64 {
    if a.is_empty() || b.is_empty() { 0.0 } else { 2.0 * f64::from(common(a, b)) / (a.len() + b.len()) as f64 }
}

/// How much of the shorter of two bags of words is in the longer, of 1; few words say nothing.
fn covered(a: &[String], b: &[String]) -> f64 {
    let shorter = a.len().min(b.len());
    if shorter < 4 { 0.0 } else { f64::from(common(a, b)) / shorter as f64 }
}

fn common(a: &[String], b: &[String]) -> u32 {
    let (mut i, mut j, mut common) = (0, 0, 0);
    while i < a.len() && j < b.len() {
        match a[i].cmp(&b[j]) {
            core::cmp::Ordering::Equal => {
                common += 1;
                i += 1;
                j += 1;
            }
            core::cmp::Ordering::Less => i += 1,
            core::cmp::Ordering::Greater => j += 1,
        }
    }
    common
}

/// A match: the rule that found it, and how alike the two are.
type Found = (&'static str, f64);

/// Whether two faces may be of one item in one place, and how well.
fn compare(old: &Face, new: &Face, shares: bool, alone: bool) -> Option<Found> {
    let item = |kind: Option<Kind>| !matches!(kind, Some(Kind::Section | Kind::Prose) | None);
    if !(old.kind == new.kind || item(old.kind) && item(new.kind)) {
        return None;
    }
    let like = likeness(&old.words, &new.words);
    if old.text == new.text {
        return Some(("exact", 1.0));
    }
    if old.bare == new.bare {
        return Some(("stripped", 0.99));
    }
    match old.kind? {
        Kind::Prose => Some(("place", 0.05 + 0.9 * like)),
        Kind::Section => (old.level == new.level && (like >= 0.5 || shares)).then_some(("similar", like.max(0.5))),
        _ => {
            let same_id = old.id.is_some() && old.id == new.id;
            let other_id = old.id.is_some() && new.id.is_some() && old.id != new.id;
            let (short, long) = if old.bare.len() < new.bare.len() { (old, new) } else { (new, old) };
            // Words put behind the wording say more of the same thing.
            let goes_on = new.bare.strip_prefix(&old.bare).is_some_and(|rest| rest.starts_with(' '));
            let is_prefix =
                short.bare.len() >= 20 && long.bare.starts_with(&short.bare) || old.bare.len() >= 8 && goes_on;
            let was_ticked = old.ticked == Some(false) && new.ticked == Some(true);
            if same_id && like >= 0.2 {
                return Some(("id", like.max(0.9)));
            }
            if is_prefix {
                return Some(("prefix", like.max(0.85)));
            }
            if shares {
                return Some(("similar", like.max(0.7)));
            }
            let (least, like) = match was_ticked {
                true if alone => (ALIKE_WHEN_ALONE, like.max(0.8 * covered(&old.words, &new.words))),
                true => (ALIKE_WHEN_TICKED, like.max(0.8 * covered(&old.words, &new.words))),
                false => (ALIKE, like),
            };
            (like >= least && !(other_id && like < 0.8)).then_some(("similar", like))
        }
    }
}

/// Matches the parts of the edited text that are not kept with the parts of the base that are not.
pub(super) fn pair(olds: &[Old], news: &mut [New<'_, '_>]) -> BTreeMap<usize, Match> {
    let open_olds: Vec<usize> = (0..olds.len()).filter(|&at| !olds[at].is_kept).collect();
    let open_news: Vec<usize> = (0..news.len()).filter(|&at| !news[at].is_kept).collect();
    let old_faces: Vec<Face> = open_olds.iter().map(|&at| Face::of(olds[at].kind, &olds[at].text)).collect();
    let new_faces: Vec<Face> =
        open_news.iter().map(|&at| Face::of(Some(news[at].unit.kind), news[at].unit.source)).collect();
    let mut found: Vec<(usize, usize, Found)> = Vec::new();
    let (mut o, mut n) = (0, 0);
    while o < open_olds.len() && n < open_news.len() {
        let (gap, other) = (olds[open_olds[o]].gap, news[open_news[n]].gap);
        let olds_end = o + open_olds[o..].iter().take_while(|&&at| olds[at].gap == gap).count();
        let news_end = n + open_news[n..].iter().take_while(|&&at| news[at].gap == other).count();
        match gap.cmp(&other) {
            core::cmp::Ordering::Less => o = olds_end,
            core::cmp::Ordering::Greater => n = news_end,
            core::cmp::Ordering::Equal => {
                let shares = |i: usize, j: usize| {
                    let (old, new) = (open_olds[o + i], open_news[n + j]);
                    news[new].shares.contains(&old) || holds_kept_of(olds, news, old, new)
                };
                let pairs = aligned(&old_faces[o..olds_end], &new_faces[n..news_end], shares);
                found.extend(pairs.into_iter().map(|(i, j, how)| (o + i, n + j, how)));
                (o, n) = (olds_end, news_end);
            }
        }
    }
    moved(&old_faces, &new_faces, &mut found);
    let section = |at: usize, of: &dyn Fn(usize) -> bool| (0..=at).rev().find(|&at| of(at));
    let old_sections: Vec<Option<usize>> =
        open_olds.iter().map(|&at| section(at, &|at| olds[at].kind == Some(Kind::Section))).collect();
    let new_sections: Vec<Option<usize>> = open_news
        .iter()
        .map(|&at| section(at, &|at| news[at].unit.kind == Kind::Section).and_then(|at| news[at].old))
        .collect();
    ticked_elsewhere(&old_faces, &new_faces, &|o, n| old_sections[o] == new_sections[n], &mut found);
    let mut matches = BTreeMap::new();
    for (o, n, (how, score)) in found {
        let new = open_news[n];
        news[new].old = Some(open_olds[o]);
        if how != "exact"
            && let Ok(how) = Tag::new(how)
        {
            matches.insert(new, Match { how, score: (score * 100.0) as u8 });
        }
    }
    matches
}

/// Whether something kept hangs right below both a section of the base and one of the edited text.
fn holds_kept_of(olds: &[Old], news: &[New<'_, '_>], old: usize, new: usize) -> bool {
    let next = |at: usize| news[new + 1..].get(at).filter(|part| part.parent == Some(new) && part.is_kept);
    let below = olds.get(old + 1).is_some_and(|below| below.is_kept && below.kind != Some(Kind::Section));
    below && next(0).is_some_and(|part| part.old == Some(old + 1))
}

/// The alignment of greatest likeness.
fn aligned(olds: &[Face], news: &[Face], shares: impl Fn(usize, usize) -> bool) -> Vec<(usize, usize, Found)> {
    let (rows, columns) = (olds.len(), news.len());
    if rows * columns > MOST_PAIRS {
        return Vec::new();
    }
    let mut found: Vec<Option<Found>> = Vec::with_capacity(rows * columns);
    let mut best = vec![0.0_f64; (rows + 1) * (columns + 1)];
    let boxes = |faces: &[Face], ticked| faces.iter().filter(|face| face.ticked == Some(ticked)).count();
    let alone = boxes(olds, false) == 1 && boxes(news, true) == 1;
    for (i, old) in olds.iter().enumerate() {
        found.extend(news.iter().enumerate().map(|(j, new)| compare(old, new, shares(i, j), alone)));
    }
    let at = |i: usize, j: usize| i * (columns + 1) + j;
    for i in (0..rows).rev() {
        for j in (0..columns).rev() {
            let pair = found[i * columns + j].map_or(0.0, |(_, score)| score + best[at(i + 1, j + 1)]);
            best[at(i, j)] = pair.max(best[at(i + 1, j)]).max(best[at(i, j + 1)]);
        }
    }
    let (mut i, mut j, mut pairs) = (0, 0, Vec::new());
    while i < rows && j < columns {
        match found[i * columns + j] {
            Some(how) if best[at(i, j)] <= how.1 + best[at(i + 1, j + 1)] => {
                pairs.push((i, j, how));
                (i, j) = (i + 1, j + 1);
            }
            _ if best[at(i, j)] <= best[at(i + 1, j)] => i += 1,
            _ => j += 1,
        }
    }
    pairs
}

/// Matches what moved: one wording, long enough to tell, that stands once on each side; or one id.
fn moved(olds: &[Face], news: &[Face], found: &mut Vec<(usize, usize, Found)>) {
    let taken_olds: BTreeSet<usize> = found.iter().map(|pair| pair.0).collect();
    let taken_news: BTreeSet<usize> = found.iter().map(|pair| pair.1).collect();
    let is_item = |face: &&Face| !matches!(face.kind, Some(Kind::Prose) | None);
    fn places<'f>(
        faces: &'f [Face],
        taken: &BTreeSet<usize>,
        is_item: impl Fn(&&Face) -> bool,
    ) -> BTreeMap<(bool, &'f str), Vec<usize>> {
        let mut places: BTreeMap<(bool, &str), Vec<usize>> = BTreeMap::new();
        for (at, face) in faces.iter().enumerate().filter(|(at, face)| !taken.contains(at) && is_item(face)) {
            if face.bare.len() > 12 {
                places.entry((face.kind == Some(Kind::Section), &face.bare)).or_default().push(at);
            }
        }
        places
    }
    let (old_places, new_places) = (places(olds, &taken_olds, is_item), places(news, &taken_news, is_item));
    for (bare, old) in &old_places {
        if let (&[old], Some(&[new])) = (old.as_slice(), new_places.get(bare).map(Vec::as_slice)) {
            found.push((old, new, ("moved", if olds[old].text == news[new].text { 1.0 } else { 0.99 })));
        }
    }
}

/// Matches boxes that were ticked and put elsewhere in their section, the most alike first.
fn ticked_elsewhere(
    olds: &[Face],
    news: &[Face],
    same_section: &dyn Fn(usize, usize) -> bool,
    found: &mut Vec<(usize, usize, Found)>,
) {
    let mut taken_olds: BTreeSet<usize> = found.iter().map(|pair| pair.0).collect();
    let mut taken_news: BTreeSet<usize> = found.iter().map(|pair| pair.1).collect();
    let open: Vec<usize> =
        (0..olds.len()).filter(|at| olds[*at].ticked == Some(false) && !taken_olds.contains(at)).collect();
    let done: Vec<usize> =
        (0..news.len()).filter(|at| news[*at].ticked == Some(true) && !taken_news.contains(at)).collect();
    if open.len() * done.len() > MOST_PAIRS {
        return;
    }
    let mut pairs: Vec<(u32, usize, usize)> = Vec::new();
    for &o in &open {
        for &n in done.iter().filter(|&&n| same_section(o, n)) {
            if let Some((_, score)) = compare(&olds[o], &news[n], false, false).filter(|(_, score)| *score >= 0.45) {
                pairs.push((1000 - (score * 1000.0) as u32, o, n));
            }
        }
    }
    pairs.sort_unstable();
    for (distance, o, n) in pairs {
        if !taken_olds.contains(&o) && !taken_news.contains(&n) {
            taken_olds.insert(o);
            taken_news.insert(n);
            found.push((o, n, ("moved", f64::from(1000 - distance) / 1000.0)));
        }
    }
}
