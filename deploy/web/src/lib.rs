//! What the page computes, as a module of WebAssembly: a digit's class, and networks that are trained while one looks on.
//!
//! There is no std and no allocator: all memory is in statics, so addresses that the page has been told stay what they are. The
//! page writes numbers into that memory, calls a function, and reads numbers; [`digits`] and [`playground`] say which.
#![cfg_attr(target_arch = "wasm32", no_std)]

pub mod digits;
pub mod networks;
pub mod playground;
mod single;

/// Where a panic's message is kept for the page.
#[cfg(target_arch = "wasm32")]
mod panic {
    use core::fmt::Write as _;
    use core::panic::PanicInfo;

    use crate::single::Single;

    struct Text {
        bytes: [u8; 512],
        len: usize,
    }

    impl core::fmt::Write for Text {
        fn write_str(&mut self, text: &str) -> core::fmt::Result {
            let room = self.bytes.len() - self.len;
            let text = &text.as_bytes()[..text.len().min(room)];
            self.bytes[self.len..][..text.len()].copy_from_slice(text);
            self.len += text.len();
            Ok(())
        }
    }

    static MESSAGE: Single<Text> = Single::new(Text { bytes: [0; 512], len: 0 });

    #[panic_handler]
    fn panic(info: &PanicInfo<'_>) -> ! {
        MESSAGE.lend(|message| {
            // What does not fit is left off; no error comes of it.
            let _ = write!(message, "{info}");
        });
        core::arch::wasm32::unreachable()
    }

    /// Where the message of the panic that has ended the module stands.
    #[unsafe(no_mangle)]
    extern "C" fn message() -> *const u8 {
        MESSAGE.address(|message| message.bytes.as_ptr())
    }

    /// How many bytes it has; none if all is well.
    #[unsafe(no_mangle)]
    extern "C" fn message_len() -> usize {
        MESSAGE.lend(|message| message.len)
    }
}
