//! Pages of lists: their size, and the token that says where the next one starts. A token is opaque
//! to callers and holds the keys of the last row.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chassis::fault::Violations;

const DEFAULT: i64 = 50;
const MOST: i64 = 200;

/// Too large is lowered, negative is refused, 0 is the default.
pub(super) fn size(violations: &mut Violations, asked: i32) -> i64 {
    if asked < 0 {
        violations.add("page_size", "is negative; give 1 to 200, or 0 for 50");
    }
    match i64::from(asked) {
        0 => DEFAULT,
        asked => asked.min(MOST),
    }
}

pub(super) fn encode<const N: usize>(keys: [&str; N]) -> String {
    URL_SAFE_NO_PAD.encode(keys.join("\n"))
}

/// The keys in a token; nothing for an empty one, which starts at the beginning.
pub(super) fn token<const N: usize>(
    violations: &mut Violations,
    token: &str,
) -> Option<[String; N]> {
    if token.is_empty() {
        return None;
    }
    let text = URL_SAFE_NO_PAD
        .decode(token)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok());
    let keys = text.and_then(|text| {
        let keys: Vec<String> = text.split('\n').map(str::to_owned).collect();
        let plain = !keys.iter().any(|key| key.contains(char::is_control));
        <[String; N]>::try_from(keys).ok().filter(|_| plain)
    });
    if keys.is_none() {
        violations.add(
            "page_token",
            "is not ours; give next_page_token of the page before",
        );
    }
    keys
}

/// Cuts the row that was read beyond the page, and says whether there was one.
pub(super) fn cut<T>(mut rows: Vec<T>, size: i64) -> (Vec<T>, bool) {
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    let more = rows.len() > size;
    rows.truncate(size);
    (rows, more)
}
