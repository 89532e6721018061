//! Expressions from text: a Pratt parser over the tokens.

use std::{ops::Range, sync::Arc};

use super::{
    ast::{Binary, Expr, Func, Node, Unary},
    flaw::Flaw,
    lexer::{Placed, Token, tokens},
};
use crate::{
    error::did_you_mean,
    quantity::{Dim, Quantity, Scale, common_units, unit},
};

/// Brackets and operators inside each other; far above what anybody writes, far below the stack's end.
const DEEPEST: usize = 200;
/// Tokens of one expression, for the same reason: a sum of n terms is a tree of depth n.
const LONGEST: usize = 4000;

/// Parses an expression that begins at byte `offset` of its file.
///
/// # Errors
/// The first mistake, with its place in the file.
pub fn parse_expr(text: &str, offset: usize) -> Result<Expr, Flaw> {
    let mut parser = Parser::new(text, offset)?;
    let expr = parser.expression(0)?;
    parser.end()?;
    Ok(expr)
}

pub(super) struct Parser<'a> {
    tokens: Vec<Placed<'a>>,
    at: usize,
    depth: usize,
}

impl<'a> Parser<'a> {
    pub(super) fn new(text: &'a str, offset: usize) -> Result<Self, Flaw> {
        let tokens = tokens(text, offset)?;
        if tokens.len() > LONGEST {
            let message = format!("an expression of more than {LONGEST} words and signs");
            return Err(Flaw::new(message, offset..offset + text.len()).help("give its parts names of their own"));
        }
        Ok(Self { tokens, at: 0, depth: 0 })
    }

