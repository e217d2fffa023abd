//! Every rule refuses what breaks it.

use std::{string::String, vec, vec::Vec};

use super::testing::Forgery;
use crate::{
    exec::shape::{Binary, GlobalGet, Plain, Return},
    image::{
        ImageError, Rule,
        format::{Section, word},
    },
    isa::Profile,
    isa::{
        RowId,
        derive::{code_of, row},
        form::{A, S},
        packed::BASE_COUNT,
    },
};

/// A module with everything in it.
const MODULE: &str = r#"
(module
  (type $plain (func))
  (type $binary (func (param i32 i32) (result i32)))
  (type $wide (func (param i64) (result i64)))
  (import "host" "log" (func $log (param i32)))
  (import "host" "limit" (global $limit i32))
  (import "host" "table" (table 1 funcref))
  (table $table 4 8 funcref)
  (memory 1 2)
  (global $count (mut i32) (i32.const 0))
  (global $sum (mut i64) (i64.const 5))
  (global $from (mut i32) (i32.add (global.get $limit) (i32.const 3)))
  (elem (table $table) (i32.const 1) func $add $add)
  (elem $passive funcref (ref.func $add) (ref.null func))
  (data (i32.const 8) "hello")
  (data $more "more")
  (start $start)
  (func $start nop)
  (func $add (export "add") (param $a i32) (param $b i32) (result i32)
    (local $spare i32)
    local.get $a
    local.get $b
    i32.add
    local.get $b
    i32.mul)
  (func $tail (param $a i32) (param $b i32) (result i32)
    (return_call $add (local.get $b) (local.get $a)))
  (func $calls (export "calls") (param $a i32) (result i32)
    (call $log (local.get $a))
    (call $log (call $add (local.get $a) (i32.const 1)))
    (call_indirect $table (type $binary) (local.get $a) (i32.const 2) (i32.const 1)))
  (func $wide (param $a i64) (result i64)
    (global.set $sum (local.get $a))
    (i64.mul (global.get $sum) (local.get $a)))
  (func $globals
    (global.set $count (global.get $limit)))
  (func $loop (param $n i32) (result i32)
    (local $i i32)
    (loop $again
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $i) (local.get $n))))
    (block $a (block $b (br_table $a $b (local.get $i))) (return (i32.const 7)))
    local.get $i)
  (func $bulk (param $a i32)
    (memory.init $more (local.get $a) (i32.const 0) (i32.const 1))
    (memory.copy (local.get $a) (local.get $a) (i32.const 1))
    (table.init $table $passive (local.get $a) (i32.const 0) (i32.const 1))
    (table.set $table (local.get $a) (ref.func $add))
    unreachable))
"#;

fn good(metered: bool) -> Forgery {
    Forgery::of(MODULE, Profile::Base, metered)
}

/// The rule that an image breaks after a change.
#[track_caller]
fn broken(metered: bool, change: impl FnOnce(&mut Forgery)) -> Rule {
    let mut forgery = good(metered);
    assert_eq!(forgery.verdict(), Ok(()));
    change(&mut forgery);
    match forgery.verdict() {
        Err(ImageError::Malformed { rule, .. } | ImageError::Code { rule, .. }) => rule,
        other => panic!("{other:?}"),
    }
}

/// Cases: what is broken, how, and the rule that refuses it.
macro_rules! refused {
    ($($name:ident $metered:literal $rule:ident |$image:ident| $change:expr;)*) => {$(
        #[test]
        fn $name() {
            assert_eq!(broken($metered, |$image| $change), Rule::$rule);
        }
    )*};
}

#[test]
fn good_images_are_accepted() {
    for profile in [Profile::Base, Profile::Full] {
        for metered in [false, true] {
            assert_eq!(Forgery::of(MODULE, profile, metered).verdict(), Ok(()));
            assert_eq!(Forgery::of("(module)", profile, metered).verdict(), Ok(()));
        }
    }
}

