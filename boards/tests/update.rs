//! New guests over the serial line: taken, refused, and what comes when they do not start.

mod common;

use common::{Desk, image, run};
use ermine_boards::Grant;
use ermine_boards::link::message::Request;

static TABLE: &[Grant] = &[Grant::output("led", 1), Grant::delay(), Grant::log()];

/// Logs a word forever, waiting between.
fn teller(word: &str) -> Vec<u8> {
    image(&format!(
        r#"(module
        (import "ermine:log@1" "write" (func $log (param i32 i32 i32) (result i32)))
        (import "ermine:delay@1" "ns" (func $delay (param i64)))
        (memory 64 (pagesize 1))
        (data (i32.const 0) "{word}")
        (func (export "_start")
            (loop $forever
                (drop (call $log (i32.const 2) (i32.const 0) (i32.const {})))
                (call $delay (i64.const 10_000_000))
                (br $forever))))"#,
        word.len()
    ))
}

fn told(desk: &Desk) -> Vec<String> {
    desk.text().lines().filter_map(|line| line.strip_prefix("info: ")).map(str::to_owned).collect()
}

#[test]
fn a_new_guest_takes_over_while_the_old_one_waits() {
    let mut desk = Desk::default();
    desk.receive_image(25_000, &teller("new"));
    desk.receive(60_000, &Request::Status);
    let desk = run(TABLE, Some(&teller("old")), 65, desk);
    assert_eq!(told(&desk), ["old", "old", "old", "new", "new", "new", "new"], "{}", desk.text());
    let replies = desk.replies();
    assert!(replies[..replies.len() - 1].iter().all(|reply| reply == "Done"), "{replies:?}");
    let status = replies.last().expect("a status");
    assert!(status.contains("activity: Waiting, slot: 0"), "{status}");
    assert!(status.contains("kind: Replaced"), "{status}");
}

#[test]
fn the_third_guest_goes_where_the_second_is_not() {
    let mut desk = Desk::default();
    desk.receive_image(5_000, &teller("second"));
    desk.receive_image(15_000, &teller("third"));
    desk.receive_image(25_000, &teller("fourth"));
    desk.receive(39_000, &Request::Status);
    let desk = run(TABLE, Some(&teller("first")), 40, desk);
    assert_eq!(told(&desk).last().map(String::as_str), Some("fourth"), "{}", desk.text());
    assert!(desk.replies().last().is_some_and(|status| status.contains("slot: 0")));
}

#[test]
fn a_guest_that_traps_at_its_start_makes_room_for_the_one_before() {
    let trap = image(r#"(module (func (export "_start") unreachable))"#);
    let trap_in_start = image(r#"(module (func $s unreachable) (start $s) (func (export "_start")))"#);
    for bad in [trap, trap_in_start] {
        let mut desk = Desk::default();
        desk.receive_image(15_000, &teller("good"));
        desk.receive_image(25_000, &bad);
        let desk = run(TABLE, Some(&teller("old")), 50, desk);
        let text = desk.text();
        assert!(text.contains("trap: unreachable at func "), "{text}");
        assert!(text.contains("back to the guest before it"), "{text}");
        assert_eq!(told(&desk).last().map(String::as_str), Some("good"), "{text}");
    }
}

#[test]
fn a_guest_that_is_not_granted_what_it_wants_does_not_stop_the_old_one() {
    let wants_more = image(
        r#"(module (import "ermine:random@1" "fill" (func (param i32 i32) (result i32))) (func (export "_start")))"#,
    );
    let mut desk = Desk::default();
    desk.receive_image(15_000, &wants_more);
    let desk = run(TABLE, Some(&teller("old")), 45, desk);
    assert_eq!(told(&desk).len(), 5, "{}", desk.text());
    let last = desk.replies().pop().expect("a reply");
    assert!(last.contains("Refused(Report { kind: ImportDenied, detail: 0, a: 0"), "{last}");
}

#[test]
fn a_damaged_or_forged_image_is_refused() {
    let good = teller("new");
    for index in 0..good.len() {
        let mut bad = good.clone();
        bad[index] ^= 0x10;
        let mut desk = Desk::default();
        desk.receive_image(1000, &bad);
        let desk = run(TABLE, Some(&teller("old")), 5, desk);
        assert_eq!(told(&desk), ["old"], "byte {index}");
        assert!(desk.replies().last().is_some_and(|reply| reply.starts_with("Refused")), "byte {index}");
    }
}

#[test]
fn an_image_that_does_not_pay_is_refused() {
    let wasm = wat::parse_str(r#"(module (func (export "_start")))"#).expect("a module");
    let mut config = ermine::Config::default();
    config.profile(ermine::Profile::Base);
    let free = ermine::Engine::new(&config).precompile_module(&wasm).expect("an image");
    let mut desk = Desk::default();
    desk.receive_image(1000, &free);
    let desk = run(TABLE, None, 5, desk);
    assert!(desk.replies().last().is_some_and(|reply| reply.contains("Unmetered")), "{:?}", desk.replies());
}

#[test]
fn bytes_that_are_missing_or_come_twice_do_no_harm() {
    let new = teller("new");
    let mut desk = Desk::default();
    desk.receive(1000, &Request::Begin { size: new.len() as u32 });
    for (index, bytes) in new.chunks(64).enumerate() {
        let data = Request::Data { offset: index as u32 * 64, bytes };
        desk.receive(1000, &data);
        if index == 1 {
            desk.receive(1000, &data);
            desk.receive(1000, &Request::Data { offset: 1024, bytes });
            desk.receive(1000, &Request::Commit);
        }
    }
    desk.receive(1000, &Request::Commit);
    desk.receive(1000, &Request::Commit);
    let desk = run(TABLE, None, 30, desk);
    assert_eq!(told(&desk), ["new", "new", "new"], "{}", desk.text());
    let others: Vec<String> = desk.replies().into_iter().filter(|reply| reply != "Done").collect();
    assert_eq!(others, ["Order { next: 128 }", "Order { next: 128 }"]);
}

#[test]
fn an_image_that_is_too_large_is_refused_before_it_is_sent() {
    let mut desk = Desk::default();
    desk.receive(1000, &Request::Begin { size: 5000 });
    let desk = run(TABLE, None, 5, desk);
    assert_eq!(desk.replies(), ["TooLarge { capacity: 4096 }"]);
}

#[test]
fn a_guest_can_be_stopped_and_run_again() {
    let mut desk = Desk::default();
    desk.receive(15_000, &Request::Stop);
    desk.receive(42_000, &Request::Status);
    desk.receive(45_000, &Request::Run);
    let desk = run(TABLE, Some(&teller("guest")), 60, desk);
    assert_eq!(told(&desk).len(), 4, "{}", desk.text());
    assert!(desk.replies()[1].contains("activity: Stopped"), "{:?}", desk.replies());
}

#[test]
fn a_line_that_never_rests_does_not_keep_the_board_from_its_guest() {
    let mut desk = Desk { line_us: 87, ..Desk::default() };
    (0..1000).for_each(|_| desk.receive(0, &Request::Status));
    let desk = run(TABLE, Some(&teller("here")), 500, desk);
    assert!(desk.longest_without_food_us < 50_000, "{}", desk.longest_without_food_us);
    assert!(told(&desk).len() > 5, "{}", desk.text());
}