    fn peek(&self) -> Token<'a> {
        self.tokens[self.at].0
    }

    fn span(&self) -> Range<usize> {
        self.tokens[self.at].1.clone()
    }

    fn advance(&mut self) -> Placed<'a> {
        let token = self.tokens[self.at].clone();
        self.at = (self.at + 1).min(self.tokens.len() - 1);
        token
    }

    fn eat(&mut self, sign: &'static str) -> bool {
        let found = self.peek() == Token::Sign(sign);
        if found {
            self.advance();
        }
        found
    }

    /// A name and its place.
    pub(super) fn name(&mut self) -> Result<(Arc<str>, Range<usize>), Flaw> {
        match self.advance() {
            (Token::Name(name), span) => Ok((name.into(), span)),
            (_, span) => Err(Flaw::new("a name is expected here", span)),
        }
    }

    /// The first of `signs` that stands here.
    pub(super) fn one_of(&mut self, signs: &[&'static str]) -> Option<&'static str> {
        signs.iter().copied().find(|sign| self.eat(sign))
    }

    /// That nothing follows.
    pub(super) fn end(&self) -> Result<(), Flaw> {
        let message = match self.peek() {
            Token::End => return Ok(()),
            Token::Sign(")") => "this `)` has no `(`".to_owned(),
            Token::Sign("=") => "`=` is no comparison".to_owned(),
            Token::Sign(sign) => format!("`{sign}` is not expected here"),
            Token::Name(word) | Token::Number(word) => format!("an operator is missing before `{word}`"),
        };
        let flaw = Flaw::new(message, self.span());
        Err(if self.peek() == Token::Sign("=") { flaw.help("write `==`") } else { flaw })
    }

    /// That what follows, at most, is a mistake at this place.
    pub(super) fn missing(&self, message: impl Into<String>) -> Flaw {
        Flaw::new(message, self.span())
    }

    /// Everything that binds at least as tightly as `least`.
    pub(super) fn expression(&mut self, least: u8) -> Result<Expr, Flaw> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(self.missing(format!("more than {DEEPEST} brackets or signs inside each other")));
        }
        let mut left = self.operand()?;
        while let Some(op) = self.operator().filter(|op| op.binding() >= least) {
            self.advance();
            let compares = op.binding() == Binary::Lt.binding();
            // Powers group to the right, and their exponent may begin with a minus: 2^-3^2 = 2^(-(3^2)).
            let right = self.expression(if op == Binary::Pow { Unary::Neg.binding() } else { op.binding() + 1 })?;
            let span = left.span.start..right.span.end;
            left = Expr { node: Arc::new(Node::Binary(op, left, right)), span };
            if compares && self.operator().is_some_and(|next| next.binding() == op.binding()) {
                return Err(self.missing("comparisons cannot be chained").help("write `a < b and b < c`"));
            }
        }
        self.depth -= 1;
        Ok(left)
    }

    fn operator(&self) -> Option<Binary> {
        use Binary::*;
        let sign = match self.peek() {
            Token::Sign("**") => "^",
            Token::Sign(sign) => sign,
            Token::Name(word @ ("and" | "or")) => word,
            _ => return None,
        };
        [Add, Sub, Mul, Div, Pow, Lt, Le, Gt, Ge, Eq, Ne, And, Or].into_iter().find(|op| op.sign() == sign)
    }

    fn operand(&mut self) -> Result<Expr, Flaw> {
        let (token, span) = self.advance();
        let unary = |op, argument: Expr| Expr {
            span: span.start..argument.span.end,
            node: Arc::new(Node::Unary(op, argument)),
        };
        match token {
            Token::Number(digits) => self.number(digits, span),
            Token::Sign("+") => self.expression(Unary::Neg.binding()),
            Token::Sign("-") => Ok(unary(Unary::Neg, self.expression(Unary::Neg.binding())?)),
            Token::Name("not") => Ok(unary(Unary::Not, self.expression(Unary::Not.binding())?)),
            Token::Sign("(") => {
                let inner = self.expression(0)?;
                if !self.eat(")") {
                    return Err(self.missing("a `)` is missing").help("every `(` needs its `)`"));
                }
                Ok(inner)
            }
            Token::Name(word @ ("and" | "or")) => Err(Flaw::new(format!("a value is missing before `{word}`"), span)),
            Token::Name(name) if self.eat("(") => self.call(name, span),
            Token::Name("pi") => Ok(literal(Quantity::number(std::f64::consts::PI), span)),
            Token::Name(name) => Ok(Expr { node: Arc::new(Node::Name(name.into())), span }),
            Token::End => Err(Flaw::new("a value is missing at the end", span)),
            Token::Sign(sign) => Err(Flaw::new(format!("a value is missing before `{sign}`"), span)),
        }
    }

    /// A number, with the unit that may follow it directly.
    fn number(&mut self, digits: &str, span: Range<usize>) -> Result<Expr, Flaw> {
        let read = |scale: Scale, dim: Dim, span: Range<usize>| {
            let value = scale.read(digits).filter(|v| v.is_finite());
            let value = value.ok_or_else(|| Flaw::new(format!("{digits} is too large a number"), span.clone()))?;
            Ok(literal(Quantity { value, dim }, span))
        };
        let name = match self.peek() {
            Token::Name(name) if !matches!(name, "and" | "or") => name,
            _ => return read(Scale::ONE, Dim::NONE, span),
        };
        let (_, unit_span) = self.advance();
        let product = format!("a unit may follow a number; a product needs its sign: `{digits}*{name}`");
        let Some((mut scale, mut dim)) = unit(name) else {
            let message = format!("`{name}` is not a unit; {}", did_you_mean(name, common_units()));
            return Err(Flaw::new(message, unit_span).help(product));
        };
        let mut end = unit_span.end;
        if self.one_of(&["^", "**"]).is_some() {
            let minus = self.eat("-");
            let (token, span) = self.advance();
            let Token::Number(power) = token else {
                return Err(Flaw::new("the power of a unit must be a plain number", span).help(product));
            };
            let signed = if minus { format!("-{power}") } else { power.to_owned() };
            (scale, dim) = crate::quantity::parse_unit(&format!("{name}^{signed}"))
                .map_err(|message| Flaw::new(message, span.clone()))?;
            end = span.end;
        }
        read(scale, dim, span.start..end)
    }

    fn call(&mut self, name: &str, name_span: Range<usize>) -> Result<Expr, Flaw> {
        let mut arguments = Vec::new();
        if !self.eat(")") {
            loop {
                arguments.push(self.expression(0)?);
                if self.eat(")") {
                    break;
                }
                if !self.eat(",") {
                    return Err(self.missing(format!("`,` or `)` is missing in the arguments of {name}()")));
                }
            }
        }
        let span = name_span.start..self.tokens[self.at - 1].1.end;
        let (least, most) = match Func::ALL.iter().find(|f| f.1 == name) {
            Some(&(function, _, least, most)) if (least..=most).contains(&arguments.len()) => {
                return Ok(Expr { node: Arc::new(Node::Call(function, arguments)), span });
            }
            Some(&(_, _, least, most)) => (least, most),
            None if name == "pow" && arguments.len() == 2 => {
                let exponent = arguments.pop().expect("there are two");
                let base = arguments.pop().expect("there are two");
                return Ok(Expr { node: Arc::new(Node::Binary(Binary::Pow, base, exponent)), span });
            }
            None if name == "pow" => (2, 2),
            None => {
                let known = Func::ALL.iter().map(|f| f.1).chain(["pow"]);
                let flaw = Flaw::new(format!("`{name}` is not a function"), name_span);
                return Err(flaw.help(did_you_mean(name, known)));
            }
        };
        let wanted = if least == most { format!("{least}") } else { format!("{least} to {most}") };
        let plural = if wanted == "1" { "" } else { "s" };
        Err(Flaw::new(format!("{name}() takes {wanted} argument{plural}, not {}", arguments.len()), span))
    }
}

