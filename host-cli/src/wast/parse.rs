//! Script text to owned [`Directive`]s, by way of the `wast` crate's syntax tree.
//!
//! Modules are encoded to their binary here, quoted ones too. One that cannot be encoded is kept
//! with its error, because that may be just what the script asserts.

use wast::core::{AbstractHeapType, HeapType, NanPattern, WastArgCore, WastRetCore};
use wast::lexer::Lexer;
use wast::parser::{self, ParseBuffer};
use wast::token::{F32, F64, Id, Span};
use wast::{QuoteWat, Wast, WastArg, WastDirective, WastExecute, WastInvoke, WastRet, Wat};

use super::script::{Action, Argument, Command, Directive, Expected, FloatPattern, RefKind, Source};

/// A script that is not well-formed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// The offending line, counted from 1.
    pub line: u32,
    /// What is wrong with it.
    pub message: String,
}

/// Parses a script and encodes its modules.
///
/// # Errors
///
/// When the script itself is not well-formed. A malformed module inside it is no error.
pub fn parse(text: &str) -> Result<Vec<Directive>, ParseError> {
    let lines = Lines::of(text);
    let fail = |error: wast::Error| ParseError { line: lines.at(error.span()), message: error.message() };
    let mut lexer = Lexer::new(text);
    lexer.allow_confusing_unicode(true);
    let buffer = ParseBuffer::new_with_lexer(lexer).map_err(fail)?;
    let script: Wast<'_> = parser::parse(&buffer).map_err(fail)?;
    let directives = script.directives.into_iter();
    Ok(directives.map(|item| directive(item, &lines)).collect())
}

/// Where the lines of a text begin.
struct Lines {
    starts: Vec<usize>,
}

impl Lines {
    fn of(text: &str) -> Self {
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let starts = core::iter::once(0).chain(breaks.map(|(at, _)| at + 1));
        Self { starts: starts.collect() }
    }

    fn at(&self, span: Span) -> u32 {
        let line = self.starts.partition_point(|start| *start <= span.offset());
        u32::try_from(line).unwrap_or(u32::MAX)
    }
}

fn directive(item: WastDirective<'_>, lines: &Lines) -> Directive {
    Directive { line: lines.at(item.span()), command: command(item) }
}

fn command(item: WastDirective<'_>) -> Command {
    match item {
        WastDirective::Module(module) => Command::Module { name: name(module.name()), source: source(module) },
        WastDirective::ModuleDefinition(module) => {
            Command::Definition { name: name(module.name()), source: source(module) }
        }
        WastDirective::ModuleInstance { instance, module, .. } => {
            Command::Instance { name: name(instance), definition: name(module) }
        }
        WastDirective::Register { name: alias, module, .. } => {
            Command::Register { alias: alias.to_owned(), instance: name(module) }
        }
        WastDirective::Invoke(call) => Command::Perform(invoke(call)),
        WastDirective::AssertMalformed { module, message, .. }
        | WastDirective::AssertInvalid { module, message, .. } => {
            Command::AssertRefused { source: source(module), message: message.to_owned() }
        }
        WastDirective::AssertTrap { exec, message, .. } => {
            Command::AssertTrap { action: action(exec), message: message.to_owned() }
        }
        WastDirective::AssertExhaustion { call, message, .. } => {
            Command::AssertTrap { action: invoke(call), message: message.to_owned() }
        }
        WastDirective::AssertReturn { exec, results, .. } => {
            Command::AssertReturn { action: action(exec), expected: results.into_iter().map(expected).collect() }
        }
        WastDirective::AssertUnlinkable { module, message, .. } => {
            Command::AssertUnlinkable { source: source(QuoteWat::Wat(module)), message: message.to_owned() }
        }
        WastDirective::AssertMalformedCustom { .. } => Command::Unsupported("assert_malformed_custom"),
        WastDirective::AssertInvalidCustom { .. } => Command::Unsupported("assert_invalid_custom"),
        WastDirective::AssertException { .. } => Command::Unsupported("assert_exception"),
        WastDirective::AssertSuspension { .. } => Command::Unsupported("assert_suspension"),
        WastDirective::Thread(_) => Command::Unsupported("thread"),
        WastDirective::Wait { .. } => Command::Unsupported("wait"),
    }
}

fn name(id: Option<Id<'_>>) -> Option<String> {
    id.map(|id| id.name().to_owned())
}

