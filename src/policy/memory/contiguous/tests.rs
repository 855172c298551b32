//! Placements by hand, and against memory byte by byte.

use super::*;
use crate::policy::memory::naive::{self, Rule};
use proptest::prelude::*;

/// Addresses of a written sequence: `(id, size)` with a size asks, with 0 releases the block of that id.
fn places<F: Fit>(capacity: u64, sequence: &[(usize, u64)]) -> Vec<Option<u64>> {
    let mut space = Contiguous::<F>::new(Bytes(capacity), 1);
    let mut blocks = [None; 16];
    let mut found = Vec::new();
    for &(id, size) in sequence {
        match size {
            0 => space.release(blocks[id].take().unwrap()),
            _ => {
                blocks[id] = space.allocate(Bytes(size));
                found.push(blocks[id].and_then(|b| space.address(b)));
            }
        }
        assert_eq!(space.check(), Ok(()));
    }
    found
}

/// The textbook's holes (Silberschatz, Galvin & Gagne, exercise on 115, 500, 358, 200 and 375 for holes of 300, 600,
/// 350, 200, 750 and 125, here with walls of 1 between them): they start at 0, 301, 902, 1253, 1454 and 2205.
fn textbook<F: Fit>() -> Vec<Option<u64>> {
    let mut sequence = Vec::new();
    for (i, hole) in [300, 600, 350, 200, 750, 125].into_iter().enumerate() {
        sequence.push((i, hole));
        sequence.push((15, 1));
    }
    sequence.extend((0..6).map(|i| (i, 0)));
    sequence.extend([115, 500, 358, 200, 375].map(|size| (6, size)));
    places::<F>(2331, &sequence).split_off(12)
}

/// First fit: 115 in 300 at 0; 500 in 600 at 301; 358 in 750 at 1454; 200 in 350 at 902, because 300 has 185 left;
/// 375 in the 392 left of 750, at 1454 + 358 = 1812.
#[test]
fn first_fit_takes_the_lowest_hole() {
    assert_eq!(textbook::<FirstFit>(), [0, 301, 1454, 902, 1812].map(Some));
}

/// Best fit: 115 in 125 at 2205; 500 in 600 at 301; 358 in 750 at 1454; 200 in 200 at 1253; 375 in the 392 left of 750.
#[test]
fn best_fit_takes_the_smallest_hole() {
    assert_eq!(textbook::<BestFit>(), [2205, 301, 1454, 1253, 1812].map(Some));
}

/// Worst fit: 115 in 750 at 1454, 635 left; 500 there too, at 1569, 135 left; 358 in 600 at 301, 242 left; 200 in 350 at
/// 902; 375 nowhere: the largest hole has 300.
#[test]
fn worst_fit_takes_the_largest_hole() {
    assert_eq!(textbook::<WorstFit>(), [Some(1454), Some(1569), Some(301), Some(902), None]);
}

/// Next fit: the last block was the wall at 2330, so the first search begins again at 0. 115 at 0. 500 from 115 on: 600
/// at 301. 358 from 801 on: 750 at 1454. 200 from 1812 on: in the 392 left there. 375 from 2012 on: 192 are left here,
/// 125 above; from the start again 185, 100, 350, 200: nowhere.
#[test]
fn next_fit_goes_on_from_the_last_block() {
    assert_eq!(textbook::<NextFit>(), [Some(0), Some(301), Some(1454), Some(1812), None]);
}

/// A 0..30, B 30..50, C 50..80, D 80..90 of 100. C and B go: hole 30..80. E = 5 asked after D: at 90, the end of D, where
/// first fit takes 30. F = 10: nothing from 95 on, so round again: 30. B and C were one hole, so G = 35 follows at 40.
/// F goes: H = 8 finds 5 bytes from 75 on and 5 at 95, and so 30 after another turn. First fit has E at 30, F at 35, G at
/// 45, and H where F was.
#[test]
fn next_fit_goes_round() {
    let sequence = [(0, 30), (1, 20), (2, 30), (3, 10), (2, 0), (1, 0), (4, 5), (5, 10), (6, 35), (5, 0), (7, 8)];
    let at = |places: Vec<Option<u64>>| places.into_iter().map(Option::unwrap).collect::<Vec<u64>>();
    assert_eq!(at(places::<NextFit>(100, &sequence)), [0, 30, 50, 80, 90, 30, 40, 30]);
    assert_eq!(at(places::<FirstFit>(100, &sequence)), [0, 30, 50, 80, 30, 35, 45, 35]);
}

