//! The root of a Merkle tree over lines, as RFC 6962 (section 2.1) has it.
//!
//! It is what transparency logs and witnesses compute, so that one line can be shown to belong to a history without showing the
//! rest.

use sha2::{Digest, Sha256};

use crate::prelude::*;

/// A root: SHA-256.
pub type Root = [u8; 32];

/// The root over these leaves in their order.
#[must_use]
pub fn root<'l>(leaves: impl IntoIterator<Item = &'l [u8]>) -> Root {
    // Perfect subtrees from left to right, each with its height; two of one height become one.
    let mut trees: Vec<(u32, Root)> = Vec::new();
    for leaf in leaves {
        let mut tree = (0, Sha256::new().chain_update([0]).chain_update(leaf).finalize().into());
        while let Some(&(height, left)) = trees.last().filter(|(height, _)| *height == tree.0) {
            trees.pop();
            tree = (height + 1, node(&left, &tree.1));
        }
        trees.push(tree);
    }
    let right = trees.pop().map(|(_, right)| right);
    right.map_or_else(
        || Sha256::digest([]).into(),
        |right| trees.iter().rev().fold(right, |right, (_, left)| node(left, &right)),
    )
}

fn node(left: &Root, right: &Root) -> Root {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The definition of RFC 6962, which splits at the largest power of two below the number of leaves.
    fn defined(leaves: &[&[u8]]) -> Root {
        match leaves {
            [] => Sha256::digest([]).into(),
            [leaf] => Sha256::new().chain_update([0]).chain_update(leaf).finalize().into(),
            _ => {
                let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
                node(&defined(left), &defined(right))
            }
        }
    }

    #[test]
    fn the_root_is_that_of_the_rfc_for_any_number_of_leaves() {
        let texts: Vec<String> = (0..70).map(|n| format!("line {n}")).collect();
        let leaves: Vec<&[u8]> = texts.iter().map(|text| text.as_bytes()).collect();
        for count in 0..leaves.len() {
            assert_eq!(root(leaves[..count].iter().copied()), defined(&leaves[..count]), "of {count} leaves");
        }
    }
}
