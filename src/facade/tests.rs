//! Expected values worked out by hand from the rules in the module's documentation.

use super::*;

fn task(id: u64, priority: u32, seconds: u64, memory_requirement: u64) -> Task {
    Task { id, priority, execution_time: Duration::from_secs(seconds), memory_requirement }
}

fn run(config: XpuOptimizerConfig, tasks: &[Task]) -> XpuReport {
    let mut optimizer = XpuOptimizer::new(config).unwrap();
    for task in tasks {
        optimizer.add_task(task.clone()).unwrap();
    }
    optimizer.run().unwrap()
}

fn two_units() -> XpuOptimizerConfig {
    XpuOptimizerConfig { num_processing_units: 2, ..XpuOptimizerConfig::default() }
}

/// (id, start, finish) in milliseconds.
fn times(report: &XpuReport) -> Vec<(u64, u128, u128)> {
    report.tasks.iter().map(|t| (t.id, t.start.as_millis(), t.finish.as_millis())).collect()
}

#[test]
fn one_task_on_four_units() {
    let report = run(XpuOptimizerConfig::default(), &[task(1, 2, 5, 200)]);
    // 0.1 s at half speed does 0.05 s of work; the other 4.95 s run at full speed.
    assert_eq!(times(&report), [(1, 0, 5050)]);
    // 0.1 s x 40 W + 4.95 s x 100 W, and three idle units of 20 W for 5.05 s.
    assert!((report.energy - (4.0 + 495.0 + 303.0)).abs() < 1e-6, "{}", report.energy);
    assert!((report.utilization - 0.25).abs() < 1e-9, "{}", report.utilization);
    assert_eq!((report.completed, report.mean_wait), (1, Duration::ZERO));
    assert_eq!(report.makespan, Duration::from_millis(5050));
}

#[test]
fn the_most_urgent_go_first() {
    let tasks = [task(1, 1, 4, 0), task(2, 2, 2, 0), task(3, 3, 3, 0)];
    let report = run(two_units(), &tasks);
    // 3 and 2 begin; each loses 0.05 s in its first 0.1 s. 1 follows 2 on a unit that was fully
    // loaded, at full speed.
    assert_eq!(times(&report), [(2, 0, 2050), (3, 0, 3050), (1, 2050, 6050)]);
    assert_eq!(report.mean_wait, Duration::from_nanos(2_050_000_000 / 3));
    // Busy for 3.05 s and 6.05 s of 2 x 6.05 s.
    assert!((report.utilization - 9.1 / 12.1).abs() < 1e-9, "{}", report.utilization);
    // Two slow starts, the rest at 100 W, and 3 s idle.
    assert!((report.energy - (2.0 * 4.0 + 8.9 * 100.0 + 3.0 * 20.0)).abs() < 1e-6, "{}", report.energy);
}

#[test]
fn the_shortest_go_first() {
    let config = XpuOptimizerConfig { scheduler_type: SchedulerType::AiPredictive, ..two_units() };
    let tasks = [task(1, 9, 4, 0), task(2, 1, 2, 0), task(3, 1, 3, 0)];
    assert_eq!(times(&run(config, &tasks)), [(2, 0, 2050), (3, 0, 3050), (1, 2050, 6050)]);
}

#[test]
fn the_pool_is_shared() {
    let config = XpuOptimizerConfig { memory_pool_size: 1000, ..two_units() };
    for memory_manager_type in [MemoryManagerType::Simple, MemoryManagerType::Dynamic] {
        let config = XpuOptimizerConfig { memory_manager_type, ..config.clone() };
        let both_fit = run(config.clone(), &[task(1, 0, 2, 500), task(2, 0, 2, 500)]);
        assert_eq!(times(&both_fit), [(1, 0, 2050), (2, 0, 2050)]);
        // The second waits for memory, then begins on the other unit, in the lowest state until the
        // tick at 2.1 s, which finds a load of 0.5: middle speed for 0.1 s. 0.025 + 0.075 s are done
        // at 2.2 s, the other 1.9 s run at full speed.
        let one_waits = run(config, &[task(1, 0, 2, 600), task(2, 0, 2, 500)]);
        assert_eq!(times(&one_waits), [(1, 0, 2050), (2, 2050, 4100)]);
    }
}

