//! The three standard variates that everything else is made of: unit uniform, unit exponential,
//! standard normal.

use std::sync::LazyLock;

use rand::Rng;

use crate::rng::StreamRng;

/// Uniform in the open interval (0, 1): odd multiples of 2^-53, so neither 0 nor 1 can occur and a
/// logarithm of it is finite.
#[inline]
pub(super) fn unit(rng: &mut StreamRng) -> f64 {
    unit_of(rng.next_u64())
}

/// The upper 52 bits of `bits` as a number in (0, 1).
#[inline]
fn unit_of(bits: u64) -> f64 {
    const STEP: f64 = 1.0 / (1u64 << 52) as f64;
    ((bits >> 12) as f64 + 0.5) * STEP
}

/// Layers of the ziggurat.
const LAYERS: usize = 256;
/// Where the tail starts, and the area of one layer (Marsaglia & Tsang 2000, for 256 layers).
const TAIL: f64 = 7.697_117_470_131_05;
const AREA: f64 = 0.003_949_659_822_581_557;

/// Right edges of the layers (descending, the first widened to hold the tail's area) and the density there.
struct Ziggurat {
    edge: [f64; LAYERS + 1],
    density: [f64; LAYERS + 1],
}

static ZIGGURAT: LazyLock<Ziggurat> = LazyLock::new(|| {
    let mut edge = [0.0; LAYERS + 1];
    let mut x = TAIL;
    for (layer, slot) in edge.iter_mut().enumerate() {
        match layer {
            0 => *slot = AREA * libm::exp(TAIL),
            LAYERS => *slot = 0.0,
            _ => {
                *slot = x;
                x = -libm::log(AREA / x + libm::exp(-x));
            }
        }
    }
    Ziggurat { edge, density: edge.map(|x| libm::exp(-x)) }
});

/// Exponential with mean 1, by the ziggurat method (Marsaglia & Tsang, J. Statistical Software 5(8),
/// 2000): 98.9 % of the draws cost one multiplication, against a logarithm each for inversion.
#[inline]
pub(super) fn exponential(rng: &mut StreamRng) -> f64 {
    let table = &*ZIGGURAT;
    loop {
        let bits = rng.next_u64();
        // The low byte picks the layer; the upper 52 bits, disjoint from it, the place inside.
        let layer = (bits & 0xff) as usize;
        let x = unit_of(bits) * table.edge[layer];
        if x < table.edge[layer + 1] {
            return x;
        }
        if layer == 0 {
            // Memoryless: what lies beyond the tail's start is exponential again.
            return TAIL - libm::log(unit(rng));
        }
        let (low, high) = (table.density[layer], table.density[layer + 1]);
        if low + (high - low) * unit(rng) < libm::exp(-x) {
            return x;
        }
    }
}

/// Standard normal by inversion, so monotone in its one draw.
#[inline]
pub(super) fn normal(rng: &mut StreamRng) -> f64 {
    normal_quantile(unit(rng))
}

/// The polynomial with `coefficients` from the highest power down.
#[inline]
fn polynomial(x: f64, coefficients: [f64; 8]) -> f64 {
    coefficients.into_iter().fold(0.0, |sum, c| sum * x + c)
}

/// The standard normal quantile of `p` in (0, 1), to about 1e-15 relative.
///
/// Algorithm AS 241, PPND16 (Wichura, Applied Statistics 37, 1988): a rational function in the
/// middle 85 %, and one of `sqrt(-ln p)` in each tail.
#[inline]
pub fn normal_quantile(p: f64) -> f64 {
    let q = p - 0.5;
    if q.abs() <= 0.425 {
        let r = 0.180625 - q * q;
        return q * polynomial(r, MIDDLE.0) / polynomial(r, MIDDLE.1);
    }
    let r = (-libm::log(p.min(1.0 - p))).sqrt();
    let (s, (top, bottom)) = if r <= 5.0 { (r - 1.6, TAIL_NEAR) } else { (r - 5.0, TAIL_FAR) };
    let z = polynomial(s, top) / polynomial(s, bottom);
    if q < 0.0 { -z } else { z }
}

/// Numerator and denominator of a rational approximation.
type Rational = ([f64; 8], [f64; 8]);

const MIDDLE: Rational = (
    [
        2.509_080_928_730_122_7e3,
        3.343_057_558_358_813e4,
        6.726_577_092_700_87e4,
        4.592_195_393_154_987e4,
        1.373_169_376_550_946e4,
        1.971_590_950_306_551_3e3,
        1.331_416_678_917_843_8e2,
        3.387_132_872_796_366_5,
    ],
    [
        5.226_495_278_852_854e3,
        2.872_908_573_572_194_3e4,
        3.930_789_580_009_271e4,
        2.121_379_430_158_66e4,
        5.394_196_021_424_751e3,
        6.871_870_074_920_579e2,
        4.231_333_070_160_091e1,
        1.0,
    ],
);