// Tables.
refused! {
    a_string_that_is_no_utf8 false Strings |image| image.put_byte(Section::Strings, 2, 0xff);
    a_string_beyond_its_section false Strings |image| image.append(Section::Strings, &[0xffff]);
    an_import_whose_name_is_inside_of_another false Imports |image| *image.entry(Section::Imports, 0, 0) += 2;
    an_import_at_an_odd_name false Imports |image| *image.entry(Section::Imports, 0, 1) += 1;
    an_import_of_unknown_kind false Imports |image| *image.entry(Section::Imports, 0, 2) = 4;
    fewer_function_imports_than_functions_without_code false ImportCounts |image| *image.header(word::IMPORTED_FUNCS) = 2;
    more_function_imports_than_the_header_says false ImportCounts |image| *image.entry(Section::Imports, 1, 2) = 0;
    more_memory_imports_than_memories false ImportCounts |image| {
        *image.entry(Section::Imports, 1, 2) = 2;
        *image.entry(Section::Imports, 2, 2) = 2;
    };
    an_export_without_a_name false Exports |image| *image.entry(Section::Exports, 0, 0) = 0x1000;
    an_export_of_a_function_that_does_not_exist false Exports |image| *image.entry(Section::Exports, 0, 1) = 9;
    an_export_of_a_memory_that_does_not_exist false Exports |image| *image.entry(Section::Exports, 0, 1) = 2 << 30 | 1;
    a_signature_of_an_unknown_type false Signatures |image| image.put_byte(Section::Signatures, 16, 0x40);
    a_signature_with_too_few_slots false Signatures |image| image.put_byte(Section::Signatures, 12, 1);
    a_signature_with_too_many_results false Signatures |image| image.put_byte(Section::Signatures, 14, 2);
    a_signature_beyond_its_section false Signatures |image| image.append(Section::Signatures, &[0xffff, 0]);
    a_type_inside_of_a_signature false Types |image| *image.entry(Section::Types, 1, 0) += 2;
    a_type_behind_all_signatures false Types |image| *image.entry(Section::Types, 1, 0) = 0xffff_fffe;
    a_function_without_a_signature false Functions |image| *image.entry(Section::Functions, 1, 1) += 2;
    a_function_at_an_odd_byte false Functions |image| *image.entry(Section::Functions, 3, 0) += 1;
    a_function_before_the_one_before false Functions |image| *image.entry(Section::Functions, 3, 0) = 2;
    a_first_function_behind_the_start_of_the_code false Functions |image| *image.entry(Section::Functions, 1, 0) = 2;
    an_import_with_code false Functions |image| *image.entry(Section::Functions, 0, 0) = 2;
    a_function_behind_the_code false Functions |image| *image.entry(Section::Functions, 8, 0) = 0x10_0000;
    a_start_function_that_does_not_exist false Start |image| *image.header(word::START) = 10;
    a_start_function_with_parameters false Start |image| *image.header(word::START) = 3;
    a_table_of_unknown_type false Tables |image| *image.entry(Section::Tables, 1, 0) = 0x7f;
    a_table_of_a_type_with_more_bits false Tables |image| *image.entry(Section::Tables, 1, 0) |= 0x100;
    a_table_with_a_minimum_above_its_maximum false Tables |image| *image.entry(Section::Tables, 1, 1) = 9;
    a_memory_with_other_pages false Memories |image| *image.entry(Section::Memories, 0, 0) += 1;
    a_memory_with_unknown_flags false Memories |image| *image.entry(Section::Memories, 0, 0) |= 0x200;
    a_memory_beyond_32_bits false Memories |image| *image.entry(Section::Memories, 0, 2) = 0x1_0001;
    a_memory_with_a_minimum_above_its_maximum false Memories |image| *image.entry(Section::Memories, 0, 1) = 3;
    a_global_of_unknown_type false Globals |image| *image.entry(Section::Globals, 1, 0) ^= 0x20;
    a_global_with_unknown_flags false Globals |image| *image.entry(Section::Globals, 1, 0) |= 0x200;
    a_global_without_a_value false Globals |image| *image.entry(Section::Globals, 1, 1) = 100;
    a_global_whose_value_starts_inside_of_an_expression false Globals |image| *image.entry(Section::Globals, 3, 1) += 1;
    an_expression_with_an_unknown_operation false Expressions |image| *image.entry(Section::Exprs, 0, 0) += 9;
    an_expression_with_unknown_bits false Expressions |image| *image.entry(Section::Exprs, 0, 0) |= 0x100;
    an_expression_that_adds_what_is_not_there false Expressions |image| *image.entry(Section::Exprs, 0, 0) += 3;
    an_expression_of_two_values false Expressions |image| *image.entry(Section::Exprs, 0, 0) = 0;
    an_expression_that_does_not_end false Expressions |image| image.append(Section::Exprs, &[0, 0, 0]);
    an_expression_of_a_function_that_does_not_exist false Expressions |image| image.append(Section::Exprs, &[1 << 31 | 1, 9, 0]);
    an_expression_of_a_global_that_does_not_exist false Expressions |image| image.append(Section::Exprs, &[1 << 31 | 2, 4, 0]);
    elements_of_unknown_mode false Elements |image| *image.entry(Section::Elements, 0, 0) = 3;
    elements_without_a_table false Elements |image| *image.entry(Section::Elements, 0, 1) = 2;
    elements_without_a_place false Elements |image| *image.entry(Section::Elements, 0, 2) = 100;
    elements_not_behind_those_before false Elements |image| *image.entry(Section::Elements, 1, 3) = 0;
    elements_beyond_all_items false Elements |image| *image.entry(Section::Elements, 1, 4) = 3;
    elements_that_wrap_around false Elements |image| *image.entry(Section::Elements, 1, 4) = u32::MAX;
    an_item_that_does_not_exist false Elements |image| *image.entry(Section::Items, 3, 0) = 10;
    an_item_that_is_no_expression false Elements |image| {
        *image.entry(Section::Elements, 0, 0) |= 4;
        *image.entry(Section::Items, 0, 0) = 100;
    };
    data_of_unknown_mode false Datas |image| *image.entry(Section::Datas, 0, 0) = 2;
    data_without_a_memory false Datas |image| *image.entry(Section::Datas, 0, 1) = 1;
    data_without_a_place false Datas |image| *image.entry(Section::Datas, 0, 2) = 100;
    data_beyond_its_section false Datas |image| *image.entry(Section::Datas, 1, 4) = 5;
    data_that_wraps_around false Datas |image| *image.entry(Section::Datas, 1, 4) = u32::MAX;
}

