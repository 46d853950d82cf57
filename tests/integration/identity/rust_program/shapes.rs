trait Shape {
    fn area(&self, scale: f64) -> f64;
    fn edge(&self, scale: f64) -> f64;
}

struct Square(f64);
struct Circle(f64);

impl Shape for Square {
    fn area(&self, scale: f64) -> f64 {
        self.0 * self.0 * scale
    }
    fn edge(&self, scale: f64) -> f64 {
        4.0 * self.0 + scale
    }
}

impl Shape for Circle {
    fn area(&self, scale: f64) -> f64 {
        3.14 * self.0 * self.0 + scale
    }
    fn edge(&self, scale: f64) -> f64 {
        6.28 * self.0 * scale
    }
}

#[inline(never)]
fn measure(shape: &dyn Shape, count: u64) -> f64 {
    let mut sum = 0.0;
    for i in 0..count {
        sum += shape.area(i as f64) - shape.edge(0.5);
    }
    sum
}

#[inline(never)]
pub fn areas(count: u64) -> f64 {
    let shapes: Vec<Box<dyn Shape>> = vec![Box::new(Square(2.0)), Box::new(Circle(1.5))];
    shapes.iter().map(|shape| measure(shape.as_ref(), count)).sum()
}
