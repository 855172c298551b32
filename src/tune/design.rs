//! Points that fill the unit cube.

use rand::RngExt;

use crate::rng::{Purpose, StreamRng, Streams};

use super::space::{Candidate, Space};

/// The stream of draw number `number` of a search under `seed`. No simulation has such a stream, so a search changes
/// nothing of what the simulations draw.
pub(super) fn stream(seed: u64, number: u64) -> StreamRng {
    Streams::new(seed, 0).stream(Purpose::Tuning, number)
}

/// A Latin hypercube of `count` points (McKay, Beckman & Conover, Technometrics 21, 1979): each coordinate has one
/// point in each of `count` equal parts of [0, 1].
pub(super) fn latin_hypercube(count: usize, dimensions: usize, rng: &mut StreamRng) -> Vec<Vec<f64>> {
    let mut points = vec![Vec::with_capacity(dimensions); count];
    for _ in 0..dimensions {
        let mut parts: Vec<usize> = (0..count).collect();
        // Fisher and Yates.
        for i in (1..count).rev() {
            parts.swap(i, rng.random_range(0..=i));
        }
        for (point, part) in points.iter_mut().zip(parts) {
            point.push((part as f64 + rng.random::<f64>()) / count as f64);
        }
    }
    points
}

/// `count` different candidates that fill the space; all of them where there are no more.
pub(super) fn spread(space: &Space, count: usize, rng: &mut StreamRng) -> Vec<Candidate> {
    if space.size().is_some_and(|size| size <= count as u64) {
        return space.all();
    }
    let mut chosen: Vec<Candidate> = Vec::new();
    // Whole numbers and choices may fall together; a few more draws fill the gaps.
    for _ in 0..16 {
        for point in latin_hypercube(count, space.parameters.len(), rng) {
            let candidate = space.candidate(&point);
            if chosen.len() < count && !chosen.iter().any(|c| c.values == candidate.values) {
                chosen.push(candidate);
            }
        }
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_of_every_coordinate_has_one_point() {
        let points = latin_hypercube(17, 3, &mut stream(1, 0));
        for d in 0..3 {
            let mut parts: Vec<usize> = points.iter().map(|p| (p[d] * 17.0) as usize).collect();
            parts.sort_unstable();
            assert_eq!(parts, (0..17).collect::<Vec<_>>());
        }
        assert_eq!(points, latin_hypercube(17, 3, &mut stream(1, 0)));
        assert_ne!(points, latin_hypercube(17, 3, &mut stream(2, 0)));
    }

    #[test]
    fn candidates_are_different_and_a_small_space_is_tried_whole() {
        let space = |text: &str| Space { parameters: vec![text.parse().unwrap()] };
        assert_eq!(spread(&space("a=1:4:int"), 10, &mut stream(1, 0)).len(), 4);
        let some = spread(&space("a=1:12:int"), 10, &mut stream(1, 0));
        let mut values: Vec<i64> = some.iter().map(|c| c.values[0].as_i64().unwrap()).collect();
        values.sort_unstable();
        values.dedup();
        assert_eq!(values.len(), 10);
    }
}