const EXIT: u16 = code_of::<row::Exit, Plain<(), ()>>();
const FUNCTION: u16 = code_of::<row::Function, Plain<(), ()>>();
const UNREACHABLE: u16 = code_of::<row::Unreachable, Plain<(), ()>>();
const COPY_64: u16 = code_of::<row::Copy64, Plain<(), ()>>();
const RETURN: u16 = code_of::<row::Return, Plain<(), ()>>();
const CALL: u16 = code_of::<row::Call, Plain<(), ()>>();
const CALL_METERED: u16 = code_of::<row::CallMetered, Plain<(), ()>>();
const CALL_IMPORT: u16 = code_of::<row::CallImport, Plain<(), ()>>();
const SUB_ACC: u16 = code_of::<row::I32Sub, Binary<(), (A, S, S)>>();
const RETURN_I64: u16 = code_of::<row::ReturnI64, Return<(), (S,)>>();
const RETURN_F32: u16 = code_of::<row::ReturnF32, Return<(), (S,)>>();
const RETURN_I32_ACC: u16 = code_of::<row::ReturnI32, Return<(), (A,)>>();
const RETURN_I64_ACC: u16 = code_of::<row::ReturnI64, Return<(), (A,)>>();
const GLOBAL_GET: u16 = code_of::<row::GlobalGet32, GlobalGet<(), (S,)>>();
const ELEM_DROP: u16 = code_of::<row::ElemDrop, Plain<(), ()>>();

