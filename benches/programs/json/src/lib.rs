//! JSON: `serde_json` parses a document into typed records and into a tree of values, changes it, and writes it again.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Serialize, Deserialize)]
struct Document {
    title: String,
    users: Vec<User>,
    totals: BTreeMap<String, f64>,
}

#[derive(Serialize, Deserialize)]
struct User {
    id: u32,
    name: String,
    #[serde(default)]
    tags: Vec<String>,
    position: Option<(f64, f64)>,
    role: Role,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum Role {
    Guest,
    Member { since: u16 },
    Keeper { keys: Vec<i64>, note: String },
}

fn role(id: u32) -> Role {
    match id % 3 {
        0 => Role::Guest,
        1 => Role::Member { since: 1990 + (id % 35) as u16 },
        _ => Role::Keeper { keys: vec![-1, i64::from(id) << 33, 42], note: format!("\"{id}\"\tthe größte\n\u{1f511}") },
    }
}

fn user(id: u32) -> User {
    let x = f64::from(id);
    User {
        id,
        name: format!("user number {id}"),
        tags: (0..id % 4).map(|tag| format!("tag-{tag}")).collect(),
        position: (id % 5 != 0).then_some((x * 0.372_5 - 11.0, (x + 0.5).sqrt())),
        role: role(id),
    }
}

fn document(users: u32) -> Document {
    let totals = (0..40).map(|key| (format!("total {key}"), f64::from(key) / 7.0)).collect();
    Document { title: "people & places".into(), users: (0..users).map(user).collect(), totals }
}

/// Touches every number and string of a tree.
fn visit(value: &mut Value) {
    match value {
        Value::Number(number) => {
            if let Some(integer) = number.as_i64() {
                *value = Value::from(integer ^ 1);
            }
        }
        Value::String(text) => text.make_ascii_uppercase(),
        Value::Array(items) => items.iter_mut().for_each(visit),
        Value::Object(fields) => fields.values_mut().for_each(visit),
        Value::Null | Value::Bool(_) => {}
    }
}

fn fold(sum: u64, text: &[u8]) -> u64 {
    text.iter().fold(sum, |sum, &byte| (sum ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

/// `n` rounds; returns a checksum of all that was written.
#[unsafe(no_mangle)]
pub extern "C" fn run(n: i32) -> i64 {
    let mut sum = 0;
    for round in 0..n {
        let text = serde_json::to_string_pretty(&document(150 + round as u32)).expect("it can be written");
        let mut tree: Value = serde_json::from_str(&text).expect("it was just written");
        visit(&mut tree);
        sum = fold(sum, &serde_json::to_vec(&tree).expect("it can be written"));
        let mut back: Document = serde_json::from_str(&text).expect("it was just written");
        back.users.retain(|user| user.id % 2 == 0);
        sum = fold(sum, &serde_json::to_vec(&back).expect("it can be written"));
    }
    sum as i64
}
