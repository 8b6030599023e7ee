//! A bar: a share drawn in eighths of a character cell. What is below zero is drawn in grey.

const EIGHTHS: [char; 8] = ['▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'];
const BELOW: char = '░';
/// Wider says nothing more, narrower nothing at all.
const WIDEST: usize = 24;
const NARROWEST: usize = 4;

/// How wide bars may be beside lines of a length, on a terminal of a width; `None` without room.
#[must_use]
pub fn room(terminal: usize, taken: usize) -> Option<usize> {
    let left = terminal.saturating_sub(taken + 2);
    (left >= NARROWEST).then(|| left.min(WIDEST))
}

/// `value` of `most` over a width; something is never drawn as nothing.
#[must_use]
pub fn bar(value: i64, most: i64, width: usize) -> String {
    let (most, many) = (u128::from(most.unsigned_abs()), width as u128);
    let share = u128::from(value.unsigned_abs()).min(most);
    if share == 0 {
        return String::new();
    }
    if value < 0 {
        let cells = (share * many).div_ceil(most);
        return std::iter::repeat_n(BELOW, usize::try_from(cells).unwrap_or(width)).collect();
    }
    let eighths = (share * many * 8 / most).max(1);
    let eighths = usize::try_from(eighths).unwrap_or(width * 8);
    let whole = std::iter::repeat_n('█', eighths / 8);
    let rest = (eighths % 8).checked_sub(1).map(|last| EIGHTHS[last]);
    whole.chain(rest).collect()
}

/// The lines with a bar after each; as they are where there is no room.
#[must_use]
pub fn beside(lines: Vec<String>, values: &[Option<i64>], terminal: usize) -> Vec<String> {
    let long = |line: &String| line.chars().count();
    let taken = lines.iter().map(long).max().unwrap_or(0);
    let most = values.iter().flatten().map(|value| value.saturating_abs());
    let (Some(width), Some(most)) = (room(terminal, taken), most.max()) else {
        return lines;
    };
    let each = lines.into_iter().enumerate().map(|(at, line)| {
        let value = values.get(at).copied().flatten().unwrap_or_default();
        let gap = " ".repeat(taken - long(&line) + 2);
        format!("{line}{gap}{}", bar(value, most, width))
            .trim_end()
            .to_owned()
    });
    each.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_drawn_in_eighths_and_what_is_below_zero_in_grey() {
        assert_eq!(bar(8, 8, 4), "████");
        assert_eq!(bar(4, 8, 4), "██");
        assert_eq!(bar(5, 8, 4), "██▌");
        assert_eq!(bar(1, 1_000_000, 4), "▏", "something is never nothing");
        assert_eq!(bar(0, 8, 4), "");
        assert_eq!(bar(-5, 8, 4), "░░░");
        assert_eq!(bar(9, 8, 4), "████", "never wider than the room");
        assert_eq!(bar(0, 0, 4), "");
        assert_eq!(bar(i64::MAX, i64::MAX, 4), "████");
        assert_eq!(bar(i64::MIN, i64::MIN, 4), "░░░░");
    }

    #[test]
    fn bars_fit_the_terminal_or_are_left_out() {
        assert_eq!(room(100, 90), Some(8));
        assert_eq!(room(200, 90), Some(24));
        assert_eq!(room(94, 90), None);
        let lines = vec!["NAME".to_owned(), "a  1".to_owned(), "bb".to_owned()];
        let values = [None, Some(8), Some(-2)];
        let drawn = beside(lines.clone(), &values, 10);
        assert_eq!(drawn, ["NAME", "a  1  ████", "bb    ░"]);
        assert!(drawn.iter().all(|line| line.chars().count() <= 10));
        assert_eq!(beside(lines.clone(), &values, 9), lines);
    }
}
