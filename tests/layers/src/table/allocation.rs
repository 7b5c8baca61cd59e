//! No pass allocates.

use allocation_counter::measure;
use typednet_tensor::Key;

use super::cases::table;

#[test]
fn no_pass_allocates() {
    // The first use of a lane reads an environment variable, which allocates.
    let _ = typednet_tensor::simd::lane();
    for mut subject in table::<f32>() {
        for rows in [1, 7, 64] {
            let name = format!("{} over {rows} rows", subject.name());
            subject.draw(rows, Key::new(0));
            let passes = measure(|| {
                subject.gradient();
                subject.gradient_with_input();
                subject.forward();
                subject.infer();
                subject.predict();
                subject.evaluate();
            });
            assert_eq!(passes.count_total, 0, "{name}");
        }
    }
}

#[test]
fn the_counter_counts() {
    assert_eq!(measure(|| drop(std::hint::black_box(vec![0_u8; 100]))).count_total, 1);
}
