//! Rows of words as CSV (RFC 4180) that a spreadsheet may open: what it would take for a formula is made text by an apostrophe.

/// Rows, each ended by CR and LF; the first is the header.
#[must_use]
pub fn csv(rows: &[Vec<String>]) -> String {
    let mut text = String::new();
    for row in rows {
        for (place, cell) in row.iter().enumerate() {
            if place > 0 {
                text.push(',');
            }
            push_cell(&mut text, cell);
        }
        text.push_str("\r\n");
    }
    text
}

fn push_cell(text: &mut String, cell: &str) {
    let guard = if is_formula(cell) { "'" } else { "" };
    if cell.contains(['"', ',', '\r', '\n']) || cell.starts_with(' ') || cell.ends_with(' ') {
        text.push('"');
        text.push_str(guard);
        text.push_str(&cell.replace('"', "\"\""));
        text.push('"');
    } else {
        text.push_str(guard);
        text.push_str(cell);
    }
}

/// What spreadsheets work out instead of showing it. A plain number is none, for all its sign.
fn is_formula(cell: &str) -> bool {
    let is_number = cell.parse::<f64>().is_ok_and(f64::is_finite);
    cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && !is_number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_formulas_are_text() {
        let row = [
            "plain",
            "a,b",
            "say \"so\"",
            "two\nlines",
            " led",
            "",
            "-1.5",
            "+3",
            "=1+1",
            "-1+2",
            "@sum",
            "+inf",
            "\tx",
            "=a,b",
            "−5",
            "a=b",
        ];
        let row: Vec<String> = row.map(str::to_owned).into();
        assert_eq!(
            csv(&[row, vec!["x".to_owned()]]),
            "plain,\"a,b\",\"say \"\"so\"\"\",\"two\nlines\",\" led\",,-1.5,+3,'=1+1,'-1+2,'@sum,'+inf,\
             '\tx,\"'=a,b\",−5,a=b\r\nx\r\n"
        );
    }
}
