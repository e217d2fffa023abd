//! A Rust program of enums, boxes, trait objects and small calls: it differentiates, simplifies and evaluates terms.

use std::collections::BTreeMap;
use std::rc::Rc;

/// A term.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Term {
    Number(i64),
    Variable(u8),
    Sum(Box<Term>, Box<Term>),
    Product(Box<Term>, Box<Term>),
    Power(Box<Term>, u32),
    Let(u8, Box<Term>, Box<Term>),
}

use Term::{Let, Number, Power, Product, Sum, Variable};

fn sum(left: Term, right: Term) -> Term {
    Sum(Box::new(left), Box::new(right))
}

fn product(left: Term, right: Term) -> Term {
    Product(Box::new(left), Box::new(right))
}

/// What replaces terms.
trait Rule {
    /// The term that takes the place of `term`, or `term` itself.
    fn rewrite(&self, term: Term) -> Result<Term, Term>;
}

struct FoldNumbers;

impl Rule for FoldNumbers {
    fn rewrite(&self, term: Term) -> Result<Term, Term> {
        match term {
            Sum(a, b) => match (*a, *b) {
                (Number(a), Number(b)) => Ok(Number(a.wrapping_add(b))),
                (a, b) => Err(sum(a, b)),
            },
            Product(a, b) => match (*a, *b) {
                (Number(a), Number(b)) => Ok(Number(a.wrapping_mul(b))),
                (a, b) => Err(product(a, b)),
            },
            Power(a, 0) => Ok(if *a == Number(0) { Number(0) } else { Number(1) }),
            Power(a, 1) => Ok(*a),
            other => Err(other),
        }
    }
}

struct Neutral;

impl Rule for Neutral {
    fn rewrite(&self, term: Term) -> Result<Term, Term> {
        match term {
            Sum(a, b) if *a == Number(0) => Ok(*b),
            Sum(a, b) if *b == Number(0) => Ok(*a),
            Product(a, b) if *a == Number(0) || *b == Number(0) => Ok(Number(0)),
            Product(a, b) if *a == Number(1) => Ok(*b),
            Product(a, b) if *b == Number(1) => Ok(*a),
            other => Err(other),
        }
    }
}

/// Brings operands into an order, so that equal ones meet.
struct Order;

impl Rule for Order {
    fn rewrite(&self, term: Term) -> Result<Term, Term> {
        match term {
            Sum(a, b) if a > b => Ok(Sum(b, a)),
            Product(a, b) if a > b => Ok(Product(b, a)),
            Sum(a, b) if a == b => Ok(Product(Box::new(Number(2)), a)),
            Product(a, b) if a == b => Ok(Power(a, 2)),
            other => Err(other),
        }
    }
}

/// A rule made of a function.
struct Closure<F>(F);

impl<F: Fn(&Term) -> Option<Term>> Rule for Closure<F> {
    fn rewrite(&self, term: Term) -> Result<Term, Term> {
        (self.0)(&term).ok_or(term)
    }
}

fn distribute(term: &Term) -> Option<Term> {
    let Product(a, b) = term else { return None };
    match (&**a, &**b) {
        (Number(_), Sum(c, d)) => Some(sum(product((**a).clone(), (**c).clone()), product((**a).clone(), (**d).clone()))),
        _ => None,
    }
}

/// Applies rules from the leaves up until none fits, a bounded number of times at each place.
fn simplify(term: Term, rules: &[Rc<dyn Rule>]) -> Term {
    let mut term = match term {
        Sum(a, b) => sum(simplify(*a, rules), simplify(*b, rules)),
        Product(a, b) => product(simplify(*a, rules), simplify(*b, rules)),
        Power(a, exponent) => Power(Box::new(simplify(*a, rules)), exponent),
        Let(name, value, body) => Let(name, Box::new(simplify(*value, rules)), Box::new(simplify(*body, rules))),
        leaf @ (Number(_) | Variable(_)) => leaf,
    };
    for _ in 0..4 {
        let mut changed = false;
        for rule in rules {
            term = match rule.rewrite(term) {
                Ok(other) => {
                    changed = true;
                    other
                }
                Err(same) => same,
            };
        }
        if !changed {
            break;
        }
    }
    term
}

