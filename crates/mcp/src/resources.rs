//! Resources: plans by address, `plan://SLUG` and `plan://SLUG?at=POINT`.

/// Which plan an address names, and at which point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) slug: String,
    pub(crate) at: Option<String>,
}

/// The address of a plan as it is.
pub(crate) fn address(slug: &str) -> String {
    format!("plan://{slug}")
}

/// The template of the addresses of all plans at all points.
pub(crate) const TEMPLATE: &str = "plan://{slug}{?at}";

/// Reads an address; none where it is not one of a plan.
pub(crate) fn read(uri: &str) -> Option<Address> {
    let rest = uri.strip_prefix("plan://")?;
    let (slug, query) = rest.split_once('?').unwrap_or((rest, ""));
    let slug = slug.trim_end_matches('/');
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if slug.is_empty() || slug.starts_with('-') || !slug.chars().all(plain) {
        return None;
    }
    let at = match query.split_once('=') {
        None if query.is_empty() => None,
        Some(("at", point)) => Some(unescaped(point)?),
        _ => return None,
    };
    Some(Address { slug: slug.to_owned(), at })
}

/// Text in which `%XX` stands for bytes and `+` for a space.
fn unescaped(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'%' => {
                let digits = [rest.next()?, rest.next()?];
                bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
            }
            b'+' => bytes.push(b' '),
            _ => bytes.push(byte),
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_a_plan_and_perhaps_a_point() {
        let at = |slug: &str, at: Option<&str>| Some(Address { slug: slug.to_owned(), at: at.map(str::to_owned) });
        assert_eq!(read("plan://dark-mode"), at("dark-mode", None));
        assert_eq!(read("plan://dark-mode?at=2%20hours+ago"), at("dark-mode", Some("2 hours ago")));
        for wrong in [
            "plan://",
            "plan://-x",
            "plan://a/b",
            "plan://../x",
            "file:///etc/passwd",
            "plan://x?of=1",
            "plan://x?at=%zz",
        ] {
            assert_eq!(read(wrong), None, "{wrong} names no plan");
        }
        assert_eq!(read(&address("x")), at("x", None), "and an address is read back");
    }
}