fn source(mut module: QuoteWat<'_>) -> Source {
    match &module {
        QuoteWat::Wat(Wat::Component(_)) | QuoteWat::QuoteComponent(..) => {
            return Source::Malformed("components are not supported".to_owned());
        }
        QuoteWat::Wat(Wat::Module(_)) | QuoteWat::QuoteModule(..) => {}
    }
    match module.encode() {
        Ok(binary) => Source::Binary(binary),
        Err(error) => Source::Malformed(error.message()),
    }
}

fn action(exec: WastExecute<'_>) -> Action {
    match exec {
        WastExecute::Invoke(call) => invoke(call),
        WastExecute::Wat(module) => Action::Instantiate(source(QuoteWat::Wat(module))),
        WastExecute::Get { module, global, .. } => Action::Get { instance: name(module), global: global.to_owned() },
    }
}

fn invoke(call: WastInvoke<'_>) -> Action {
    Action::Invoke {
        instance: name(call.module),
        function: call.name.to_owned(),
        arguments: call.args.into_iter().map(argument).collect(),
    }
}

fn argument(value: WastArg<'_>) -> Argument {
    match value {
        WastArg::Core(value) => match value {
            WastArgCore::I32(value) => Argument::I32(value),
            WastArgCore::I64(value) => Argument::I64(value),
            WastArgCore::F32(value) => Argument::F32(value.bits),
            WastArgCore::F64(value) => Argument::F64(value.bits),
            WastArgCore::RefNull(kind) => match ref_kind(&kind) {
                Some(RefKind::Func) => Argument::NullFunc,
                Some(RefKind::Extern) => Argument::NullExtern,
                None => Argument::Unsupported("ref.null of this type"),
            },
            WastArgCore::RefExtern(number) => Argument::Extern(number),
            WastArgCore::V128(_) => Argument::Unsupported("v128"),
            WastArgCore::RefHost(_) => Argument::Unsupported("ref.host"),
        },
        _ => Argument::Unsupported("a component's value"),
    }
}

fn expected(value: WastRet<'_>) -> Expected {
    match value {
        WastRet::Core(value) => expected_core(value),
        _ => Expected::Unsupported("a component's value"),
    }
}

fn expected_core(value: WastRetCore<'_>) -> Expected {
    match value {
        WastRetCore::I32(value) => Expected::I32(value),
        WastRetCore::I64(value) => Expected::I64(value),
        WastRetCore::F32(pattern) => Expected::F32(float(pattern, |value: F32| value.bits)),
        WastRetCore::F64(pattern) => Expected::F64(float(pattern, |value: F64| value.bits)),
        WastRetCore::RefNull(None) => Expected::Null(None),
        WastRetCore::RefNull(Some(kind)) => match ref_kind(&kind) {
            Some(kind) => Expected::Null(Some(kind)),
            None => Expected::Unsupported("ref.null of this type"),
        },
        WastRetCore::RefExtern(number) => Expected::Extern(number),
        WastRetCore::RefFunc(None) => Expected::Func,
        WastRetCore::RefFunc(Some(_)) => Expected::Unsupported("ref.func of one function"),
        WastRetCore::Either(cases) => Expected::Either(cases.into_iter().map(expected_core).collect()),
        WastRetCore::V128(_) => Expected::Unsupported("v128"),
        WastRetCore::RefHost(_) => Expected::Unsupported("ref.host"),
        WastRetCore::RefAny => Expected::Unsupported("ref.any"),
        WastRetCore::RefEq => Expected::Unsupported("ref.eq"),
        WastRetCore::RefArray => Expected::Unsupported("ref.array"),
        WastRetCore::RefStruct => Expected::Unsupported("ref.struct"),
        WastRetCore::RefI31 | WastRetCore::RefI31Shared => Expected::Unsupported("ref.i31"),
    }
}

fn float<T, Bits>(pattern: NanPattern<T>, bits: impl FnOnce(T) -> Bits) -> FloatPattern<Bits> {
    match pattern {
        NanPattern::CanonicalNan => FloatPattern::CanonicalNan,
        NanPattern::ArithmeticNan => FloatPattern::ArithmeticNan,
        NanPattern::Value(value) => FloatPattern::Bits(bits(value)),
    }
}

fn ref_kind(kind: &HeapType<'_>) -> Option<RefKind> {
    match kind {
        HeapType::Abstract { shared: false, ty: AbstractHeapType::Func } => Some(RefKind::Func),
        HeapType::Abstract { shared: false, ty: AbstractHeapType::Extern } => Some(RefKind::Extern),
        _ => None,
    }
}
