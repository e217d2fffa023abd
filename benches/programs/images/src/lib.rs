//! Image decoders: the `png` and `zune-jpeg` crates decode a picture that build.rs drew; it is then scaled down.

use std::io::Cursor;

use zune_jpeg::JpegDecoder;

const PNG: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/picture.png"));
const JPEG: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/picture.jpg"));

/// Three bytes a pixel, row by row.
struct Picture {
    width: usize,
    pixels: Vec<u8>,
}

fn png() -> Picture {
    let mut reader = png::Decoder::new(Cursor::new(PNG)).read_info().expect("it is a PNG");
    let mut pixels = vec![0; reader.output_buffer_size().expect("it fits memory")];
    let info = reader.next_frame(&mut pixels).expect("it is whole");
    Picture { width: info.width as usize, pixels }
}

fn jpeg() -> Picture {
    let mut decoder = JpegDecoder::new(Cursor::new(JPEG));
    let pixels = decoder.decode().expect("it is a JPEG");
    Picture { width: decoder.dimensions().expect("it is decoded").0, pixels }
}

/// Half as wide and high, each pixel the mean of four.
fn halved(picture: &Picture) -> Picture {
    let row = picture.width * 3;
    let mut pixels = Vec::with_capacity(picture.pixels.len() / 4);
    for pair in picture.pixels.chunks_exact(2 * row) {
        let (upper, lower) = pair.split_at(row);
        for (a, b) in upper.chunks_exact(6).zip(lower.chunks_exact(6)) {
            for colour in 0..3 {
                let sum = u16::from(a[colour]) + u16::from(a[colour + 3]) + u16::from(b[colour]) + u16::from(b[colour + 3]);
                pixels.push((sum / 4) as u8);
            }
        }
    }
    Picture { width: picture.width / 2, pixels }
}

fn fold(sum: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(sum, |sum, &byte| (sum ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

/// Decodes both files `n` times; returns a checksum of the scaled pictures.
#[unsafe(no_mangle)]
pub extern "C" fn run(n: i32) -> i64 {
    let mut sum = 0;
    for _ in 0..n {
        for picture in [png(), jpeg()] {
            let half = halved(&picture);
            sum = fold(sum, &half.pixels) ^ half.width as u64;
        }
    }
    sum as i64
}