/// Blocks of 10: 25 take 30 and 1 takes 10, from 105 of which 100 can be used.
#[test]
fn lengths_and_addresses_are_multiples_of_the_alignment() {
    let mut space = Contiguous::<FirstFit>::new(Bytes(105), 10);
    let (a, b) = (space.allocate(Bytes(25)).unwrap(), space.allocate(Bytes(1)).unwrap());
    assert_eq!((a.length, b.length, space.address(b), space.free()), (30, 10, Some(30), Bytes(60)));
    assert!(space.fits(Bytes(60)) && !space.fits(Bytes(61)));
    assert!(!space.fits(Bytes(u64::MAX)));
}

/// Four of 20 in 100; the first and the third go. Above the lowest hole, at 0, lie two blocks of 20: 40 are moved. Then
/// the second lies at 0, the fourth at 20, and all that is free is one hole of 60.
#[test]
fn compaction_moves_what_lies_above_the_lowest_hole() {
    let mut space = Contiguous::<FirstFit>::new(Bytes(100), 1);
    let blocks = [20; 4].map(|size| space.allocate(Bytes(size)).unwrap());
    assert_eq!(space.to_move(), Some(Bytes(0)));
    space.release(blocks[0]);
    space.release(blocks[2]);
    assert_eq!((space.to_move(), space.largest_free()), (Some(Bytes(40)), Bytes(20)));
    space.compact();
    assert_eq!([blocks[1], blocks[3]].map(|b| space.address(b)), [Some(0), Some(20)]);
    assert_eq!((space.largest_free(), space.to_move(), space.check()), (Bytes(60), Some(Bytes(0)), Ok(())));
    space.release(blocks[1]);
    assert_eq!(space.allocate(Bytes(60)).and_then(|b| space.address(b)), Some(40));
}

/// A full memory and an empty one have nothing to move.
#[test]
fn nothing_is_moved_where_there_is_no_hole_below_a_block() {
    let mut space = Contiguous::<BestFit>::new(Bytes(10), 1);
    assert_eq!(space.to_move(), Some(Bytes(0)));
    space.allocate(Bytes(10)).unwrap();
    assert_eq!(space.to_move(), Some(Bytes(0)));
    space.compact();
    assert_eq!(space.check(), Ok(()));
}

proptest! {
    #[test]
    fn first_fit_places_as_the_slow_one(capacity in 1u64..300, align in 1u64..9, moves in naive::moves()) {
        naive::agree(Contiguous::<FirstFit>::new(Bytes(capacity), align), naive::Fit::new(capacity, align, Rule::First), &moves)?;
    }

    #[test]
    fn best_fit_places_as_the_slow_one(capacity in 1u64..300, align in 1u64..9, moves in naive::moves()) {
        naive::agree(Contiguous::<BestFit>::new(Bytes(capacity), align), naive::Fit::new(capacity, align, Rule::Best), &moves)?;
    }

    #[test]
    fn worst_fit_places_as_the_slow_one(capacity in 1u64..300, align in 1u64..9, moves in naive::moves()) {
        naive::agree(Contiguous::<WorstFit>::new(Bytes(capacity), align), naive::Fit::new(capacity, align, Rule::Worst), &moves)?;
    }

    #[test]
    fn next_fit_places_as_the_slow_one(capacity in 1u64..300, align in 1u64..9, moves in naive::moves()) {
        naive::agree(Contiguous::<NextFit>::new(Bytes(capacity), align), naive::Fit::new(capacity, align, Rule::Next), &moves)?;
    }

    #[test]
    fn compaction_loses_no_block(moves in naive::moves()) {
        let mut space = Contiguous::<BestFit>::new(Bytes(200), 1);
        let mut live = Vec::new();
        for (take, size) in moves {
            if take {
                live.extend(space.allocate(Bytes(size)));
            } else if !live.is_empty() {
                space.release(live.swap_remove(size as usize % live.len()));
            }
            let free = space.free();
            space.compact();
            prop_assert_eq!((space.check(), space.free(), space.largest_free()), (Ok(()), free, free));
        }
    }
}
