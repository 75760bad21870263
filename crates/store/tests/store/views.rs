//! What is noted of a plan's files: kept line by line, harmless where it is damaged or gone.

use std::collections::BTreeSet;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use git_plan_core::EventId;
use git_plan_store::Noted;

use crate::fixture::{Outcome, World, slug};

fn heads(names: &[&str]) -> BTreeSet<EventId> {
    names.iter().map(|name| EventId::of(name.as_bytes())).collect()
}

#[test]
fn what_is_noted_of_a_file_is_read_back_whatever_its_name() -> Outcome {
    let world = World::with_repository(&[]);
    let repository = world.open();
    let views = repository.views();
    let odd = Path::new(std::ffi::OsStr::from_bytes(b"docs/a plan\n100%\xff.md"));
    views.note(&slug("p"), odd, EventId::of(b"1"), &heads(&["a", "b"]))?;
    views.note(&slug("p"), odd, EventId::of(b"1"), &heads(&["a", "b"]))?;
    views.note_copy(&slug("p"), Path::new("copy.md"), EventId::of(b"2"), &heads(&["c"]))?;
    let first = Noted { path: odd.to_owned(), digest: EventId::of(b"1"), heads: heads(&["a", "b"]), copy: false };
    let noted = views.of(&slug("p"));
    assert_eq!(noted.len(), 2, "what is known already is not noted again");
    assert_eq!(noted[0], first, "a note comes back as it was made");
    assert_eq!(views.home(&slug("p")).as_deref(), Some(odd), "a copy does not take the place of the plan's own file");
    assert_eq!(views.of(&slug("q")), vec![], "nothing is known of another plan");
    Ok(())
}

#[test]
fn a_damaged_line_is_as_good_as_none_and_hides_no_other() -> Outcome {
    let world = World::with_repository(&[]);
    let repository = world.open();
    let views = repository.views();
    for name in ["1", "2", "3"] {
        views.note(&slug("p"), Path::new("p.md"), EventId::of(name.as_bytes()), &heads(&[name]))?;
    }
    let path = repository.common_dir().join("git-plan/views/p");
    let whole = std::fs::read(&path)?;
    let line = whole.len() / 3;
    for at in [0, 20, 60, line - 2] {
        let mut bytes = whole.clone();
        bytes[line + at] ^= 1;
        std::fs::write(&path, &bytes)?;
        let left: Vec<EventId> = views.of(&slug("p")).iter().map(|noted| noted.digest).collect();
        assert_eq!(left, [EventId::of(b"1"), EventId::of(b"3")], "byte {at}: only the damaged line is left out");
    }
    std::fs::write(&path, &whole[..whole.len() - 5])?;
    views.note(&slug("p"), Path::new("p.md"), EventId::of(b"4"), &heads(&["4"]))?;
    let left: Vec<EventId> = views.of(&slug("p")).iter().map(|noted| noted.digest).collect();
    let expected = [b"1", b"2", b"4"].map(|name| EventId::of(name));
    assert_eq!(left, expected, "a line that was cut off does not take the next one with it");
    std::fs::write(&path, vec![b'x'; 600 << 10])?;
    views.note(&slug("p"), Path::new("p.md"), EventId::of(b"5"), &heads(&["5"]))?;
    assert_eq!(views.of(&slug("p")).len(), 1, "any bytes may be there");
    Ok(())
}
