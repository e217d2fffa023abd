//! Constant expressions: initial values of globals, offsets and items of segments.

use alloc::{boxed::Box, vec::Vec};

/// An operation of a constant expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum ConstOp {
    /// A number or null, as the bits of a global's cell.
    Value(u64),
    /// A reference to a function of the module.
    RefFunc(u32),
    /// The value of a global of the module.
    GlobalGet(u32),
    I32Add,
    I32Sub,
    I32Mul,
    I64Add,
    I64Sub,
    I64Mul,
}

/// A constant expression, validated.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum ConstExpr {
    /// One operation: nearly all of them.
    One(ConstOp),
    /// Several, in postfix order.
    Many(Box<[ConstOp]>),
}

/// What constant expressions may read.
pub(crate) trait ConstContext {
    /// The bits of a global's cell.
    fn global(&self, index: u32) -> Option<u64>;
    /// The reference to a function, as slots hold it.
    fn func_ref(&self, index: u32) -> Option<u32>;
}

impl ConstExpr {
    /// The value, as the bits of a global's cell. Nothing for an expression that validation would refuse.
    pub(crate) fn eval(&self, context: &impl ConstContext) -> Option<u64> {
        match self {
            Self::One(op) => leaf(*op, context),
            Self::Many(ops) => {
                let mut stack = Vec::new();
                for &op in ops {
                    let value = match binary(op) {
                        Some(apply) => {
                            let (b, a) = (stack.pop()?, stack.pop()?);
                            apply(a, b)
                        }
                        None => leaf(op, context)?,
                    };
                    stack.push(value);
                }
                stack.pop()
            }
        }
    }

    /// The same value, with everything computed that depends on neither a reference to a function nor a global that `known` does not know.
    #[cfg(feature = "translate")]
    pub(crate) fn fold(&self, known: impl Fn(u32) -> Option<ConstOp>) -> Self {
        let resolve = |op| {
            let value = if let ConstOp::GlobalGet(index) = op { known(index) } else { None };
            value.unwrap_or(op)
        };
        match self {
            Self::One(op) => Self::One(resolve(*op)),
            Self::Many(ops) => {
                let mut folded = Vec::new();
                for &op in ops {
                    match (binary(op), &*folded) {
                        // Two values in front of an operation are its operands.
                        (Some(apply), &[.., ConstOp::Value(a), ConstOp::Value(b)]) => {
                            folded.truncate(folded.len() - 2);
                            folded.push(ConstOp::Value(apply(a, b)));
                        }
                        _ => folded.push(resolve(op)),
                    }
                }
                match *folded {
                    [op] => Self::One(op),
                    _ => Self::Many(folded.into()),
                }
            }
        }
    }

    /// Its operations, in postfix order.
    pub(crate) fn ops(&self) -> &[ConstOp] {
        match self {
            Self::One(op) => core::slice::from_ref(op),
            Self::Many(ops) => ops,
        }
    }

    /// The value of an `i32` expression.
    pub(crate) fn eval_u32(&self, context: &impl ConstContext) -> Option<u32> {
        self.eval(context).map(low)
    }
}

/// The low half: an `i32` or a reference in a cell.
pub(crate) fn low(bits: u64) -> u32 {
    bits as u32
}

fn leaf(op: ConstOp, context: &impl ConstContext) -> Option<u64> {
    match op {
        ConstOp::Value(bits) => Some(bits),
        ConstOp::RefFunc(index) => context.func_ref(index).map(u64::from),
        ConstOp::GlobalGet(index) => context.global(index),
        ConstOp::I32Add | ConstOp::I32Sub | ConstOp::I32Mul | ConstOp::I64Add | ConstOp::I64Sub | ConstOp::I64Mul => {
            None
        }
    }
}

fn binary(op: ConstOp) -> Option<fn(u64, u64) -> u64> {
    match op {
        ConstOp::I32Add => Some(|a, b| low(a).wrapping_add(low(b)).into()),
        ConstOp::I32Sub => Some(|a, b| low(a).wrapping_sub(low(b)).into()),
        ConstOp::I32Mul => Some(|a, b| low(a).wrapping_mul(low(b)).into()),
        ConstOp::I64Add => Some(u64::wrapping_add),
        ConstOp::I64Sub => Some(u64::wrapping_sub),
        ConstOp::I64Mul => Some(u64::wrapping_mul),
        ConstOp::Value(_) | ConstOp::RefFunc(_) | ConstOp::GlobalGet(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{ConstContext, ConstExpr, ConstOp};

    struct Globals;

    impl ConstContext for Globals {
        fn global(&self, index: u32) -> Option<u64> {
            Some(u64::from(index) * 10)
        }

        fn func_ref(&self, index: u32) -> Option<u32> {
            index.checked_add(1)
        }
    }

    #[test]
    fn postfix_order_is_respected() {
        let ops = [ConstOp::Value(3), ConstOp::GlobalGet(4), ConstOp::I32Sub, ConstOp::Value(2), ConstOp::I32Mul];
        assert_eq!(ConstExpr::Many(ops.into()).eval_u32(&Globals), Some(-74_i32 as u32));
    }

    #[cfg(feature = "translate")]
    #[test]
    fn folding_computes_what_is_known() {
        let ops = [ConstOp::GlobalGet(4), ConstOp::Value(3), ConstOp::Value(5), ConstOp::I32Mul, ConstOp::I32Add];
        let expr = ConstExpr::Many(ops.into());
        let partly = ConstExpr::Many([ConstOp::GlobalGet(4), ConstOp::Value(15), ConstOp::I32Add].into());
        assert_eq!(expr.fold(|_| None), partly);
        assert_eq!(expr.fold(|_| Some(ConstOp::Value(1))), ConstExpr::One(ConstOp::Value(16)));
    }

    #[test]
    fn ill_formed_expressions_have_no_value() {
        assert_eq!(ConstExpr::Many([ConstOp::Value(1), ConstOp::I64Add].into()).eval(&Globals), None);
        assert_eq!(ConstExpr::One(ConstOp::I32Add).eval(&Globals), None);
        assert_eq!(ConstExpr::One(ConstOp::RefFunc(u32::MAX)).eval(&Globals), None);
    }
}
