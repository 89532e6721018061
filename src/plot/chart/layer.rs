//! What a panel holds: data, and how they are drawn.

/// How a line is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Look {
    /// Joined points.
    #[default]
    Solid,
    /// Joined points, broken: what theory says, what is unstable.
    Dashed,
    /// A mark at each point.
    Dots,
    /// Marks, joined.
    Both,
    /// A staircase: each value holds until the next x.
    Steps,
    /// Bars from 0, each until the next x.
    Bars,
}

/// Points of one kind. A point that is not finite breaks the line.
#[derive(Clone, Debug, Default)]
pub struct Line {
    /// Its name in the legend; none where it is empty.
    pub name: String,
    /// Points (x, y).
    pub points: Vec<(f64, f64)>,
    /// How it is drawn.
    pub look: Look,
    /// Number of its colour; by default its own number among the lines of the panel.
    pub colour: Option<usize>,
    /// Half the length of a bar around each point, such as a standard deviation; empty for none.
    pub deviation: Vec<f64>,
}

impl Line {
    /// A solid line.
    pub fn new(name: impl Into<String>, points: Vec<(f64, f64)>) -> Self {
        Self { name: name.into(), points, ..Self::default() }
    }

    /// Drawn like this.
    pub fn look(self, look: Look) -> Self {
        Self { look, ..self }
    }

    /// In this colour.
    pub fn colour(self, number: usize) -> Self {
        Self { colour: Some(number), ..self }
    }

    /// With bars of this half length.
    pub fn deviation(self, deviation: Vec<f64>) -> Self {
        Self { deviation, ..self }
    }
}

/// Values on a grid that fills the panel's range, which its axes must give; what is not finite stays white.
#[derive(Clone, Debug)]
pub struct Heat {
    /// Name and unit of the values, beside the scale of colours.
    pub name: String,
    /// Rows from below, each from the left.
    pub values: Vec<Vec<f64>>,
}

/// One thing in a panel.
#[derive(Clone, Debug)]
pub enum Layer {
    /// Points.
    Line(Line),
    /// Arrows, each with its foot and its vector in the units of the axes.
    Arrows(Vec<[(f64, f64); 2]>),
    /// A map of values.
    Heat(Heat),
    /// A thin line across at this y, with its name.
    Across(f64, String),
    /// A thin line down at this x, with its name.
    Down(f64, String),
}

impl From<Line> for Layer {
    fn from(line: Line) -> Self {
        Layer::Line(line)
    }
}

impl From<Heat> for Layer {
    fn from(heat: Heat) -> Self {
        Layer::Heat(heat)
    }
}

impl Layer {
    /// All x that the panel's range should hold.
    pub(super) fn x(&self) -> Vec<f64> {
        match self {
            Layer::Line(line) => {
                let points = line.points.iter().map(|p| p.0);
                let n = line.points.len();
                let last =
                    matches!(line.look, Look::Steps | Look::Bars).then(|| line.points.get(n.wrapping_sub(1))).flatten();
                points.chain(last.map(|p| p.0 + line.last_width())).collect()
            }
            Layer::Arrows(arrows) => arrows.iter().map(|[foot, _]| foot.0).collect(),
            Layer::Down(x, _) => vec![*x],
            _ => Vec::new(),
        }
    }

    /// All y that the panel's range should hold.
    pub(super) fn y(&self) -> Vec<f64> {
        match self {
            Layer::Line(line) => {
                let deviation = line.deviation.iter().copied().chain(std::iter::repeat(0.0));
                let both = line.points.iter().zip(deviation).flat_map(|(p, d)| [p.1 - d, p.1 + d]);
                both.chain((line.look == Look::Bars).then_some(0.0)).collect()
            }
            Layer::Arrows(arrows) => arrows.iter().map(|[foot, _]| foot.1).collect(),
            Layer::Across(y, _) => vec![*y],
            _ => Vec::new(),
        }
    }
}

impl Line {
    /// Width of the last stair or bar: that of the one before.
    pub(super) fn last_width(&self) -> f64 {
        match &self.points[..] {
            [.., a, b] => b.0 - a.0,
            _ => 1.0,
        }
    }
}