const TAIL_NEAR: Rational = (
    [
        7.745_450_142_783_414e-4,
        2.272_384_498_926_918_4e-2,
        2.417_807_251_774_506e-1,
        1.270_458_252_452_368_4,
        3.647_848_324_763_204_5,
        5.769_497_221_460_691,
        4.630_337_846_156_546,
        1.423_437_110_749_683_5,
    ],
    [
        1.050_750_071_644_416_9e-9,
        5.475_938_084_995_345e-4,
        1.519_866_656_361_645_7e-2,
        1.481_039_764_274_800_8e-1,
        6.897_673_349_851e-1,
        1.676_384_830_183_803_8,
        2.053_191_626_637_759,
        1.0,
    ],
);

const TAIL_FAR: Rational = (
    [
        2.010_334_399_292_288_1e-7,
        2.711_555_568_743_487_6e-5,
        1.242_660_947_388_078_4e-3,
        2.653_218_952_657_612_4e-2,
        2.965_605_718_285_048_7e-1,
        1.784_826_539_917_291_3,
        5.463_784_911_164_114,
        6.657_904_643_501_103,
    ],
    [
        2.044_263_103_389_939_8e-15,
        1.421_511_758_316_446e-7,
        1.846_318_317_510_054_8e-5,
        7.868_691_311_456_133e-4,
        1.487_536_129_085_061_5e-2,
        1.369_298_809_227_358e-1,
        5.998_322_065_558_88e-1,
        1.0,
    ],
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unit_never_reaches_its_ends() {
        assert_eq!(unit_of(0), 2f64.powi(-53));
        assert_eq!(unit_of(u64::MAX), 1.0 - 2f64.powi(-53));
    }

    #[test]
    fn the_ziggurat_closes_at_its_top() {
        // Every layer has the same area; the top one must end exactly at density 1.
        let table = &*ZIGGURAT;
        let x = table.edge[LAYERS - 1];
        assert!((x * (1.0 - libm::exp(-x)) - AREA).abs() < 1e-12);
        assert!(table.edge.windows(2).all(|e| e[0] > e[1]));
        // The bottom layer is a rectangle and the tail, whose area is exp(-TAIL).
        assert!((TAIL * libm::exp(-TAIL) + libm::exp(-TAIL) - AREA).abs() < 1e-15);
    }

    #[test]
    fn wedges_and_tail_of_the_ziggurat_have_their_shares() {
        // Rare branches (1 % and 0.05 % of the draws) need many draws. Under a new seed the chi-square
        // test fails with probability 1e-5, the other two (4.5 standard errors) with 7e-6 each.
        const BINS: usize = 64;
        let n = 4_000_000;
        let mut rng = StreamRng::new(2026);
        let mut counts = [0.0; BINS];
        let (mut beyond, mut excess) = (0.0, 0.0);
        for _ in 0..n {
            let x = exponential(&mut rng);
            counts[(BINS as f64 * -libm::expm1(-x)) as usize] += 1.0;
            if x > TAIL {
                beyond += 1.0;
                excess += x - TAIL;
            }
        }
        let even = f64::from(n) / BINS as f64;
        let chi2: f64 = counts.iter().map(|c| (c - even) * (c - even) / even).sum();
        // The 1 - 1e-5 quantile for 63 degrees of freedom, by Wilson and Hilferty: 63 (1 - 2/567 + 4.265 sqrt(2/567))^3.
        assert!(chi2 < 123.0, "{chi2}");
        let expected = f64::from(n) * libm::exp(-TAIL);
        assert!((beyond - expected).abs() < 4.5 * expected.sqrt(), "{beyond} beyond the tail's start");
        assert!((excess / beyond - 1.0).abs() < 4.5 / beyond.sqrt(), "mean excess {}", excess / beyond);
    }

    #[test]
    fn the_normal_quantile_inverts_the_distribution_function() {
        // Phi(z) = erfc(-z/sqrt 2)/2, evaluated by another library, over both tails.
        for tenths in -80..=80 {
            let z = f64::from(tenths) / 10.0;
            let p = libm::erfc(-z / 2f64.sqrt()) / 2.0;
            // Near p = 1 a double has few digits left for 1 - p: compare what it can hold.
            let tolerance = 1e-14 + 2e-16 * (z * z / 2.0).exp() * 3.0;
            if p < 1.0 {
                assert!((normal_quantile(p) - z).abs() < tolerance * z.abs().max(1.0), "z = {z}");
            }
        }
        // 97.5 % point, any table.
        assert!((normal_quantile(0.975) - 1.959_963_984_540_054).abs() < 1e-14);
        assert!((normal_quantile(1e-15) + 7.941_345_326_170_998).abs() < 1e-12);
    }
}
