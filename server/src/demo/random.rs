//! Deterministic pseudorandom numbers, the same on every machine.

/// splitmix64 (Steele, Lea, Flood 2014). Sufficient for example data; not for secrets.
pub(super) struct Random(u64);

impl Random {
    /// Creates a generator from `seed`.
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Returns a number in `low..=high`.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        let span = u64::try_from(high.saturating_sub(low)).unwrap_or(0).saturating_add(1);
        low + i64::try_from(self.draw() % span).unwrap_or(0)
    }

    /// Returns an index into a sequence of length `len`; 0 if it is empty.
    pub(super) fn index(&mut self, len: usize) -> usize {
        (self.draw() % (len.max(1) as u64)) as usize
    }

    /// Returns an index like [`Random::index`], but smaller ones more often.
    pub(super) fn early(&mut self, len: usize) -> usize {
        self.index(len).min(self.index(len))
    }

    /// Returns `true` with a probability of `percent` %.
    pub(super) fn chance(&mut self, percent: u64) -> bool {
        self.draw() % 100 < percent
    }

    /// Returns a permutation of `0..len`.
    pub(super) fn order(&mut self, len: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..len).collect();
        for i in (1..len).rev() {
            order.swap(i, self.index(i + 1));
        }
        order
    }
}
