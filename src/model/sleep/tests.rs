//! Break-even times by hand.

use super::*;
use crate::catalogue::DeviceSpec;
use crate::json::inner;

/// Idle 10 W, with these sleep states.
fn device(sleep: serde_json::Value) -> Device {
    let text = serde_json::json!({"kind": "cpu", "power": {"idle": 10, "active": 30}, "sleep": sleep});
    inner::<DeviceSpec>(text).unwrap().build("own")
}

fn state(power: f64, (entry, entry_power): (f64, f64), (wake, wake_power): (f64, f64)) -> serde_json::Value {
    serde_json::json!({"power": power, "entry": entry, "wake": wake, "entry_power": entry_power, "wake_power": wake_power})
}

fn ns(nanos: u64) -> Option<SimDuration> {
    Some(SimDuration::from_nanos(nanos))
}

fn step(state: u8, nanos: u64) -> Option<Descent> {
    Some(Descent { state, after: SimDuration::from_nanos(nanos) })
}

/// E_d + E_u = 2·20 + 3·20 = 100 J over 5 s; (100 − 1·5) / (10 − 1) = 95/9 s, rounded up.
#[test]
fn break_even_is_where_the_saving_has_paid_for_the_transitions() {
    let device = device(state(1.0, (2.0, 20.0), (3.0, 20.0)));
    assert_eq!(device.break_even(0), ns(10_555_555_556));
    assert_eq!(device.next_descent(None), step(0, 10_555_555_556));
    assert_eq!((device.break_even(1), device.next_descent(Some(0))), (None, None));
}

/// Entering 1 s at 6 W and waking 3 s at 40 W are 126 J in 4 s; (126 − 2·4) / (10 − 2) = 118/8 s. Were both at 40 W, it
/// would be (160 − 8) / 8 s.
#[test]
fn entering_and_waking_have_powers_of_their_own() {
    assert_eq!(device(state(2.0, (1.0, 6.0), (3.0, 40.0))).break_even(0), ns(14_750_000_000));
    let both = serde_json::json!({"power": 2, "entry": 1, "wake": 3, "wake_power": 40});
    assert_eq!(device(both).break_even(0), ns(19_000_000_000));
}

/// Transitions at 5 W are cheap: (20 − 2·4) / 8 = 1.5 s, but no idle period is shorter than going and coming, 4 s.
#[test]
fn break_even_is_no_shorter_than_going_and_coming() {
    assert_eq!(device(state(2.0, (1.0, 5.0), (3.0, 5.0))).break_even(0), ns(4_000_000_000));
}

/// Asleep it draws no less than idle: it never pays.
#[test]
fn a_state_that_saves_nothing_never_pays() {
    let device = device(state(10.0, (0.0, 0.0), (1.0, 1.0)));
    assert_eq!((device.break_even(0), device.next_descent(None)), (None, None));
}

/// Awake 10 t; light 28 − 4·2 + 4 t = 20 + 4 t; deep 120 − 1·10 + t = 110 + t. Awake and light cross at 20/6 s, awake and
/// deep at 110/9 s, light and deep at 90/3 = 30 s: the envelope is awake, light, deep.
#[test]
fn the_envelope_of_two_states_goes_through_both() {
    let light = state(4.0, (0.0, 0.0), (2.0, 14.0));
    let deep = state(1.0, (0.0, 0.0), (10.0, 12.0));
    let device = device(serde_json::json!([light, deep]));
    assert_eq!((device.break_even(0), device.break_even(1)), (ns(3_333_333_334), ns(12_222_222_223)));
    assert_eq!(device.next_descent(None), step(0, 3_333_333_334));
    assert_eq!(device.next_descent(Some(0)), step(1, 30_000_000_000));
    assert_eq!(device.next_descent(Some(1)), None);
    assert_eq!(device.deepest(), Some(1));
}

/// Deep is 20·1 − 1·1 + t = 19 + t, below light from the start: awake and deep cross at 19/9 s, before 20/6 s.
#[test]
fn a_state_above_the_envelope_is_left_out() {
    let light = state(4.0, (0.0, 0.0), (2.0, 14.0));
    let deep = state(1.0, (0.0, 0.0), (1.0, 20.0));
    let device = device(serde_json::json!([light, deep]));
    assert_eq!(device.next_descent(None), step(1, 2_111_111_112));
    assert_eq!(device.next_descent(Some(1)), None);
}

/// Both cost the same from the same instant on: 20 + 4 t twice would never differ, 20/6 s is 3.333333334 s for both.
#[test]
fn of_two_states_that_pay_at_once_the_deeper_one_is_taken() {
    let light = state(4.0, (0.0, 0.0), (2.0, 14.0));
    let device = device(serde_json::json!([light, light]));
    assert_eq!(device.next_descent(None), step(1, 3_333_333_334));
}

/// A drawn wake-up time counts with its mean: (3·20 − 3) / 9 s.
#[test]
fn a_drawn_wake_up_counts_with_its_mean() {
    let drawn =
        serde_json::json!({"power": 1, "entry": 0, "wake": {"dist": "exponential", "mean": 3}, "wake_power": 20});
    assert_eq!(device(drawn).break_even(0), ns(6_333_333_334));
}