#[test]
fn thresholds_differ() {
    // As above, but the first takes 2.02 s, so ends at 2.07 s, and the tick sees a load of 0.3: middle by
    // default, middle if aggressive, lowest if conservative.
    let tasks = |ms| [Task { execution_time: Duration::from_millis(ms), ..task(1, 0, 0, 600) }, task(2, 0, 2, 600)];
    let finish = |power_management_policy, ms| {
        let config = XpuOptimizerConfig { power_management_policy, ..two_units() };
        times(&run(config, &tasks(ms)))[1].2
    };
    use PowerManagementPolicy::{Aggressive, Conservative, Default};
    // Done by 2.1 s: 0.015 s; by 2.2 s: 0.09 s, and 1.91 s to go.
    assert_eq!(finish(Default, 2020), 4110);
    assert_eq!(finish(Aggressive, 2020), 4110);
    // Done by 2.2 s: 0.065 s, and 1.935 s to go.
    assert_eq!(finish(Conservative, 2020), 4135);
    // Start at 2.03 s, load 0.7: middle by default, highest if aggressive, middle if conservative.
    // Done by 2.1 s: 0.035 s; then 1.965 s at full speed, or 0.075 s by 2.2 s and 1.89 s to go.
    assert_eq!([Default, Aggressive, Conservative].map(|p| finish(p, 1980)), [4090, 4065, 4090]);
}

#[test]
fn the_cloud_has_room_for_all() {
    let config = XpuOptimizerConfig { cloud_offloading_policy: CloudOffloadingPolicy::Always, ..two_units() };
    let report = run(config, &[task(1, 0, 5, 0), task(2, 0, 5, 0), task(3, 0, 5, 0)]);
    assert_eq!(times(&report), [(1, 50, 5050), (2, 50, 5050), (3, 50, 5050)]);
    assert!(report.tasks.iter().all(|t| t.unit.is_none()));
    // By default those leave that find 2 x 4 in line: the ninth and the tenth.
    let line: Vec<Task> = (1..=10).map(|id| task(id, 0, 1, 0)).collect();
    let cloud = |r: XpuReport| r.tasks.iter().filter(|t| t.unit.is_none()).map(|t| t.id).collect::<Vec<_>>();
    assert_eq!(cloud(run(two_units(), &line)), [9, 10]);
    let never = XpuOptimizerConfig { cloud_offloading_policy: CloudOffloadingPolicy::Never, ..two_units() };
    assert_eq!(cloud(run(never, &line)), [0; 0]);
}

#[test]
fn every_combination_runs() {
    let tasks: Vec<Task> = (0..20).map(|id| task(id, id as u32 % 3, 1 + id % 7, 100 * (id % 5))).collect();
    for scheduler in ["round-robin", "load-balancing", "ai-predictive"] {
        for adaptive in ["default", "last-two", "bandit"] {
            for power in ["default", "aggressive", "conservative"] {
                let config = XpuOptimizerConfig {
                    scheduler_type: scheduler.parse().unwrap(),
                    adaptive_optimization_policy: adaptive.parse().unwrap(),
                    power_management_policy: power.parse().unwrap(),
                    ..two_units()
                };
                assert_eq!(run(config, &tasks).completed, 20, "{scheduler} {adaptive} {power}");
            }
        }
    }
}

#[test]
fn words_are_read_in_any_dress() {
    for text in ["AI-Predictive", "ai_predictive", "AiPredictive", " ai predictive "] {
        assert_eq!(text.parse::<SchedulerType>().unwrap(), SchedulerType::AiPredictive, "{text}");
    }
    assert_eq!("ALWAYS".parse::<CloudOffloadingPolicy>().unwrap().to_string(), "always");
    let error = "fastest".parse::<SchedulerType>().unwrap_err().to_string();
    assert_eq!(error, "unknown scheduler type `fastest`, expected one of: round-robin, load-balancing, ai-predictive");
}

#[test]
fn what_cannot_be_is_refused() {
    let no_units = XpuOptimizerConfig { num_processing_units: 0, ..XpuOptimizerConfig::default() };
    assert!(matches!(XpuOptimizer::new(no_units), Err(OptimizerError::NoUnits)));
    for memory_pool_size in [0, u64::MAX] {
        let config = XpuOptimizerConfig { memory_pool_size, ..XpuOptimizerConfig::default() };
        assert!(matches!(XpuOptimizer::new(config), Err(OptimizerError::Pool(_))));
    }
    let mut optimizer = XpuOptimizer::new(XpuOptimizerConfig::default()).unwrap();
    assert!(matches!(optimizer.run(), Err(OptimizerError::NoTasks)));
    assert!(matches!(optimizer.add_task(task(1, 0, 1, 1025)), Err(OptimizerError::TooLarge(1, 1025, 1024))));
    assert!(matches!(optimizer.add_task(task(1, 0, u64::MAX, 0)), Err(OptimizerError::TooLong(1))));
    // A refused task leaves no trace: its id is still free.
    optimizer.add_task(task(1, 0, 1, 1024)).unwrap();
    assert!(matches!(optimizer.add_task(task(1, 0, 1, 0)), Err(OptimizerError::DuplicateId(1))));
    assert_eq!(optimizer.run().unwrap(), optimizer.run().unwrap());
}

#[test]
fn a_task_of_no_length_ends_at_once() {
    let report = run(XpuOptimizerConfig::default(), &[task(7, 0, 0, 0)]);
    assert_eq!(times(&report), [(7, 0, 0)]);
    assert!(report.to_string().contains("unit 0"), "{report}");
}