fn literal(value: Quantity, span: Range<usize>) -> Expr {
    Expr { node: Arc::new(Node::Literal(value)), span }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The tree with every bracket written.
    fn tree(expr: &Expr) -> String {
        match &*expr.node {
            Node::Literal(q) => q.to_string(),
            Node::Name(name) => name.to_string(),
            Node::Data(_) => unreachable!("the parser makes no columns"),
            Node::Unary(op, a) => format!("{op:?}({})", tree(a)),
            Node::Binary(op, a, b) => format!("({} {} {})", tree(a), op.sign(), tree(b)),
            Node::Call(f, args) => format!("{}({})", f.name(), args.iter().map(tree).collect::<Vec<_>>().join(", ")),
        }
    }

    fn parsed(text: &str) -> String {
        tree(&parse_expr(text, 0).unwrap())
    }

    #[test]
    fn operators_bind_as_in_print() {
        assert_eq!(parsed("-K^n"), "Neg((K ^ n))");
        assert_eq!(parsed("a - b - c*d**e**f"), "((a - b) - (c * (d ^ (e ^ f))))");
        assert_eq!(parsed("2^-3^2"), "(2 ^ Neg((3 ^ 2)))");
        assert_eq!(parsed("not a < b and c or d"), "((Not((a < b)) and c) or d)");
        assert_eq!(parsed("-a*b"), "(Neg(a) * b)");
        assert_eq!(parsed("clip(x, 0, +pi) + pow(a, b)"), "(clip(x, 0, 3.14159265359) + (a ^ b))");
    }

    #[test]
    fn a_unit_belongs_to_the_number_before_it() {
        assert_eq!(parsed("10 mV/ms"), "(10 mV / ms)");
        assert_eq!(parsed("18 mV^2 * x"), "(18 mV^2 * x)");
        assert_eq!(parsed("2 ms^-1"), "2000 Hz");
        assert_eq!(parsed("v > -50mV and w"), "((v > Neg(50 mV)) and w)");
        assert_eq!(parsed("1 > 0 or x"), "((1 > 0) or x)");
        assert_eq!(parsed("10*m^3"), "(10 * (m ^ 3))");
    }

    #[test]
    fn spans_are_places_in_the_file() {
        let expr = parse_expr("g_L*(E - v)", 100).unwrap();
        assert_eq!(expr.span, 100..110);
        let Node::Binary(_, _, right) = &*expr.node else { panic!("a product") };
        assert_eq!(right.span, 105..110);
    }

    #[test]
    fn mistakes_name_place_and_remedy() {
        let cases = [
            ("a +", "a value is missing at the end", 3..3),
            ("(a + b", "a `)` is missing", 6..6),
            ("a b", "an operator is missing before `b`", 2..3),
            ("10 foo", "`foo` is not a unit", 3..6),
            ("a < b < c", "comparisons cannot be chained", 6..7),
            ("ecp(x)", "`ecp` is not a function", 0..3),
            ("exp(x, y)", "exp() takes 1 argument, not 2", 0..9),
            ("normal(x)", "normal() takes 2 to 4 arguments, not 1", 0..9),
            ("a = b", "`=` is no comparison", 2..3),
            ("1e999", "1e999 is too large a number", 0..5),
        ];
        for (text, message, span) in cases {
            let flaw = parse_expr(text, 0).unwrap_err();
            assert!(flaw.message.starts_with(message), "{text}: {}", flaw.message);
            assert_eq!(flaw.span, span, "{text}");
        }
        assert_eq!(parse_expr("ecp(x)", 0).unwrap_err().help.unwrap(), "did you mean \"exp\"?");
        let deep = "(".repeat(100_000);
        assert!(parse_expr(&deep, 0).is_err());
        assert!(parse_expr(&deep[..1000], 0).unwrap_err().message.contains("inside each other"));
    }
}
