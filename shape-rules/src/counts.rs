//! Elements and channels, counted and divided.

use crate::{Answer, Complaint, complain};

/// How many elements a sample of these sizes has.
///
/// # Errors
/// If they cannot be counted.
pub const fn elements(sizes: &[usize]) -> Answer {
    let (mut product, mut i) = (1_usize, 0);
    while i < sizes.len() {
        product = match product.checked_mul(sizes[i]) {
            Some(product) => product,
            None => {
                return Err(Complaint::new().shape(sizes).text(" has more elements than can be counted"));
            }
        };
        i += 1;
    }
    Ok(product)
}

/// The channels, or whatever `what` is, of each of the groups.
///
/// # Errors
/// If the groups are not equal, or there is none.
///
/// ```
/// use typednet_shape_rules::grouped;
///
/// assert_eq!(grouped("channels", [16, 4]).ok(), Some(4));
/// let complaint = grouped("channels", [6, 4]).err().unwrap();
/// assert_eq!(complaint.as_str(), "its 6 channels cannot be cut into 4 equal groups");
/// ```
pub const fn grouped(what: &str, [count, groups]: [usize; 2]) -> Answer {
    if groups == 0 {
        return complain("its number of groups is 0: there is at least one");
    }
    if count.is_multiple_of(groups) {
        return Ok(count / groups);
    }
    let complaint = Complaint::new().text("its ").number(count).text(" ").text(what).text(" cannot be cut into ");
    Err(complaint.number(groups).text(" equal groups"))
}

/// How wide each of the heads of attention is that share a width, which is called `what`.
///
/// # Errors
/// If they do not divide it, or there is none.
///
/// ```
/// use typednet_shape_rules::heads;
///
/// assert_eq!(heads("width", [128, 4]).ok(), Some(32));
/// let complaint = heads("width", [130, 4]).err().unwrap();
/// assert_eq!(complaint.as_str(), "its width of 130 cannot be shared by 4 heads: 130 is not a multiple of 4");
/// ```
pub const fn heads(what: &str, [width, heads]: [usize; 2]) -> Answer {
    if heads == 0 {
        return complain("its number of heads is 0: there is at least one");
    }
    if width.is_multiple_of(heads) {
        return Ok(width / heads);
    }
    let complaint = Complaint::new().text("its ").text(what).text(" of ").number(width).text(" cannot be shared by ");
    let complaint = complaint.number(heads).text(" heads: ").number(width);
    Err(complaint.text(" is not a multiple of ").number(heads))
}

/// The same for heads with rotary positions, which turn pairs of numbers.
///
/// # Errors
/// If the heads do not divide the width, or each is of an odd one.
///
/// ```
/// use typednet_shape_rules::rotary_heads;
///
/// let complaint = rotary_heads("width", [12, 4]).err().unwrap();
/// let said = "its width of 12 over heads = 4 is 3 numbers for each, which must be even: rotary positions turn pairs of them";
/// assert_eq!(complaint.as_str(), said);
/// ```
pub const fn rotary_heads(what: &str, [width, count]: [usize; 2]) -> Answer {
    match heads(what, [width, count]) {
        Ok(of_head) if !of_head.is_multiple_of(2) => {
            let complaint = Complaint::new().text("its ").text(what).text(" of ").number(width).text(" over heads = ");
            let complaint = complaint.number(count).text(" is ").number(of_head);
            Err(complaint.text(" numbers for each, which must be even: rotary positions turn pairs of them"))
        }
        answer => answer,
    }
}

/// The elements of what is read in another shape: `given`, which comes in, must be as many as `wanted` is.
///
/// # Errors
/// If they are not.
///
/// ```
/// use typednet_shape_rules::reshaped;
///
/// assert_eq!(reshaped(784, &[7, 7, 16]).ok(), Some(784));
/// let complaint = reshaped(784, &[7, 7, 8]).err().unwrap();
/// assert_eq!(complaint.as_str(), "[7, 7, 8] has 392 elements, but 784 come in");
/// ```
pub const fn reshaped(given: usize, wanted: &[usize]) -> Answer {
    match elements(wanted) {
        Ok(elements) if elements == given => Ok(given),
        Ok(elements) => {
            let complaint = Complaint::new().shape(wanted).text(" has ").number(elements).text(" elements, but ");
            Err(complaint.number(given).text(" come in"))
        }
        Err(complaint) => Err(complaint),
    }
}

/// The last axis of two branches that stand side by side: all axes before it are the same.
///
/// # Errors
/// If they are not.
pub const fn side_by_side((first, a): (&str, &[usize]), (other, b): (&str, &[usize])) -> Answer {
    let (mut i, mut is_one_plane) = (0, a.len() == b.len() && !a.is_empty());
    while is_one_plane && i + 1 < a.len() {
        is_one_plane = a[i] == b[i];
        i += 1;
    }
    if is_one_plane {
        return match a[i].checked_add(b[i]) {
            Some(sum) => Ok(sum),
            None => complain("its branches give more than can be counted"),
        };
    }
    let complaint = Complaint::new().text("branch `").text(other).text("` gives ").shape(b).text(", but branch `");
    let complaint = complaint.text(first).text("` gives ").shape(a);
    Err(complaint.text(": a concat joins the last axis, and all before it must be equal"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_counted_as_far_as_they_can_be() {
        assert_eq!(elements(&[7, 7, 16]).ok(), Some(784));
        assert_eq!(elements(&[]).ok(), Some(1));
        assert!(elements(&[usize::MAX, 2]).is_err() && reshaped(4, &[usize::MAX, 2]).is_err());
        assert!(grouped("channels", [6, 0]).is_err() && grouped("channels", [0, 3]).is_ok());
        assert!(heads("width", [6, 0]).is_err() && rotary_heads("width", [6, 4]).is_err());
        assert_eq!(rotary_heads("width", [12, 3]).ok(), Some(4));
    }

    #[test]
    fn branches_stand_side_by_side_on_equal_planes() {
        assert_eq!(side_by_side(("a", &[14, 14, 8]), ("b", &[14, 14, 24])).ok(), Some(32));
        assert_eq!(side_by_side(("a", &[8]), ("b", &[24])).ok(), Some(32));
        let complaint = side_by_side(("Pad<1>", &[14, 14, 8]), ("Relu", &[12, 14, 8])).expect_err("a complaint");
        let said = "branch `Relu` gives [12, 14, 8], but branch `Pad<1>` gives [14, 14, 8]: a concat joins the last axis, \
                    and all before it must be equal";
        assert_eq!(complaint.as_str(), said);
        assert!(side_by_side(("a", &[8]), ("b", &[1, 8])).is_err());
        assert!(side_by_side(("a", &[usize::MAX]), ("b", &[1])).is_err());
    }
}
