//! SVG to PNG with the embedded font: no font of the machine's is used.

use std::sync::Arc;

use resvg::{
    tiny_skia::{Pixmap, Transform},
    usvg::{Options, Tree, fontdb},
};

/// Pixels per unit of the drawing: sharp on dense screens and in print.
const SCALE: f32 = 2.0;

/// DejaVu Sans (see assets/DejaVuSans-LICENSE.txt).
const FONTS: [&[u8]; 2] =
    [include_bytes!("../../assets/DejaVuSans.ttf"), include_bytes!("../../assets/DejaVuSans-Bold.ttf")];

/// The drawing as PNG.
pub fn rasterise(svg: &str) -> Vec<u8> {
    let mut fonts = fontdb::Database::new();
    FONTS.iter().for_each(|font| fonts.load_font_data(font.to_vec()));
    let options = Options { fontdb: Arc::new(fonts), ..Options::default() };
    let tree = Tree::from_str(svg, &options).expect("the drawing is valid SVG");
    let size = tree.size();
    let pixels = |length: f32| (length * SCALE).ceil() as u32;
    let mut pixmap = Pixmap::new(pixels(size.width()), pixels(size.height())).expect("a figure has a size");
    resvg::render(&tree, Transform::from_scale(SCALE, SCALE), &mut pixmap.as_mut());
    pixmap.encode_png().expect("a picture in memory can be encoded")
}

#[cfg(test)]
mod tests {
    use super::super::svg::{Anchor, Style, Svg};
    use super::*;

    #[test]
    fn text_is_drawn_without_fonts_of_the_machine() {
        let mut svg = Svg::new(60.0, 20.0);
        let style = Style { size: 12.0, bold: true, colour: "#D55E00", anchor: Anchor::Start };
        svg.text((2.0, 15.0), "µ 12", style);
        let picture = Pixmap::decode_png(&rasterise(&svg.finish())).expect("a PNG");
        assert_eq!((picture.width(), picture.height()), (120, 40));
        let inked = picture.pixels().iter().filter(|p| p.red() == 0xD5 && p.green() == 0x5E && p.blue() == 0).count();
        assert!(inked > 100, "{inked} pixels of the text's colour");
    }
}
