//! Loss systems whose customers hold different amounts of one resource.

use super::non_negative;

/// The blocking of each class where class `i` holds `sizes[i]` of `capacity` units of one resource and offers `loads[i] =
/// lambda_i E[S_i]`, and whoever does not fit is lost.
///
/// `j q(j) = Σ a_i b_i q(j − b_i)`, `B_i = Σ_{j > C − b_i} q(j)` with `Σ q = 1` (Kaufman, IEEE Trans. Commun. 29, 1981;
/// Roberts 1981). Insensitive to the holding times beyond their means. The weights are scaled down as they grow, so that
/// none overflows.
pub fn kaufman_roberts(capacity: usize, sizes: &[usize], loads: &[f64]) -> Option<Vec<f64>> {
    let proper = sizes.len() == loads.len() && non_negative(loads) && sizes.iter().all(|b| *b > 0);
    if !proper || capacity > 1 << 24 {
        return None;
    }
    let mut q = vec![1.0];
    let mut sum = 1.0;
    for j in 1..=capacity {
        let reaching = sizes.iter().zip(loads).filter(|(b, _)| **b <= j);
        let weight = reaching.map(|(b, a)| a * *b as f64 * q[j - b]).sum::<f64>() / j as f64;
        q.push(weight);
        sum += weight;
        if sum > 1e200 {
            q.iter_mut().for_each(|w| *w /= sum);
            sum = 1.0;
        }
    }
    let blocking = |b: &usize| q.iter().skip((capacity + 1).saturating_sub(*b)).sum::<f64>() / sum;
    Some(sizes.iter().map(blocking).collect())
}

#[cfg(test)]
mod tests {
    use super::super::{close, erlang_b};
    use super::*;

    /// C = 3, sizes 1 and 2, loads 1 and 1/2. Weights: q(0) = 1; q(1) = 1; 2 q(2) = q(1) + 1·q(0) = 2, so 1;
    /// 3 q(3) = q(2) + q(1) = 2, so 2/3. Sum 11/3. B of 1: q(3) = (2/3)/(11/3) = 2/11; of 2: (1 + 2/3)/(11/3) = 5/11.
    #[test]
    fn two_sizes_by_hand() {
        let blocking = kaufman_roberts(3, &[1, 2], &[1.0, 0.5]).unwrap();
        close(blocking[0], 2.0 / 11.0);
        close(blocking[1], 5.0 / 11.0);
    }

    #[test]
    fn one_size_is_erlang_b() {
        close(kaufman_roberts(10, &[1], &[5.0]).unwrap()[0], erlang_b(10, 5.0).unwrap());
        // Three at a time of eleven: room for three.
        close(kaufman_roberts(11, &[3], &[2.0]).unwrap()[0], erlang_b(3, 2.0).unwrap());
        // Weights beyond the range of doubles.
        close(kaufman_roberts(2000, &[1], &[1900.0]).unwrap()[0], erlang_b(2000, 1900.0).unwrap());
    }

    #[test]
    fn what_is_too_large_is_always_lost() {
        close(kaufman_roberts(2, &[1, 5], &[1.0, 1.0]).unwrap()[1], 1.0);
        assert_eq!(kaufman_roberts(2, &[0], &[1.0]), None);
        assert_eq!(kaufman_roberts(2, &[1], &[]), None);
    }
}
