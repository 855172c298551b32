//! A speed between two P-states.

/// Two P-states that together have the speed that is asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Emulated {
    /// The slower one, by its number.
    pub slower: usize,
    /// The faster one.
    pub faster: usize,
    /// Share of time in the faster one.
    pub share: f64,
    /// Mean power.
    pub power: f64,
}

/// The two neighbours in a table of (speed, power), ascending in speed, whose mixture over time has `speed`. Where power
/// is convex in speed no other mixture draws less (Ishihara & Yasuura, ISLPED 1998). `None` outside the table.
pub fn emulate(states: &[(f64, f64)], speed: f64) -> Option<Emulated> {
    let faster = states.iter().position(|(s, _)| *s >= speed)?;
    let (high, above) = states.get(faster).copied()?;
    if high == speed {
        return Some(Emulated { slower: faster, faster, share: 1.0, power: above });
    }
    let slower = faster.checked_sub(1)?;
    let (low, below) = states.get(slower).copied()?;
    let share = (speed - low) / (high - low);
    Some(Emulated { slower, faster, share, power: below + share * (above - below) })
}
