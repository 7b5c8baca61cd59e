//! Files that lie about their size cost no memory, and gathering a batch costs none at all.
#![allow(unsafe_code, reason = "an allocator that counts can be written in no other way")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use typednet_data::idx::Idx;
use typednet_data::{
    Augment, Augmented, ChannelScaled, ChannelStandard, DataError, Dataset, Image, Mixup, Noisy, OnDisk, Order, Source,
    idx,
};
use typednet_tensor::{Class, Key};

/// The system's allocator, with a count for each thread so that tests do not disturb one another.
struct Counting;

thread_local! {
    static LIVE: Cell<isize> = const { Cell::new(0) };
    static PEAK: Cell<isize> = const { Cell::new(0) };
    static CALLS: Cell<usize> = const { Cell::new(0) };
}

fn count(change: isize) {
    LIVE.set(LIVE.get() + change);
    PEAK.set(PEAK.get().max(LIVE.get()));
    CALLS.set(CALLS.get() + usize::from(change > 0));
}

// SAFETY: every call goes to the system's allocator unchanged; counting allocates nothing, since the counters are
// plain numbers with const beginnings and without destructors.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size().cast_signed());
        // SAFETY: the caller keeps the contract of `alloc`, which is the same here.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, start: *mut u8, layout: Layout) {
        count(-layout.size().cast_signed());
        // SAFETY: `start` came from `System` with this layout, since every allocation is passed on to it.
        unsafe { System.dealloc(start, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

/// The most bytes that `work` held at one time, and how often it asked for some.
fn measure<R>(work: impl FnOnce() -> R) -> (R, usize, usize) {
    let (live, calls) = (LIVE.get(), CALLS.get());
    PEAK.set(live);
    let result = work();
    (result, (PEAK.get() - live).unsigned_abs(), CALLS.get() - calls)
}

/// The header of `rows` images of 28×28.
fn header(rows: u32) -> Vec<u8> {
    [&[0, 0, 8, 3][..], &rows.to_be_bytes(), &[0, 0, 0, 28, 0, 0, 0, 28]].concat()
}

fn gzip(parts: impl Iterator<Item = Vec<u8>>) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    parts.for_each(|part| encoder.write_all(&part).unwrap());
    encoder.finish().unwrap()
}

const MIB: usize = 1 << 20;

#[test]
fn a_promise_costs_nothing() {
    let mut file = header(u32::MAX);
    file.extend([0; 14]);
    assert_eq!(file.len(), 30);
    for file in [file.clone(), gzip([file].into_iter())] {
        let (result, peak, _) = measure(|| Idx::new().limit(u64::MAX).images::<784>(&file[..]));
        assert!(matches!(result, Err(DataError::TooShort { promised: 3_367_254_359_280, found: 14 })));
        assert!(peak < MIB, "{peak} bytes for a file of {}", file.len());
    }
    let labels = [&[0, 0, 8, 1][..], &[255; 4], &[0; 22]].concat();
    let (result, peak, _) = measure(|| idx::read_labels::<10>(&labels[..]));
    assert!(matches!(result, Err(DataError::TooShort { promised: 4_294_967_295, found: 22 })));
    assert!(peak < MIB, "{peak} bytes");
}

#[test]
fn a_gzip_bomb_stops_after_what_its_header_promises() {
    let bomb = gzip([header(10)].into_iter().chain((0..64).map(|_| vec![0; MIB])));
    assert!(bomb.len() < 100_000);
    let (result, peak, _) = measure(|| idx::read_images::<784>(&bomb[..]));
    assert!(matches!(result, Err(DataError::TrailingBytes { promised: 7840 })));
    assert!(peak < MIB, "{peak} bytes");
}

#[test]
fn a_lie_about_real_data_costs_at_most_three_times_what_is_there() {
    let mut file = header(u32::MAX);
    file.extend(vec![0; 10 * MIB]);
    let (result, peak, _) = measure(|| idx::read_images::<784>(&file[..]));
    assert!(matches!(result, Err(DataError::TooShort { .. })));
    assert!(peak < 3 * file.len() + MIB, "{peak} bytes for a file of {}", file.len());
}

#[test]
fn epochs_after_the_first_allocate_nothing() {
    let data = Dataset::new(vec![[7_u8; 784]; 100], vec![Class::<10>::default(); 100]).unwrap();
    let mut order = Order::new(data.len()).unwrap();
    let (mut x, mut y) = (vec![[0.0_f32; 784]; 64], vec![Class::<10>::default(); 64]);
    let mut epoch = |number| {
        let key = Key::new(1).child(number);
        order.shuffle(key);
        for rows in order.batches(64).unwrap() {
            data.gather(rows, key, &mut x[..rows.len()], &mut y[..rows.len()]);
        }
    };
    epoch(0);
    let ((), peak, calls) = measure(|| epoch(1));
    assert_eq!((peak, calls), (0, 0));
}

/// Data larger than memory: what is held does not grow with the file, and batches after the first allocate nothing.
#[test]
fn samples_that_stay_in_their_file_take_no_memory() {
    let path = std::env::temp_dir().join(format!("typednet-data-allocation-{}", std::process::id()));
    let rows = 20_000;
    std::fs::write(&path, vec![7; rows * 784]).unwrap();
    let targets = vec![Class::<10>::default(); rows];
    let mut order = Order::new(rows).unwrap();
    let (mut x, mut y) = (vec![[0.0_f32; 784]; 64], vec![Class::<10>::default(); 64]);
    let ((peak, calls), all, _) = measure(|| {
        let data = OnDisk::<[u8; 784], _>::records(&path, 0, targets).unwrap();
        let mut epoch = |number: u64| {
            // Shuffled, and then in order.
            if number > 0 {
                order.shuffle(Key::new(1).child(number));
            }
            for rows in order.batches(64).unwrap() {
                data.gather(rows, Key::new(1), &mut x[..rows.len()], &mut y[..rows.len()]);
            }
        };
        epoch(0);
        let ((), peak, calls) = measure(|| epoch(1));
        assert!(Source::<[f32; 784], _>::take_error(&data).is_none());
        (peak, calls)
    });
    std::fs::remove_file(&path).unwrap();
    assert_eq!((peak, calls), (0, 0));
    // One buffer of 64 KiB, for 15.7 MB.
    assert!(all < 128 * 1024, "{all} bytes");
}

/// Colour images that stay bytes: cropped, mirrored, with noise, and scaled by channel.
#[test]
fn scaled_images_after_the_first_batch_allocate_nothing() {
    let images: Vec<Image<8, 8, 3>> = vec![[[[7, 8, 9], [1, 2, 3]].repeat(4).try_into().unwrap(); 8]; 20];
    let scaler = ChannelStandard::fit(&images).unwrap();
    let data = Dataset::new(images, vec![Class::<10>::default(); 20]).unwrap();
    let augment = Augment::<8, 8, 3>::new().crop(2).flip_horizontal(0.5).elastic(1.0, 2).noise(0.1).cutout(3);
    let source = ChannelScaled::new(Augmented::new(data, augment).unwrap(), scaler);
    let rows: Vec<u32> = (0..16).collect();
    let (mut x, mut y) = (vec![[[[0.0_f32; 3]; 8]; 8]; 16], vec![Class::<10>::default(); 16]);
    source.gather(&rows, Key::new(1), &mut x, &mut y);
    let ((), peak, calls) = measure(|| source.gather(&rows, Key::new(2), &mut x, &mut y));
    assert_eq!((peak, calls), (0, 0));
}

#[test]
fn augmented_batches_after_the_first_allocate_nothing() {
    let data = Dataset::new(vec![[7_u8; 784]; 100], vec![Class::<10>::default(); 100]).unwrap();
    let augment = Augment::<28, 28, 1>::new().rotate(10.0).elastic(1.0, 4).noise(0.1).cutout(5);
    let source = Mixup::new(Noisy::new(Augmented::new(data, augment).unwrap(), 0.1).unwrap(), 0.2).unwrap();
    let rows: Vec<u32> = (0..64).collect();
    let (mut x, mut y) = (vec![[0.0_f32; 784]; 64], vec![[0.0_f32; 10]; 64]);
    source.gather(&rows, Key::new(1), &mut x, &mut y);
    let ((), peak, calls) = measure(|| source.gather(&rows, Key::new(2), &mut x, &mut y));
    assert_eq!((peak, calls), (0, 0));
}
