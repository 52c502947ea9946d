//! Statements over many rows at once, written out when the program is compiled, so that they too are one text for
//! both databases and are prepared by the test of all statements.
//!
//! A statement has a fixed number of rows. Whoever has fewer repeats the last one, or takes the statement for one.

/// `many!("INSERT … VALUES ", 2 columns, 3 rows, " ON CONFLICT …")` is
/// `INSERT … VALUES ($1, $2), ($3, $4), ($5, $6) ON CONFLICT …`. Without columns it is a plain list: `$1, $2, $3`.
macro_rules! many {
    ($before:literal, $columns:literal columns, $rows:literal rows, $after:literal) => {{
        const LENGTH: usize = $crate::many::text::<0>($before, $columns, $rows, $after).1;
        const TEXT: &[u8; LENGTH] = &$crate::many::text::<LENGTH>($before, $columns, $rows, $after).0;
        match std::str::from_utf8(TEXT) {
            Ok(text) => text,
            Err(_) => panic!("a statement is text"),
        }
    }};
}
pub(crate) use many;

/// As much of the text as `N` bytes hold, and how long all of it is.
pub(crate) const fn text<const N: usize>(
    before: &str,
    columns: usize,
    rows: usize,
    after: &str,
) -> ([u8; N], usize) {
    let mut out = ([0; N], 0);
    put(&mut out, before.as_bytes());
    let mut row = 0;
    while row < rows {
        if row > 0 {
            put(&mut out, b", ");
        }
        if columns == 0 {
            placeholder(&mut out, row + 1);
        } else {
            let mut column = 0;
            while column < columns {
                put(&mut out, if column == 0 { b"(" } else { b", " });
                placeholder(&mut out, row * columns + column + 1);
                column += 1;
            }
            put(&mut out, b")");
        }
        row += 1;
    }
    put(&mut out, after.as_bytes());
    out
}

const fn put<const N: usize>(out: &mut ([u8; N], usize), bytes: &[u8]) {
    let mut at = 0;
    while at < bytes.len() {
        if out.1 < N {
            out.0[out.1] = bytes[at];
        }
        out.1 += 1;
        at += 1;
    }
}

const fn placeholder<const N: usize>(out: &mut ([u8; N], usize), number: usize) {
    put(out, b"$");
    let mut unit = 1;
    while number / unit >= 10 {
        unit *= 10;
    }
    while unit > 0 {
        #[expect(clippy::cast_possible_truncation, reason = "one digit")]
        put(out, &[b'0' + (number / unit % 10) as u8]);
        unit /= 10;
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn rows_and_lists_are_written_out() {
        assert_eq!(many!("a ", 2 columns, 2 rows, " b"), "a ($1, $2), ($3, $4) b");
        assert_eq!(many!("(", 0 columns, 11 rows, ")"), "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)");
    }
}
