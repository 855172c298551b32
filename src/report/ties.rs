//! `ties.csv`: how far each metric moves when ties are decided by lot.

use crate::experiment::TieRange;

/// The CSV text: `variant,metric,documented,shuffled_low,shuffled_high,movement`.
///
/// # Errors
/// Never in practice: it writes to memory.
pub fn csv(ranges: &[TieRange]) -> Result<Vec<u8>, csv::Error> {
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record(["variant", "metric", "documented", "shuffled_low", "shuffled_high", "movement"])?;
    for r in ranges {
        let movement = r.movement();
        let cells = [r.documented, r.low, r.high].map(|x| (x + 0.0).to_string());
        let [documented, low, high] = cells;
        // Of a metric that was 0 no part can be told.
        let movement = if movement.is_finite() { movement.to_string() } else { String::new() };
        out.write_record([&r.variant, &r.metric, &documented, &low, &high, &movement])?;
    }
    out.into_inner().map_err(|e| e.into_error().into())
}
