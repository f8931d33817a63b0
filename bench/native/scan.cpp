// How fast this machine can score every row of a float32 matrix: the limit of an exact scan.
//   scan <base file> <rows> <dimension> <query file>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

static std::vector<float> read(const char *path, size_t floats) {
  std::vector<float> values(floats);
  FILE *file = fopen(path, "rb");
  if (!file || fread(values.data(), sizeof(float), floats, file) != floats) exit(1);
  fclose(file);
  return values;
}

int main(int, char **argv) {
  const size_t rows = atol(argv[2]), dimension = atol(argv[3]);
  const auto base = read(argv[1], rows * dimension);
  const auto queries = read(argv[4], dimension * 20);
  std::vector<float> scores(rows);
  std::vector<double> times;
  for (int pass = 0; pass < 60; pass++) {
    const float *query = queries.data() + (pass % 20) * dimension;
    const auto start = std::chrono::steady_clock::now();
    for (size_t i = 0; i < rows; i++) {
      const float *row = base.data() + i * dimension;
      float sum = 0;
      for (size_t d = 0; d < dimension; d++) sum += row[d] * query[d];
      scores[i] = sum;
    }
    float best = scores[0];
    for (size_t i = 1; i < rows; i++) best = std::max(best, scores[i]);
    const auto end = std::chrono::steady_clock::now();
    if (best == 12345.0f) printf(" ");
    if (pass >= 10) times.push_back(std::chrono::duration<double, std::milli>(end - start).count());
  }
  std::sort(times.begin(), times.end());
  printf("{\"p50Ms\": %.3f, \"minMs\": %.3f, \"gigabytesPerSecond\": %.1f}\n", times[times.size() / 2], times[0],
         rows * dimension * 4 / times[times.size() / 2] / 1e6);
}