fn derivative(term: &Term, by: u8) -> Term {
    match term {
        Number(_) => Number(0),
        Variable(name) => Number(i64::from(*name == by)),
        Sum(a, b) => sum(derivative(a, by), derivative(b, by)),
        Product(a, b) => sum(product(derivative(a, by), (**b).clone()), product((**a).clone(), derivative(b, by))),
        Power(a, exponent) => product(
            product(Number(i64::from(*exponent)), Power(a.clone(), exponent.saturating_sub(1))),
            derivative(a, by),
        ),
        Let(name, value, body) => derivative(&substituted(body, *name, value), by),
    }
}

fn substituted(term: &Term, name: u8, value: &Term) -> Term {
    match term {
        Variable(other) if *other == name => value.clone(),
        Number(_) | Variable(_) => term.clone(),
        Sum(a, b) => sum(substituted(a, name, value), substituted(b, name, value)),
        Product(a, b) => product(substituted(a, name, value), substituted(b, name, value)),
        Power(a, exponent) => Power(Box::new(substituted(a, name, value)), *exponent),
        Let(other, inner, body) => {
            let inner = Box::new(substituted(inner, name, value));
            let body = if *other == name { body.clone() } else { Box::new(substituted(body, name, value)) };
            Let(*other, inner, body)
        }
    }
}

/// What went wrong in an evaluation.
#[derive(Debug)]
enum Fault {
    Unbound(u8),
    TooBig(u32),
}

fn evaluate(term: &Term, scope: &mut BTreeMap<u8, i64>) -> Result<i64, Fault> {
    Ok(match term {
        Number(value) => *value,
        Variable(name) => *scope.get(name).ok_or(Fault::Unbound(*name))?,
        Sum(a, b) => evaluate(a, scope)?.wrapping_add(evaluate(b, scope)?),
        Product(a, b) => evaluate(a, scope)?.wrapping_mul(evaluate(b, scope)?),
        Power(_, exponent) if *exponent > 64 => return Err(Fault::TooBig(*exponent)),
        Power(a, exponent) => evaluate(a, scope)?.wrapping_pow(*exponent),
        Let(name, value, body) => {
            let value = evaluate(value, scope)?;
            let hidden = scope.insert(*name, value);
            let result = evaluate(body, scope);
            match hidden {
                Some(hidden) => scope.insert(*name, hidden),
                None => scope.remove(name),
            };
            result?
        }
    })
}

/// A term of some size, the same for the same `seed`. Bindings are deep down, since derivatives multiply what they bind.
fn generated(seed: &mut u32, depth: u32) -> Term {
    *seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
    let choice = *seed >> 16;
    if depth == 0 {
        return if choice.is_multiple_of(3) { Number(i64::from(choice % 9)) } else { Variable((choice % 4) as u8) };
    }
    match choice % 8 {
        0..=2 => sum(generated(seed, depth - 1), generated(seed, depth - 1)),
        3..=5 => product(generated(seed, depth - 1), generated(seed, depth - 1)),
        6 if depth < 4 => Let(
            (choice / 8 % 4) as u8,
            Box::new(generated(seed, depth - 1)),
            Box::new(generated(seed, depth - 1)),
        ),
        _ => Power(Box::new(generated(seed, depth - 1)), choice / 8 % 3 + 1),
    }
}

/// `n` rounds; returns a checksum of all values.
#[unsafe(no_mangle)]
pub extern "C" fn run(n: i32) -> i64 {
    let rules: Vec<Rc<dyn Rule>> =
        vec![Rc::new(FoldNumbers), Rc::new(Neutral), Rc::new(Order), Rc::new(Closure(distribute))];
    let mut checksum = 0_i64;
    let mut seed = 1;
    for round in 0..n {
        let term = generated(&mut seed, 7);
        let mut scope: BTreeMap<u8, i64> = (0..4).map(|name| (name, i64::from(name) + i64::from(round % 5))).collect();
        for by in 0..2 {
            let slope = simplify(derivative(&simplify(term.clone(), &rules), by), &rules);
            let value = match evaluate(&slope, &mut scope) {
                Ok(value) => value,
                Err(Fault::Unbound(name)) => i64::from(name),
                Err(Fault::TooBig(exponent)) => i64::from(exponent),
            };
            checksum = checksum.rotate_left(5) ^ value;
        }
    }
    checksum
}
