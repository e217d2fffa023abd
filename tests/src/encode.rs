//! Modules in binary form, section by section: for tests that need more of something than a text could hold.

/// A number as LEB128.
#[must_use]
pub fn leb(mut number: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let byte = (number & 0x7f) as u8;
        number >>= 7;
        if number == 0 {
            bytes.push(byte);
            return bytes;
        }
        bytes.push(byte | 0x80);
    }
}

/// `count` times `item`, with the count in front.
#[must_use]
pub fn list(count: usize, item: &[u8]) -> Vec<u8> {
    [leb(count), item.repeat(count)].concat()
}

/// Contents with their length in front.
#[must_use]
pub fn sized(contents: &[u8]) -> Vec<u8> {
    [leb(contents.len()), contents.to_vec()].concat()
}

/// A module of these sections, by number.
#[must_use]
pub fn module(sections: &[(u8, Vec<u8>)]) -> Vec<u8> {
    let mut wasm = b"\0asm\x01\0\0\0".to_vec();
    for (number, contents) in sections {
        wasm.push(*number);
        wasm.extend(sized(contents));
    }
    wasm
}

/// A module with one function of type `[i32] -> []`, exported as `f`, with one i32 local more.
#[must_use]
pub fn function(instructions: &[u8]) -> Vec<u8> {
    let body = [&[1, 1, 0x7f], instructions, &[0x0b]].concat();
    module(&[
        (1, vec![1, 0x60, 1, 0x7f, 0]),
        (3, vec![1, 0]),
        (5, vec![1, 0, 1]),
        (7, vec![1, 1, b'f', 0, 0]),
        (10, [leb(1), sized(&body)].concat()),
    ])
}
