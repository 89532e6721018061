//! Text to tokens, and the splitting of texts into lines that are one equation or statement each.

use std::ops::Range;

use super::flaw::Flaw;

/// A piece of an expression.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Token<'a> {
    /// Digits, with point and exponent.
    Number(&'a str),
    /// A name, possibly qualified: `v`, `exc.g`.
    Name(&'a str),
    /// An operator, bracket or comma.
    Sign(&'static str),
    /// The end of the text.
    End,
}

/// Longer signs first, so that the longest match wins.
const SIGNS: [&str; 20] =
    ["**", "<=", ">=", "==", "!=", "+=", "-=", "*=", "/=", "+", "-", "*", "/", "^", "(", ")", ",", "<", ">", "="];

/// Signs of other languages, with what they are called here.
const FOREIGN: [(&str, &str); 5] = [("&&", "and"), ("||", "or"), ("!", "not"), ("&", "and"), ("|", "or")];

/// A token with its byte range in the file.
pub type Placed<'a> = (Token<'a>, Range<usize>);

/// Cuts `text`, which begins at byte `offset` of its file, into tokens; the last one is [`Token::End`].
pub fn tokens(text: &str, offset: usize) -> Result<Vec<Placed<'_>>, Flaw> {
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        if first.is_whitespace() {
            at += first.len_utf8();
            continue;
        }
        let (token, length) = if first.is_ascii_digit() || (first == '.' && digits(&rest[1..]) > 0) {
            let length = number(rest);
            (Token::Number(&rest[..length]), length)
        } else if first.is_alphabetic() || first == '_' {
            let length = name(rest);
            (Token::Name(&rest[..length]), length)
        } else if let Some(sign) = SIGNS.iter().find(|s| rest.starts_with(**s)) {
            (Token::Sign(sign), sign.len())
        } else {
            let span = offset + at..offset + at + first.len_utf8();
            let flaw = Flaw::new(format!("`{first}` does not belong into an expression"), span);
            return Err(match FOREIGN.iter().find(|(sign, _)| rest.starts_with(sign)) {
                Some((sign, word)) => flaw.help(format!("write `{word}` for `{sign}`")),
                None => flaw,
            });
        };
        out.push((token, offset + at..offset + at + length));
        at += length;
    }
    out.push((Token::End, offset + at..offset + at));
    Ok(out)
}

fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

fn number(text: &str) -> usize {
    let mut end = digits(text);
    if text[end..].starts_with('.') {
        end += 1 + digits(&text[end + 1..]);
    }
    if text[end..].starts_with(['e', 'E']) {
        let sign = usize::from(text[end + 1..].starts_with(['+', '-']));
        let exponent = digits(&text[end + 1 + sign..]);
        if exponent > 0 {
            end += 1 + sign + exponent;
        }
    }
    end
}

fn name(text: &str) -> usize {
    let mut end = 0;
    loop {
        let part = &text[end..];
        end += part.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(part.len());
        let qualified = text[end..].strip_prefix('.').and_then(|rest| rest.chars().next());
        if !qualified.is_some_and(|c| c.is_alphabetic() || c == '_') {
            return end;
        }
        end += 1;
    }
}

/// The text with comments (`#` to the end of the line) turned into as many blanks.
pub fn without_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let code = line.find('#').unwrap_or(line.len());
        out.push_str(&line[..code]);
        out.extend(line[code..].bytes().map(|b| if b == b'\n' { '\n' } else { ' ' }));
    }
    out
}

/// Byte ranges of the logical lines of a text without comments: a line that is indented more than the least
/// indented one, or that begins inside brackets, continues the one before.
pub fn logical_lines(text: &str) -> Vec<Range<usize>> {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let least = text.lines().filter(|l| !l.trim().is_empty()).map(indent).min().unwrap_or(0);
    let mut lines: Vec<Range<usize>> = Vec::new();
    let (mut at, mut depth) = (0, 0i32);
    for line in text.split_inclusive('\n') {
        if !line.trim().is_empty() {
            let span = at + indent(line)..at + line.trim_end().len();
            match lines.last_mut() {
                Some(last) if depth > 0 || indent(line) > least => last.end = span.end,
                _ => lines.push(span),
            }
            depth += line.matches('(').count() as i32 - line.matches(')').count() as i32;
        }
        at += line.len();
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_names_and_signs() {
        let kinds: Vec<_> = tokens("1.5e-3*exc.g>=.5**2eV", 10).unwrap();
        let shown: Vec<_> = kinds.iter().map(|(t, _)| *t).collect();
        let (n, s) = (Token::Number, Token::Sign);
        let expected =
            [n("1.5e-3"), s("*"), Token::Name("exc.g"), s(">="), n(".5"), s("**"), n("2"), Token::Name("eV")];
        assert_eq!(shown[..8], expected);
        assert_eq!(kinds[2].1, 17..22);
    }

    #[test]
    fn foreign_signs_are_translated() {
        assert_eq!(tokens("a && b", 3).unwrap_err().help.unwrap(), "write `and` for `&&`");
        assert_eq!(tokens("a ? b", 3).unwrap_err().span, 5..6);
    }

    #[test]
    fn lines_continue_by_indent_and_brackets() {
        let text = without_comments("\n  a = 1 # one: µ\n      + 2\n  b = f(3,\n  4)\n\n  c = 5\n");
        let lines: Vec<_> = logical_lines(&text).into_iter().map(|r| &text[r]).collect();
        assert_eq!(lines.len(), 3, "{lines:?}");
        assert!(lines[0].starts_with("a = 1") && lines[0].ends_with("+ 2") && !lines[0].contains('#'));
        assert_eq!(lines[2], "c = 5");
        assert_eq!(text.len(), "\n  a = 1 # one: µ\n      + 2\n  b = f(3,\n  4)\n\n  c = 5\n".len());
    }
}