/// Where the locals of `$add` start: two parameters of 4 bytes, then the link.
const LOCALS: u32 = 8 + 16;

// Headers, instructions, slots.
refused! {
    code_without_a_header false Header |image| image.put_unit(0, UNREACHABLE);
    a_frame_that_is_not_aligned false Header |image| image.put_unit(1, 18);
    a_frame_smaller_than_its_locals false Header |image| image.put_unit(1, 12);
    locals_not_behind_the_link false Header |image| image.put_unit(3, 20);
    locals_that_are_zeroed_beyond_the_frame false Header |image| image.put_unit(5, 4);
    zeroing_that_wraps_around false Header |image| {
        image.put_unit(5, 0xfffc);
        image.put_unit(6, 0xffff);
    };
    fuel_where_none_is_paid false Header |image| image.put_unit(7, 1);
    zeroing_that_is_not_paid true Header |image| {
        let at = image.find(RowId::I32Add) - 9;
        image.put_unit(at + 7, 0);
    };
    a_function_that_is_too_short_for_a_header false Header |image| *image.entry(Section::Functions, 2, 0) = 4;
    a_number_without_an_instruction false Instruction |image| image.put_unit(9, 0xffff);
    an_instruction_of_the_other_profile false Instruction |image| image.put_unit(9, BASE_COUNT);
    an_instruction_that_is_cut_off false Instruction |image| {
        let at = image.find(RowId::Unreachable);
        image.put_unit(at, CALL);
    };
    a_header_among_instructions false Misplaced |image| image.replace(RowId::Return, FUNCTION);
    an_exit_among_instructions false Misplaced |image| image.replace(RowId::Unreachable, EXIT);
    a_slot_that_is_not_aligned false Slot |image| image.put_field(RowId::I32Add, 0, 1);
    a_slot_on_the_link false Slot |image| image.put_field(RowId::I32Add, 0, LOCALS - 4);
    a_slot_at_the_start_of_the_link false Slot |image| image.put_field(RowId::I32Add, 1, 8);
    a_wide_slot_that_reaches_into_the_link false Slot |image| image.put_field(RowId::GlobalSet64, 0, 4);
    a_slot_at_the_end_of_the_frame false Slot |image| image.put_field(RowId::GlobalGet32, 0, 20);
    a_slot_far_outside_of_the_frame false Slot |image| image.put_field(RowId::GlobalGet32, 0, 0xfffc);
    a_wide_slot_that_reaches_out_of_the_frame false Slot |image| {
        // `$add` has one slot of locals and at least one temporary.
        let at = image.find(RowId::I32Add);
        image.put_unit(at - 9 + 1, LOCALS as u16 + 8);
        image.put_unit(at, COPY_64);
        image.put_unit(at + 1, LOCALS as u16 + 4);
        image.put_unit(at + 2, 0);
    };
    a_return_without_the_link false Link |image| image.put_field(RowId::Return, 0, 4);
    a_tail_call_without_the_link false Link |image| image.put_field(RowId::ReturnCall, 2, LOCALS);
}

