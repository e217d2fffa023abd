//! Draws a picture and writes it as PNG and as JPEG: what the program decodes.

use std::path::PathBuf;
use std::{env, fs};

const WIDTH: u32 = 160;
const HEIGHT: u32 = 120;

/// Rings on a gradient with some grain: neither flat nor noise.
fn picture() -> Vec<u8> {
    let mut seed = 1_u32;
    let mut pixels = Vec::new();
    for y in 0..HEIGHT {
        for x in 0..WIDTH {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let grain = seed >> 29;
            let (dx, dy) = (x.abs_diff(60), y.abs_diff(70));
            let ring = if (dx * dx + dy * dy) / 256 % 2 == 0 { 60 } else { 0 };
            let colour = [x + ring + grain, y * 2 + grain, (x + y) / 2 + 100 - ring];
            pixels.extend(colour.map(|level| level.min(255) as u8));
        }
    }
    pixels
}

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let out = PathBuf::from(env::var("OUT_DIR").expect("cargo sets it"));
    let pixels = picture();
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, WIDTH, HEIGHT);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_filter(png::Filter::Adaptive);
    let mut writer = encoder.write_header().expect("a vector takes it");
    writer.write_image_data(&pixels).expect("a vector takes it");
    writer.finish().expect("a vector takes it");
    fs::write(out.join("picture.png"), file).expect("OUT_DIR is writable");
    let mut file = Vec::new();
    let encoder = jpeg_encoder::Encoder::new(&mut file, 85);
    encoder.encode(&pixels, WIDTH as u16, HEIGHT as u16, jpeg_encoder::ColorType::Rgb).expect("a vector takes it");
    fs::write(out.join("picture.jpg"), file).expect("OUT_DIR is writable");
}
