// The ten nearest of random bit vectors by Hamming distance, or by Jaccard distance: the limit of an exact scan.
//   popcount <rows> <bits, a multiple of 64> <queries> [jaccard]
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <queue>
#include <type_traits>
#include <vector>

template <int Words> static int differing(const uint64_t *a, const uint64_t *b, int) {
  int sum = 0;
  for (int i = 0; i < Words; i++) sum += __builtin_popcountll(a[i] ^ b[i]);
  return sum;
}
template <> int differing<0>(const uint64_t *a, const uint64_t *b, int words) {
  int sum = 0;
  for (int i = 0; i < words; i++) sum += __builtin_popcountll(a[i] ^ b[i]);
  return sum;
}

static int ones(const uint64_t *a, int words) {
  int sum = 0;
  for (int i = 0; i < words; i++) sum += __builtin_popcountll(a[i]);
  return sum;
}

static uint64_t state = 88172645463325252ull;
static uint64_t next() {
  state ^= state << 13;
  state ^= state >> 7;
  return state ^= state << 17;
}

template <int Words, bool Jaccard> static void run(int rows, int words, int queries) {
  using Distance = std::conditional_t<Jaccard, float, int>;
  std::vector<uint64_t> base(size_t(rows) * words), query(words);
  for (auto &word : base) word = next();
  std::vector<int> set(rows);
  for (int i = 0; i < rows; i++) set[i] = ones(base.data() + size_t(i) * words, words);
  std::vector<double> times;
  double sum = 0;
  for (int pass = 0; pass < queries; pass++) {
    for (auto &word : query) word = next();
    const int asked = ones(query.data(), words);
    const auto start = std::chrono::steady_clock::now();
    std::priority_queue<std::pair<Distance, int>> best;
    Distance bound = 1'000'000'000;
    for (int i = 0; i < rows; i++) {
      const int differ = differing<Words>(base.data() + size_t(i) * words, query.data(), words);
      const Distance d = Jaccard ? 2.0f * differ / (set[i] + asked + differ) : differ;
      if (d >= bound) continue;
      best.push({d, i});
      if (best.size() > 10) best.pop();
      if (best.size() == 10) bound = best.top().first;
    }
    const auto end = std::chrono::steady_clock::now();
    sum += bound;
    times.push_back(std::chrono::duration<double, std::milli>(end - start).count());
  }
  std::sort(times.begin(), times.end());
  printf("{\"p50Ms\": %.3f, \"minMs\": %.3f, \"sum\": %g}\n", times[times.size() / 2], times[0], sum);
}

int main(int argc, char **argv) {
  const int rows = atoi(argv[1]), words = atoi(argv[2]) / 64, queries = atoi(argv[3]);
  // The compiler knows the usual length: that is the faster code.
  if (words == 12 && argc > 4) run<12, true>(rows, words, queries);
  else if (words == 12) run<12, false>(rows, words, queries);
  else if (argc > 4) run<0, true>(rows, words, queries);
  else run<0, false>(rows, words, queries);
}