// Control.
refused! {
    a_branch_before_the_function false Branch |image| image.put_field(RowId::I32LtU, 2, (-2000_i32) as u32);
    a_branch_behind_the_function false Branch |image| image.put_field(RowId::I32LtU, 2, 200);
    a_branch_to_the_header false Branch |image| {
        let loop_ = image.find(RowId::I32LtU);
        let header = loop_ - image.first_of_function(loop_);
        image.put_field(RowId::I32LtU, 2, -(header as i32) as u32);
    };
    a_branch_into_an_instruction false Branch |image| image.put_field(RowId::I32LtU, 2, 1);
    a_branch_back_into_an_instruction false Branch |image| image.put_field(RowId::I32LtU, 2, (-1_i32) as u32);
    a_branch_table_out_of_the_function false Branch |image| {
        let at = image.find(RowId::BrTable);
        image.put_unit(at + 4, 0x7fff);
    };
    a_branch_table_into_an_instruction false Branch |image| {
        let at = image.find(RowId::BrTable);
        image.put_unit(at + 4, 1);
    };
    a_branch_table_longer_than_the_function false Branch |image| image.put_field(RowId::BrTable, 1, 0x8000_0000);
    a_branch_table_of_all_numbers false Branch |image| image.put_field(RowId::BrTable, 1, u32::MAX);
    an_accumulator_that_was_not_written false Accumulator |image| {
        let at = image.find(RowId::I32Add);
        image.put_unit(at, SUB_ACC);
    };
    an_accumulator_of_another_type false Accumulator |image| {
        // `$add`: a return from the accumulator behind an instruction that leaves its result there.
        let at = image.find(RowId::ReturnI32);
        image.put_unit(at, RETURN_I64_ACC);
    };
    a_return_of_half_of_an_accumulator false Return |image| {
        // `$wide`: the lower half may be read, but it is not what the function returns.
        let at = image.find(RowId::ReturnI64);
        image.put_unit(at, RETURN_I32_ACC);
    };
    code_that_goes_on_behind_its_end false End |image| {
        // `table.set`, `unreachable` make room for two instructions of three units.
        let at = image.find(RowId::TableSet);
        for (index, unit) in [ELEM_DROP, 0, 0, ELEM_DROP, 0, 0].into_iter().enumerate() {
            image.put_unit(at + index, unit);
        }
    };
    a_return_without_its_value false Return |image| image.replace(RowId::ReturnI32, RETURN);
    a_return_with_a_value_of_another_type false Return |image| image.put_unit(image.find_last(RowId::ReturnI32), RETURN_F32);
    a_return_with_a_wider_value false Return |image| image.put_unit(image.find_last(RowId::ReturnI32), RETURN_I64);
    a_return_with_a_value_where_there_is_none false Return |image| {
        // `$globals`: reads a global instead of writing it, then returns that.
        let at = image.find(RowId::GlobalSet32);
        image.put_unit(at, GLOBAL_GET);
        image.put_unit(at + 4, RETURN_I32_ACC);
    };
}

// Calls, and what code names.
refused! {
    a_call_of_a_function_that_does_not_exist false Callee |image| image.put_field(RowId::Call, 1, 8);
    a_call_of_a_function_whose_number_wraps_around false Callee |image| image.put_field(RowId::Call, 1, u32::MAX);
    a_call_of_a_defined_function_as_an_import false Callee |image| image.put_field(RowId::CallImport, 1, 1);
    a_call_of_a_type_that_does_not_exist false Callee |image| image.put_field(RowId::CallIndirect, 2, 9);
    a_call_over_the_own_link false Frame |image| image.put_field(RowId::Call, 0, 16);
    a_call_that_is_not_aligned false Frame |image| image.put_field(RowId::Call, 0, 21);
    a_call_whose_arguments_reach_out_of_the_frame false Frame |image| {
        image.put_field(RowId::Call, 0, 0xfffc);
    };
    an_import_whose_arguments_reach_out_of_the_frame false Frame |image| {
        image.put_field(RowId::CallImport, 0, 0xfffc);
    };
    a_call_whose_results_reach_out_of_the_frame false Frame |image| {
        // `$calls` has room for the two arguments of `$add`, and no more.
        let at = image.find(RowId::Call);
        let frame = image.unit(at + 1);
        image.put_unit(at + 1, frame + 8);
    };
    a_tail_call_with_fewer_arguments false TailCall |image| image.put_field(RowId::ReturnCall, 1, 4);
    a_tail_call_with_more_arguments false TailCall |image| image.put_field(RowId::ReturnCall, 1, 12);
    a_tail_call_of_what_returns_something_else false TailCall |image| {
        // `$wide` takes as much and returns an i64.
        image.put_field(RowId::ReturnCall, 3, 4);
    };
    a_global_that_does_not_exist false Global |image| image.put_field(RowId::GlobalSet64, 1, 4);
    a_global_that_is_narrower false Global |image| image.put_field(RowId::GlobalSet64, 1, 1);
    a_global_that_is_wider false Global |image| image.put_field(RowId::GlobalGet32, 1, 2);
    a_global_that_must_not_be_written false Global |image| image.put_field(RowId::GlobalSet32, 1, 0);
    a_function_reference_that_does_not_exist false Index |image| image.put_field(RowId::RefFunc, 1, 9);
    a_table_that_does_not_exist false Index |image| image.put_field(RowId::TableSet, 2, 2);
    a_table_of_a_call_that_does_not_exist false Index |image| image.put_field(RowId::CallIndirect, 3, 2);
    a_memory_that_does_not_exist false Index |image| image.put_field(RowId::MemoryCopy, 4, 1);
    a_data_segment_that_does_not_exist false Index |image| image.put_field(RowId::MemoryInit, 3, 2);
    an_element_segment_that_does_not_exist false Index |image| image.put_field(RowId::TableInit, 3, 2);
}

