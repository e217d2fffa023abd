//! Charts of grouped bars as SVG, legible on light and on dark paper. The same numbers give the same bytes.

use std::fmt::Write as _;

/// A chart of horizontal bars: groups from top to bottom, in each a bar for every series.
pub struct Chart<'a> {
    /// Its heading.
    pub title: &'a str,
    /// What the numbers are.
    pub unit: &'a str,
    /// Names of the series, one colour each.
    pub series: Vec<String>,
    /// Groups: a name, and a value for each series that has one.
    pub groups: Vec<(String, Vec<Option<f64>>)>,
    /// A value to mark with a line.
    pub mark: Option<f64>,
}

const WIDTH: f64 = 860.0;
const LEFT: f64 = 150.0;
const RIGHT: f64 = 70.0;
const BAR: f64 = 12.0;
const GAP: f64 = 10.0;
const LEGEND_COLUMN: f64 = 170.0;

/// Colours with enough contrast to white and to black.
const COLOURS: [&str; 9] =
    ["#c2410c", "#f59e0b", "#b45387", "#7c6bd6", "#2f7fd1", "#1f9d8a", "#6b8f23", "#8a8f98", "#a1703a"];

/// Text and lines take the colour that the reader's scheme asks for.
const STYLE: &str = "text{font:12px system-ui,sans-serif;fill:#24292f}.h{font-size:15px;font-weight:600}.v{font-size:10px}\
                     line{stroke:#8c959f}@media(prefers-color-scheme:dark){text{fill:#d0d7de}line{stroke:#6e7681}}";

impl Chart<'_> {
    /// The chart as an SVG document.
    pub fn svg(&self) -> String {
        let mut body = String::new();
        // Writing to a string cannot fail.
        let height = self.draw(&mut body).unwrap_or_default();
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-label=\"{}\">\n\
             <style>{STYLE}</style>\n{body}</svg>\n",
            escaped(self.title)
        )
    }

    /// Draws everything and returns how high it got.
    fn draw(&self, out: &mut String) -> Result<f64, std::fmt::Error> {
        writeln!(out, "<text class=\"h\" x=\"8\" y=\"22\">{}, {}</text>", escaped(self.title), escaped(self.unit))?;
        let top = self.legend(out)?;
        let scale = (WIDTH - LEFT - RIGHT) / self.largest();
        let mut y = top;
        for (name, values) in &self.groups {
            y = self.group(out, y, name, values, scale)?;
        }
        if let Some(mark) = self.mark.filter(|mark| *mark <= self.largest()) {
            let x = LEFT + mark * scale;
            writeln!(
                out,
                "<line x1=\"{x:.1}\" y1=\"{:.1}\" x2=\"{x:.1}\" y2=\"{:.1}\" stroke-dasharray=\"3 3\"/>",
                top - 4.0,
                y - GAP
            )?;
        }
        Ok(y)
    }

    fn largest(&self) -> f64 {
        self.groups.iter().flat_map(|(_, values)| values).flatten().copied().fold(f64::MIN_POSITIVE, f64::max)
    }

    /// Draws what the colours mean and returns where the bars begin.
    fn legend(&self, out: &mut String) -> Result<f64, std::fmt::Error> {
        let (mut x, mut y) = (8.0, 34.0);
        for (series, colour) in self.series.iter().zip(COLOURS.iter().cycle()) {
            if x + LEGEND_COLUMN > WIDTH {
                (x, y) = (8.0, y + 18.0);
            }
            writeln!(out, "<rect x=\"{x}\" y=\"{y}\" width=\"11\" height=\"11\" fill=\"{colour}\"/>")?;
            writeln!(out, "<text x=\"{}\" y=\"{}\">{}</text>", x + 16.0, y + 10.0, escaped(series))?;
            x += LEGEND_COLUMN;
        }
        Ok(y + 30.0)
    }

    /// Draws one group and returns where the next one begins.
    fn group(
        &self,
        out: &mut String,
        top: f64,
        name: &str,
        values: &[Option<f64>],
        scale: f64,
    ) -> Result<f64, std::fmt::Error> {
        let mut y = top;
        for (value, colour) in values.iter().zip(COLOURS.iter().cycle()) {
            let Some(value) = value else { continue };
            let width = (value * scale).max(1.0);
            writeln!(
                out,
                "<rect x=\"{LEFT}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{}\" fill=\"{colour}\"/>",
                BAR - 2.0
            )?;
            let text = super::text::number(*value);
            writeln!(out, "<text class=\"v\" x=\"{:.1}\" y=\"{:.1}\">{text}</text>", LEFT + width + 4.0, y + 9.0)?;
            y += BAR;
        }
        let y = y.max(top + BAR);
        let middle = f64::midpoint(top, y) + 3.0;
        writeln!(out, "<text x=\"{}\" y=\"{middle:.1}\" text-anchor=\"end\">{}</text>", LEFT - 8.0, escaped(name))?;
        Ok(y + GAP)
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_values_have_no_bar_and_names_are_escaped() {
        let chart = Chart {
            title: "a < b",
            unit: "ms",
            series: vec!["x".into(), "y".into()],
            groups: vec![("one & only".into(), vec![Some(2.0), None])],
            mark: None,
        };
        let svg = chart.svg();
        assert!(svg.contains("a &lt; b") && svg.contains("one &amp; only"));
        assert_eq!(svg.matches("height=\"10\"").count(), 1);
    }
}