// Fuel.
refused! {
    a_call_that_does_not_pay true Fuel |image| image.replace(RowId::CallMetered, CALL);
    a_call_that_pays_in_code_that_does_not false Fuel |image| image.replace(RowId::Call, CALL_METERED);
    a_metered_image_that_says_it_is_not true Header |image| *image.header(word::VERSION) &= 0xf8ff_ffff;
    a_branch_back_that_is_free true Fuel |image| image.put_field(RowId::BrMetered, 1, 0);
    a_branch_table_that_goes_back true Fuel |image| {
        let at = image.find(RowId::BrTable);
        image.put_unit(at + 4, 0);
        image.put_unit(at + 5, 0);
    };
    a_function_that_calls_for_nothing true Fuel |image| {
        let at = image.find(RowId::CallImport);
        let header = image.first_of_function(at);
        image.put_unit(header + 7, 0);
    };
}

#[test]
fn scratch_space_of_the_wrong_size_is_an_error() {
    let mut image = good(false);
    assert!(matches!(image.verdict_with(0), Err(ImageError::Scratch { needed: 1.. })));
}

/// Every rule has a test.
#[test]
fn all_rules_are_tested() {
    let source: String = include_str!("tests.rs").into();
    let untested: Vec<&Rule> =
        Rule::ALL.iter().filter(|rule| !source.contains(&std::format!(" {rule:?} |image|"))).collect();
    assert_eq!(untested, vec![] as Vec<&Rule>);
}

#[test]
fn a_target_of_a_branch_reads_no_accumulator() {
    // The loop's first instruction is the target of the branch back: it may not read what the one before has left.
    let wat = "(module (func (param i32 i32) (result i32) (local i32)
        (local.set 2 (i32.sub (local.get 0) (local.get 1)))
        (loop (local.set 2 (i32.sub (local.get 2) (local.get 1))) (br_if 0 (i32.lt_u (local.get 2) (local.get 0))))
        (local.get 2)))";
    let mut image = Forgery::of(wat, Profile::Base, false);
    assert_eq!(image.verdict(), Ok(()));
    let first = image.find(RowId::I32Sub);
    let second = first + 4;
    assert_eq!(image.unit(second), image.unit(first));
    // The same instruction with its first operand from the accumulator, and its unit given to the branch table... a constant before it.
    image.put_unit(second, SUB_ACC);
    assert!(matches!(image.verdict(), Err(ImageError::Code { .. })));
}

/// Unused numbers here would mean that a case lost its instruction.
#[test]
fn constants_are_instructions_of_the_base_profile() {
    for number in [EXIT, FUNCTION, UNREACHABLE, COPY_64, RETURN, CALL, CALL_METERED, CALL_IMPORT, SUB_ACC, RETURN_I64] {
        assert!(number < BASE_COUNT);
    }
}
